import { useCallback, useEffect, useState } from "react";

import {
  type Character,
  type Erasure,
  type KeepsakeClient,
  sentenceOf,
  type Tokens,
  type User,
} from "../client";
import { filledIn } from "../placeholders";
import { ACCOUNT, ADMINISTRATION, type Route, useRoute } from "../route";
import { useCharacter } from "../useCharacter";
import { Pictures, usePictures } from "../usePictures";
import { AccountPage } from "./AccountPage";
import { AdminPage } from "./admin/AdminPage";
import { CharacterPicker } from "./CharacterPicker";
import { Room } from "./Room";
import { Splash } from "./Splash";

interface Props {
  client: KeepsakeClient;
  user: User;
  /** Absent for the local user, who has no account to sign out of. */
  onSignOut?: () => void;
  /** The password was changed, and with it the tokens. */
  onNewTokens: (tokens: Tokens) => void;
  /** There is nothing left of the user. */
  onErased: (receipt: Erasure) => void;
  report: (error: unknown) => void;
}

/** What a signed-in person sees: all characters, the room of one, or a page of its own. */
export function Home(props: Props) {
  const { client, user, onSignOut, onNewTokens, onErased, report } = props;
  const route = useRoute();
  const { characterId } = route;
  if (characterId === ADMINISTRATION && user.role === "admin") {
    return <AdminPage client={client} user={user} report={report} />;
  }
  if (characterId === ACCOUNT) {
    return (
      <AccountPage
        client={client}
        user={user}
        isLocal={!onSignOut}
        onNewTokens={onNewTokens}
        onErased={onErased}
      />
    );
  }
  return <Characters {...props} route={route} />;
}

/** The route comes from above: asked for here, it would be known a moment before this page goes. */
function Characters({ client, user, onSignOut, report, route }: Props & { route: Route }) {
  const [characters, setCharacters] = useState<Character[] | null>(null);
  const [problem, setProblem] = useState("");
  const [isAdult, setIsAdult] = useState(user.adultConfirmed);
  const { characterId, conversationId } = route;

  const load = useCallback(() => {
    setProblem("");
    client.characters().then(
      (page) => setCharacters(page.items.map((each) => filledIn(each, user.displayName))),
      (error: unknown) => setProblem(sentenceOf(error)),
    );
  }, [client, user.displayName]);
  useEffect(load, [load]);
  const current = useCharacter(client, user, characters, characterId, report);
  const pictures = usePictures(client, characters);

  const confirmAdult = (adultConfirmed: boolean) => {
    setIsAdult(adultConfirmed);
    client.changeMe({ adultConfirmed }).catch((error: unknown) => {
      setIsAdult(!adultConfirmed);
      report(error);
    });
  };

  if (problem) return <Splash problem={problem} onRetry={load} />;
  if (!characters || current === undefined) return <Splash />;
  if (!current) {
    return (
      <Pictures value={pictures}>
        <CharacterPicker
          characters={characters}
          user={user}
          onSignOut={onSignOut}
          isAdult={isAdult}
          onAdult={confirmAdult}
        />
      </Pictures>
    );
  }
  return (
    <Pictures value={pictures}>
      <Room
        key={current.id}
        client={client}
        user={user}
        character={current}
        conversationId={conversationId}
        report={report}
      />
    </Pictures>
  );
}
