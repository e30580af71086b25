import { describe, expect, test } from "vitest";

import type { Character } from "./client";
import { standingOf } from "./standing";

const MIRA: Character = {
  id: "c",
  name: "Mira",
  age: 34,
  description: "",
  personality: {},
  greeting: "",
  picture: null,
  ownerId: "maker",
  visibility: "public",
  blockedAt: null,
  blockedReason: null,
  deletedAt: null,
};
const THEN = "2026-03-04T05:06:07.000Z";

describe("how a character stands", () => {
  test("nothing is in the way of a public one, or of one's own", () => {
    expect(standingOf(MIRA, "reader")).toBeNull();
    expect(standingOf({ ...MIRA, visibility: "private" }, "maker")).toBeNull();
  });
  test("a blocked one says why, and answers nobody, its owner neither", () => {
    const blocked = { ...MIRA, blockedAt: THEN, blockedReason: "reported for spam" };
    const standing = standingOf(blocked, "maker");
    expect(standing?.sentence).toBe("Mira was blocked by an admin: reported for spam.");
    expect(standing?.mayGoOn).toBe(false);
    expect(standingOf({ ...blocked, blockedReason: "It is rude." }, "reader")?.sentence).toBe(
      "Mira was blocked by an admin: It is rude.",
    );
    expect(standingOf({ ...blocked, blockedReason: null }, "reader")?.sentence).toBe(
      "Mira was blocked by an admin.",
    );
  });
  test("of a deleted or a withdrawn one, what has begun goes on", () => {
    expect(standingOf({ ...MIRA, deletedAt: THEN }, "reader")?.mayGoOn).toBe(true);
    const withdrawn = standingOf({ ...MIRA, visibility: "private" }, "reader");
    expect(withdrawn?.sentence).toContain("no longer there");
    expect(withdrawn?.mayGoOn).toBe(true);
  });
});
