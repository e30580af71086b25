import { expect, test } from "vitest";

import { fileNameIn } from "./http";

test.each([
  ['attachment; filename="keepsake-export-2026-03-04.zip"', "keepsake-export-2026-03-04.zip"],
  ["attachment; filename=data.zip; size=3", "data.zip"],
  ['attachment; filename="../../data.zip"', "data.zip"],
  ["attachment", ""],
  [null, ""],
])("%s names the file %s", (disposition, name) => {
  expect(fileNameIn(disposition)).toBe(name);
});
