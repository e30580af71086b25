import { useState } from "react";

import type { Character, KeepsakeClient } from "../client";
import { keepTyped, typedText } from "../outbox";
import type { Standing } from "../standing";
import { useChat } from "../useChat";
import { Announcer } from "./Announcer";
import { ChatHeader } from "./ChatHeader";
import { Composer } from "./Composer";
import { ConnectionNotice } from "./ConnectionNotice";
import { DemonstrationNotice } from "./DemonstrationNotice";
import { MessageList } from "./MessageList";
import { StandingNotice } from "./StandingNotice";

interface Props {
  client: KeepsakeClient;
  character: Character;
  conversationId: string;
  standing: Standing | null;
  isMemoryOpen: boolean;
  onReply: () => void;
  onToggleMemory: () => void;
  onOpenList: () => void;
  report: (error: unknown) => void;
}

/** One conversation: what was said, what is being said, and the box to say something. */
export function ChatPane(props: Props) {
  const { client, character, conversationId, standing, onReply, report } = props;
  const mayGoOn = standing?.mayGoOn ?? true;
  const [typed, setTyped] = useState(() => typedText(conversationId));
  const view = useChat(client, {
    conversationId,
    characterId: character.id,
    onProblem: report,
    onReply,
  });
  const type = (text: string) => {
    setTyped(text);
    keepTyped(conversationId, text);
  };
  const send = (text: string) => {
    view.chat.send(text);
    type("");
  };
  const putBack = (text: string) => type(typed ? `${text}\n${typed}` : text);
  return (
    <main className="chat">
      <ChatHeader
        character={character}
        isAnswering={view.isAnswering}
        isMemoryOpen={props.isMemoryOpen}
        onToggleMemory={props.onToggleMemory}
        onOpenList={props.onOpenList}
      />
      {view.isDemonstration && <DemonstrationNotice name={character.name} />}
      <StandingNotice standing={standing} />
      <ConnectionNotice live={client.live} />
      <MessageList
        client={client}
        character={character}
        view={view}
        mayGoOn={mayGoOn}
        onEdit={putBack}
      />
      <Announcer newest={view.entries.at(-1)} name={character.name} />
      {mayGoOn && (
        <Composer
          name={character.name}
          text={typed}
          isStoppable={view.isStoppable}
          onType={type}
          onSend={send}
          onStop={() => void view.chat.stopReply()}
        />
      )}
    </main>
  );
}
