/** How a message's plain text is set: *actions* in italics, **stress** in bold, the rest as it is. */

export interface Span {
  text: string;
  style: "plain" | "action" | "stress";
}

const MARKED = /(\*\*[^*\n]+\*\*|\*[^*\s](?:[^*\n]*[^*\s])?\*)/;

/** Splits a text into spans; asterisks without a partner stay in the text. */
export function spansOf(text: string): Span[] {
  return text
    .split(MARKED)
    .filter((part) => part !== "")
    .map(spanOf);
}

function spanOf(part: string): Span {
  if (!MARKED.test(part)) return { text: part, style: "plain" };
  if (part.startsWith("**")) return { text: part.slice(2, -2), style: "stress" };
  return { text: part.slice(1, -1), style: "action" };
}

/** The sentences of a text; with `isWhole` false, an unfinished last one is left out. */
export function sentencesOf(text: string, isWhole: boolean): string[] {
  const sentences = text.match(/[^.!?…\n]*[.!?…\n]+["”’)*]*\s*/g) ?? [];
  const rest = text.slice(sentences.join("").length);
  return isWhole && rest ? [...sentences, rest] : sentences;
}
