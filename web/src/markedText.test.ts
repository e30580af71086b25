import { expect, test } from "vitest";

import { markedText } from "./markedText";

const shown = (content: string, matches: [number, number][]) =>
  markedText(content, matches)
    .map(({ text, isMatch }) => (isMatch ? `[${text}]` : text))
    .join("");

test("what was looked for is told apart", () => {
  expect(shown("My dogs, dogs!", [[3, 7], [9, 13]])).toBe("My [dogs], [dogs]!");
  expect(shown("😀 dog", [[3, 6]])).toBe("😀 [dog]");
  expect(shown("dog", [[0, 3]])).toBe("[dog]");
  expect(shown("No match.", [])).toBe("No match.");
});

test("a long message is cut around its first match", () => {
  const content = `${"before ".repeat(50)}dog${" after".repeat(50)}`;
  const text = shown(content, [[350, 353]]);
  expect(text).toMatch(/^…before .*before \[dog\] after.*…$/);
  expect(text.length).toBeLessThan(170);
});
