import { describe, expect, it } from "vitest";

import { KeepsakeError, sentenceOf, withoutWait } from "./errors";

describe("the sentence of an error", () => {
  it.each([
    ["Too many requests. Try again in 13 s.", "Too many requests. Try again in 13 s."],
    ["The model is busy. Try again in a moment.", "The model is busy. Try again in a moment."],
    ["Too many requests.", "Too many requests. Try again in 14 s."],
  ])("says once how long to wait: %s", (message, sentence) => {
    expect(sentenceOf(new KeepsakeError("rate_limited", message, 429, 13.4))).toBe(sentence);
  });

  it("can leave a counted wait to the page", () => {
    expect(withoutWait("Too many requests. Try again in 13 s.")).toBe("Too many requests.");
    expect(withoutWait("The text is too long.")).toBe("The text is too long.");
  });
});
