/** What browsers say that don't know it. */
const UNKNOWN = "Etc/Unknown";

/** The name of the time zone that this browser is set to, if it knows. */
export function browserTimeZone(): string | undefined {
  const { timeZone } = Intl.DateTimeFormat().resolvedOptions();
  return timeZone && timeZone !== UNKNOWN ? timeZone : undefined;
}

/** The zone to tell the server: only where nobody has told it one yet. */
export function zoneToTell(known: string, own = browserTimeZone()): string | undefined {
  return known === "UTC" && own !== "UTC" ? own : undefined;
}
