import { useEffect, useRef, useState } from "react";

import { type Character, type KeepsakeClient, KeepsakeError, type Person, type Report } from "./client";
import type { Concerned } from "./reportDecisions";

type Lookup = (report: Report) => Promise<Concerned>;

/** Finds who is concerned by reports; asks for each character and each person once. */
export function useLookup(client: KeepsakeClient): Lookup {
  const characters = useRef(new Map<string, Promise<Character | null>>());
  const people = useRef(new Map<string, Promise<Person | null>>());
  return async ({ characterId, userId }) => {
    const person = (id: string) => once(people.current, id, () => client.admin.person(id));
    const [character, reporter] = await Promise.all([
      // Somebody else's private character isn't shown to admins either.
      once(characters.current, characterId, () => client.character(characterId).catch(notThere)),
      person(userId),
    ]);
    const maker = character?.ownerId ? await person(character.ownerId) : null;
    return { character, reporter, maker };
  };
}

/** Who is concerned by a report; null until it is known. */
export function useConcerned(
  reported: Report,
  lookup: Lookup,
  report: (error: unknown) => void,
): Concerned | null {
  const [concerned, setConcerned] = useState<Concerned | null>(null);
  const find = useRef(() => lookup(reported));
  useEffect(() => {
    let isStill = true;
    find.current().then((found) => isStill && setConcerned(found), report);
    return () => {
      isStill = false;
    };
  }, [report]);
  return concerned;
}

function once<Value>(known: Map<string, Promise<Value>>, id: string, ask: () => Promise<Value>) {
  const asked = known.get(id) ?? ask();
  known.set(id, asked);
  return asked;
}

function notThere(error: unknown): null {
  if (error instanceof KeepsakeError && error.status === 404) return null;
  throw error;
}
