/** How the memories behind a reply are told apart and named. */

import type { ActiveMemory } from "./client";

const KINDS: Record<string, string> = {
  fact: "Fact",
  episode: "Said",
  summary: "Summary",
  experience: "Shared",
};

/** Memories that fitted what was said, and those that are always kept in mind. */
export interface MemoryGroups {
  fitting: ActiveMemory[];
  background: ActiveMemory[];
}

export function groupsOf(memories: ActiveMemory[]): MemoryGroups {
  return {
    fitting: memories.filter(({ relevance }) => relevance > 0),
    background: memories.filter(({ relevance }) => relevance <= 0),
  };
}

/** What kind of memory it is; of words that were said, whose, where the record tells. */
export function kindLabel({ kind, about, aboutName }: ActiveMemory): string {
  if (kind === "episode" && about === "user") return "You said";
  if (kind === "episode" && about === "character" && aboutName) return `${aboutName} said`;
  return KINDS[kind] ?? kind;
}
