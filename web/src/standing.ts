import type { Character } from "./client";

/** Why nothing new begins with a character that one has talked with. */
export interface Standing {
  /** In one sentence. */
  sentence: string;
  /** Whether talks that have begun go on all the same. */
  mayGoOn: boolean;
}

/** Null for a character that one may talk to as ever. */
export function standingOf(character: Character, userId: string): Standing | null {
  const { name, blockedAt, blockedReason, deletedAt, visibility, ownerId } = character;
  if (blockedAt) {
    const why = blockedReason ? `: ${blockedReason}` : "";
    const sentence = `${name} was blocked by an admin${why}`.replace(/\.?$/, ".");
    return { sentence, mayGoOn: false };
  }
  if (deletedAt) {
    return { sentence: `${name} is no longer there: its maker deleted it.`, mayGoOn: true };
  }
  if (visibility === "private" && ownerId !== userId) {
    return { sentence: `${name} is no longer there: its maker made it private.`, mayGoOn: true };
  }
  return null;
}
