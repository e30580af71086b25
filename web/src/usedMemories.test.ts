import { describe, expect, it } from "vitest";

import type { ActiveMemory } from "./client";
import { groupsOf, kindLabel } from "./usedMemories";

function memory(changes: Partial<ActiveMemory> = {}): ActiveMemory {
  return { memoryId: "m", relevance: 0.5, content: "A dog.", kind: "episode", ...changes };
}

describe("the memories of a reply", () => {
  it("are parted into those that fitted and the background, in order", () => {
    const relevances = [0.9, 0, 0.1, 0];
    const memories = relevances.map((relevance, at) => memory({ relevance, memoryId: `${at}` }));
    const { fitting, background } = groupsOf(memories);
    expect(fitting.map(({ memoryId }) => memoryId)).toEqual(["0", "2"]);
    expect(background.map(({ memoryId }) => memoryId)).toEqual(["1", "3"]);
  });

  it.each([
    [{ about: "user", aboutName: "Sam" }, "You said"],
    [{ about: "character", aboutName: "Luna" }, "Luna said"],
    [{}, "Said"],
    [{ kind: "fact", about: "user" }, "Fact"],
    [{ kind: "dream" }, "dream"],
  ] as const)("say whose words they are: %o", (changes, label) => {
    expect(kindLabel(memory(changes))).toBe(label);
  });
});
