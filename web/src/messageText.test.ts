import { describe, expect, it } from "vitest";

import { sentencesOf, spansOf } from "./messageText";

describe("spansOf", () => {
  it.each([
    ["plain", [["plain", "plain"]]],
    [
      "*waves* Hello!",
      [
        ["waves", "action"],
        [" Hello!", "plain"],
      ],
    ],
    [
      "so **very** good",
      [
        ["so ", "plain"],
        ["very", "stress"],
        [" good", "plain"],
      ],
    ],
    ["2 * 3 * 4 = 24", [["2 * 3 * 4 = 24", "plain"]]],
    ["*unfinished", [["*unfinished", "plain"]]],
    ["*over\nlines*", [["*over\nlines*", "plain"]]],
    ["<b>never</b>", [["<b>never</b>", "plain"]]],
    ["", []],
  ])("sets %j", (text, spans) => {
    expect(spansOf(text).map(({ text, style }) => [text, style])).toEqual(spans);
  });
});

describe("sentencesOf", () => {
  it("holds an unfinished sentence back until the text is whole", () => {
    expect(sentencesOf("One. Two! Thr", false)).toEqual(["One. ", "Two! "]);
    expect(sentencesOf("One. Two! Thr", true)).toEqual(["One. ", "Two! ", "Thr"]);
  });

  it("loses nothing", () => {
    const text = 'She said "no." *sighs…* Then?!\nYes';
    expect(sentencesOf(text, true).join("")).toBe(text);
  });
});
