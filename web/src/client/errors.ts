import type { Problem } from "./types";

/** A request that Keepsake refused or that never reached it; `message` is a sentence to show. */
export class KeepsakeError extends Error {
  constructor(
    /** Stable name of what went wrong; `unreachable` when there was no answer at all. */
    readonly code: string,
    message: string,
    /** HTTP status; 0 when it didn't come over HTTP. */
    readonly status = 0,
    /** Seconds until it's worth trying again. */
    readonly retryAfter?: number,
  ) {
    super(message);
    this.name = "KeepsakeError";
  }

  static fromProblem(problem: Problem): KeepsakeError {
    return new KeepsakeError(problem.code, problem.message, 0, problem.retryAfter ?? undefined);
  }

  static unreachable(): KeepsakeError {
    return new KeepsakeError("unreachable", "Keepsake can't be reached. Is it still running?");
  }
}

/** A server's own hint, which ages: it says the wait from when the sentence was written. */
const WAIT_HINT = /\s*Try again in \d+ s\.?$/;

/** A problem's sentence without the wait, for where the page counts it down itself. */
export function withoutWait(sentence: string): string {
  return sentence.replace(WAIT_HINT, "");
}

/** The sentence to show for anything that was thrown; it says at most once how long to wait. */
export function sentenceOf(error: unknown): string {
  if (error instanceof KeepsakeError && error.retryAfter && !/\bTry again\b/.test(error.message)) {
    return `${error.message} Try again in ${Math.ceil(error.retryAfter)} s.`;
  }
  return error instanceof Error ? error.message : String(error);
}
