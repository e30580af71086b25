/** A piece of a message, and whether it is what was looked for. */
export interface Piece {
  text: string;
  isMatch: boolean;
}

const LEAD = 40;
const LONGEST = 160;

/** The part of a message around the first match, in pieces; "…" where it was cut. */
export function markedText(content: string, matches: readonly [number, number][]): Piece[] {
  const first = matches[0]?.[0] ?? 0;
  const start = first > LEAD ? wordAfter(content, first - LEAD) : 0;
  const end = Math.min(content.length, start + LONGEST);
  const pieces: Piece[] = [];
  const add = (text: string, isMatch: boolean) => text && pieces.push({ text, isMatch });
  let place = start;
  for (const [opens, closes] of matches) {
    if (opens >= end) break;
    add(content.slice(place, opens), false);
    add(content.slice(opens, Math.min(closes, end)), true);
    place = Math.min(closes, end);
  }
  add(content.slice(place, end) + (end < content.length ? "…" : ""), false);
  return start > 0 ? [{ text: "…", isMatch: false }, ...pieces] : pieces;
}

/** Where the next word begins, unless that is far off. */
function wordAfter(content: string, place: number): number {
  const space = content.indexOf(" ", place);
  return space >= 0 && space < place + LEAD ? space + 1 : place;
}
