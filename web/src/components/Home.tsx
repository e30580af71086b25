import { useCallback, useEffect, useState } from "react";

import { type Character, type KeepsakeClient, sentenceOf, type User } from "../client";
import { filledIn } from "../placeholders";
import { ADMINISTRATION, useRoute } from "../route";
import { Pictures, usePictures } from "../usePictures";
import { AdminPage } from "./admin/AdminPage";
import { CharacterPicker } from "./CharacterPicker";
import { Room } from "./Room";
import { Splash } from "./Splash";

interface Props {
  client: KeepsakeClient;
  user: User;
  /** Absent for the local user, who has no account to sign out of. */
  onSignOut?: () => void;
  /** There is nothing left of the user. */
  onErased: () => void;
  report: (error: unknown) => void;
}

/** What a signed-in person sees: all characters, or the room of one. */
export function Home({ client, user, onSignOut, onErased, report }: Props) {
  const [characters, setCharacters] = useState<Character[] | null>(null);
  const [problem, setProblem] = useState("");
  const [isAdult, setIsAdult] = useState(user.adultConfirmed);
  const { characterId, conversationId } = useRoute();

  const load = useCallback(() => {
    setProblem("");
    client.characters().then(
      (page) => setCharacters(page.items.map((each) => filledIn(each, user.displayName))),
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  }, [client, user.displayName]);
  useEffect(load, [load]);
  const pictures = usePictures(client, characters);

  const confirmAdult = (adultConfirmed: boolean) => {
    setIsAdult(adultConfirmed);
    client.changeMe({ adultConfirmed }).catch((error: unknown) => {
      setIsAdult(!adultConfirmed);
      report(error);
    });
  };

  if (characterId === ADMINISTRATION && user.role === "admin") {
    return <AdminPage client={client} report={report} />;
  }
  if (problem) return <Splash problem={problem} onRetry={load} />;
  if (!characters) return <Splash />;
  const character = characters.find(({ id }) => id === characterId);
  if (!character) {
    return (
      <Pictures value={pictures}>
        <CharacterPicker
          client={client}
          characters={characters}
          user={user}
          onSignOut={onSignOut}
          isAdult={isAdult}
          onAdult={confirmAdult}
          onErased={onErased}
        />
      </Pictures>
    );
  }
  return (
    <Pictures value={pictures}>
      <Room
        key={character.id}
        client={client}
        user={user}
        character={character}
        conversationId={conversationId}
        report={report}
      />
    </Pictures>
  );
}
