import { useEffect, useState } from "react";

import type { Character, KeepsakeClient, User } from "./client";
import { filledIn } from "./placeholders";

/**
 * The character of the address: from the list, or by its id where it isn't listed any more but one
 * has talked with it. Undefined until it is known, null where there is none.
 */
export function useCharacter(
  client: KeepsakeClient,
  user: User,
  listed: Character[] | null,
  characterId: string | undefined,
  report: (error: unknown) => void,
): Character | null | undefined {
  const [found, setFound] = useState<{ id: string; character: Character | null }>();
  const inList = listed?.find(({ id }) => id === characterId);
  const wanted = listed && !inList ? characterId : undefined;
  useEffect(() => {
    if (!wanted) return;
    let isStill = true;
    client.character(wanted).then(
      (character) =>
        isStill && setFound({ id: wanted, character: filledIn(character, user.displayName) }),
      (error: unknown) => {
        if (!isStill) return;
        setFound({ id: wanted, character: null });
        report(error);
      },
    );
    return () => {
      isStill = false;
    };
  }, [client, user.displayName, wanted, report]);
  if (!listed) return undefined;
  if (!wanted) return inList ?? null;
  return found?.id === wanted ? found.character : undefined;
}
