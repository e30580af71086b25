/** Times in the reader's own language and time zone. */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit" });
const dayOfYear = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short" });
const fullDay = new Intl.DateTimeFormat(undefined, { dateStyle: "long" });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: "auto" });

/** The time of day. */
export function timeOf(time: string): string {
  return clock.format(new Date(time));
}

/** "Today", "Yesterday", or the date. */
export function dayOf(time: string, now = new Date()): string {
  const daysAgo = daysBetween(new Date(time), now);
  if (daysAgo > 1) return fullDay.format(new Date(time));
  const word = relative.format(-daysAgo, "day");
  return word.charAt(0).toUpperCase() + word.slice(1);
}

/** As short as it can be said: the time today, "yesterday", or the date. */
export function briefly(time: string, now = new Date()): string {
  const daysAgo = daysBetween(new Date(time), now);
  if (daysAgo <= 0) return timeOf(time);
  if (daysAgo === 1) return relative.format(-1, "day");
  const date = new Date(time);
  const isThisYear = date.getFullYear() === now.getFullYear();
  return isThisYear ? dayOfYear.format(date) : fullDay.format(date);
}

/** Whole seconds until a time; 0 once it has come. */
export function secondsUntil(time: string, now = Date.now()): number {
  return Math.max(0, Math.ceil((Date.parse(time) - now) / 1000));
}

/** The time inside a UUIDv7: its first 48 bits are milliseconds since 1970. */
export function timeOfId(id: string): string | null {
  const hex = id.replaceAll("-", "");
  if (hex.length !== 32 || hex[12] !== "7") return null;
  return new Date(Number.parseInt(hex.slice(0, 12), 16)).toISOString();
}

function daysBetween(earlier: Date, later: Date): number {
  const midnight = (date: Date) => Date.UTC(date.getFullYear(), date.getMonth(), date.getDate());
  return Math.round((midnight(later) - midnight(earlier)) / 86_400_000);
}
