import { useCallback, useEffect, useRef, useState } from "react";

import type { Character, KeepsakeClient, User } from "../client";
import { goTo, redirectTo } from "../route";
import { useConversations } from "../useConversations";
import { useMediaQuery } from "../useMediaQuery";
import { ChatPane } from "./ChatPane";
import { Drawer } from "./Drawer";
import { MemoryPanel } from "./MemoryPanel";
import { Sidebar } from "./Sidebar";

interface Props {
  client: KeepsakeClient;
  user: User;
  character: Character;
  conversationId?: string;
  report: (error: unknown) => void;
}

/** One character's room: conversations on the left, the talk, and what is remembered of it. */
export function Room({ client, user, character, conversationId, report }: Props) {
  const conversations = useConversations(client, character.id, report);
  const hasRoomForList = useMediaQuery("(min-width: 860px)");
  const hasRoomForMemory = useMediaQuery("(min-width: 1180px)");
  const [isListOpen, setIsListOpen] = useState(false);
  const [isMemoryOpen, setIsMemoryOpen] = useState(hasRoomForMemory);
  const [isStarting, setIsStarting] = useState(false);

  const { start, refresh } = conversations;
  const startNew = useCallback(async () => {
    setIsStarting(true);
    const started = await start();
    setIsStarting(false);
    setIsListOpen(false);
    if (started) goTo({ characterId: character.id, conversationId: started.id });
  }, [start, character.id]);
  useFirstConversation(character.id, conversationId, conversations.list, startNew);

  return (
    <div className="room">
      <Drawer
        side="left"
        label="Conversations"
        isModal={!hasRoomForList}
        isOpen={hasRoomForList || isListOpen}
        onClose={() => setIsListOpen(false)}
      >
        <Sidebar
          character={character}
          conversations={conversations}
          currentId={conversationId}
          isStarting={isStarting}
          onStart={() => void startNew()}
          onChosen={() => setIsListOpen(false)}
        />
      </Drawer>
      {conversationId ? (
        <ChatPane
          key={conversationId}
          client={client}
          character={character}
          conversationId={conversationId}
          isMemoryOpen={isMemoryOpen}
          onReply={refresh}
          onToggleMemory={() => setIsMemoryOpen(!isMemoryOpen)}
          onOpenList={() => setIsListOpen(true)}
          report={report}
        />
      ) : (
        <main className="chat" aria-busy="true" />
      )}
      <Drawer
        side="right"
        label={`What ${character.name} remembers`}
        isModal={!hasRoomForMemory}
        isOpen={isMemoryOpen}
        onClose={() => setIsMemoryOpen(false)}
      >
        <MemoryPanel
          client={client}
          character={character}
          user={user}
          onClose={() => setIsMemoryOpen(false)}
          report={report}
        />
      </Drawer>
    </div>
  );
}

/** Without a conversation in the address, the latest one is opened, or the first one started. */
function useFirstConversation(
  characterId: string,
  conversationId: string | undefined,
  list: { id: string }[] | null,
  startNew: () => Promise<void>,
): void {
  const hasStarted = useRef(false);
  useEffect(() => {
    if (conversationId || !list) return;
    const latest = list[0];
    if (latest) redirectTo({ characterId, conversationId: latest.id });
    else if (!hasStarted.current) {
      hasStarted.current = true;
      void startNew();
    }
  }, [characterId, conversationId, list, startNew]);
}
