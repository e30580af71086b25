import type { Character } from "./client";

const PLACEHOLDER = /\{\{\s*(char|user)\s*\}\}|<(bot|user)>/gi;

/** A character whose texts name it and the person talking to it, where its card has placeholders. */
export function filledIn(character: Character, userName: string): Character {
  const fill = (text: string) =>
    text.replace(PLACEHOLDER, (_, braced?: string, bracketed?: string) =>
      (braced ?? bracketed ?? "").toLowerCase() === "user" ? userName : character.name,
    );
  return {
    ...character,
    description: fill(character.description),
    greeting: fill(character.greeting),
  };
}
