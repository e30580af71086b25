import { describe, expect, test } from "vitest";

import { zoneToTell } from "./timeZone";

describe("the time zone that the server is told", () => {
  test("is the browser's while the account's is the one it began with", () => {
    expect(zoneToTell("UTC", "Europe/Lisbon")).toBe("Europe/Lisbon");
  });
  test("is none where somebody chose one, or where there is nothing to add", () => {
    expect(zoneToTell("Asia/Tokyo", "Europe/Lisbon")).toBeUndefined();
    expect(zoneToTell("UTC", "UTC")).toBeUndefined();
  });
});
