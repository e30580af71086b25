import { expect, it } from "vitest";

import type { Character } from "./client";
import { filledIn } from "./placeholders";

it.each([
  ["Hi {{user}}, I'm {{char}}.", "Hi Ada, I'm Mira."],
  ["{{ USER }} <BOT> <user>", "Ada Mira Ada"],
  ["{{random:a,b}} <b> {{users}}", "{{random:a,b}} <b> {{users}}"],
  ["$& {{user}}", "$& Ada"],
])("fills in %j", (greeting, filled) => {
  const character = { name: "Mira", greeting, description: greeting } as Character;
  expect(filledIn(character, "Ada")).toEqual({ ...character, greeting: filled, description: filled });
});
