import { describe, expect, test } from "vitest";

import type { Character, Person, Report } from "./client";
import { type Concerned, choicesFor, policyWords } from "./reportDecisions";

const ADMIN = "admin";
const character = { id: "c", name: "Mira", ownerId: "maker", blockedAt: null } as Character;
const reporter = { id: "ada", displayName: "Ada", role: "user", blockedAt: null } as Person;
const maker = { id: "maker", displayName: "Bo", role: "user", blockedAt: null } as Person;
const known: Concerned = { character, reporter, maker };

function reported(senderType: "user" | "character", fields: Partial<Report> = {}): Report {
  const message = { senderType } as Report["message"];
  return { userId: "ada", status: "open", action: "none", message, ...fields } as Report;
}

function namesOf(report: Report, concerned: Concerned): string[] {
  return choicesFor(report, concerned, ADMIN).map(({ name }) => name);
}

describe("what can be done about a report", () => {
  test("who would be blocked is named", () => {
    expect(namesOf(reported("user"), known)).toContain("Block Ada, who wrote this");
    expect(namesOf(reported("character"), known)).toContain("Block Bo, who made Mira");
  });
  test("nobody made a ready-made character", () => {
    const readyMade = { ...known, character: { ...character, ownerId: null }, maker: null };
    const blocking = namesOf(reported("character"), readyMade).filter((name) => /^Block/.test(name));
    expect(blocking).toEqual(["Block Mira"]);
  });
  test("neither oneself nor another admin can be blocked", () => {
    const own = { ...known, reporter: { ...reporter, id: ADMIN } };
    expect(namesOf(reported("user", { userId: ADMIN }), own)).not.toContainEqual(
      expect.stringContaining("wrote this"),
    );
    const colleague = { ...known, maker: { ...maker, role: "admin" as const } };
    expect(namesOf(reported("character"), colleague)).not.toContainEqual(
      expect.stringContaining("who made"),
    );
  });
  test("who can't be looked up can still be blocked", () => {
    const unknown = { character: null, reporter: null, maker: null };
    expect(namesOf(reported("character"), unknown)).toContain("Block whoever made the character");
  });
  test("what was done isn't offered again", () => {
    const removed = reported("user", { status: "resolved", action: "message_removed" });
    expect(namesOf(removed, known)).not.toContain("Remove message");
    expect(namesOf(removed, known)).not.toContain("Resolve");
    expect(namesOf(reported("user", { status: "dismissed" }), known)).not.toContain("Dismiss");
    const blocked = { ...known, character: { ...character, blockedAt: "2026-03-04T05:06:07Z" } };
    expect(namesOf(reported("user"), blocked)).not.toContain("Block Mira");
  });
});

describe("content policy, in words", () => {
  test("says what was let through", () => {
    expect(policyWords({ action: "allow", reason: "ok", categories: [], about: "reply" })).toBe(
      "Content policy looked at the reply and let it through.",
    );
  });
  test("says why something wasn't, once", () => {
    const decision = {
      action: "block",
      reason: "self_harm",
      categories: ["hate", "self_harm"],
      about: "message",
    } as const;
    expect(policyWords({ ...decision, categories: [...decision.categories] })).toBe(
      "Content policy looked at what was said and refused it: self harm, hate.",
    );
  });
});
