import { useCallback, useEffect, useRef, useState } from "react";

import type { Character, KeepsakeClient, User } from "../client";
import { goTo, redirectTo } from "../route";
import { standingOf } from "../standing";
import { useConversations } from "../useConversations";
import { useMediaQuery } from "../useMediaQuery";
import { ChatPane } from "./ChatPane";
import { Drawer } from "./Drawer";
import { MemoryPanel } from "./MemoryPanel";
import { Sidebar } from "./Sidebar";
import { StandingNotice } from "./StandingNotice";

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
  const list = useColumn("(min-width: 860px)");
  const memory = useColumn("(min-width: 1180px)");
  const [isStarting, setIsStarting] = useState(false);

  const { start, refresh } = conversations;
  const startNew = useCallback(async () => {
    setIsStarting(true);
    const started = await start();
    setIsStarting(false);
    if (started) goTo({ characterId: character.id, conversationId: started.id });
  }, [start, character.id]);
  useEffect(() => {
    document.title = `${character.name} · Keepsake`;
  }, [character.name]);
  const standing = standingOf(character, user.id);
  const begin = standing ? undefined : startNew;
  useFirstConversation(character.id, conversationId, conversations.list, begin);

  return (
    <div className="room">
      <Drawer
        side="left"
        label="Conversations"
        isModal={list.isModal}
        isOpen={list.isOpen}
        onClose={list.close}
      >
        <Sidebar
          client={client}
          character={character}
          conversations={conversations}
          currentId={conversationId}
          isStarting={isStarting}
          onStart={begin && (() => void begin().then(list.closeModal))}
          onChosen={list.closeModal}
        />
      </Drawer>
      {conversationId ? (
        <ChatPane
          key={conversationId}
          client={client}
          character={character}
          conversationId={conversationId}
          standing={standing}
          isMemoryOpen={memory.isOpen}
          onReply={refresh}
          onToggleMemory={memory.toggle}
          onOpenList={list.toggle}
          report={report}
        />
      ) : (
        <main className="chat" aria-busy={!standing}>
          <StandingNotice standing={standing} />
        </main>
      )}
      <Drawer
        side="right"
        label={`What ${character.name} remembers`}
        isModal={memory.isModal}
        isOpen={memory.isOpen}
        onClose={memory.close}
      >
        <MemoryPanel
          client={client}
          character={character}
          user={user}
          onClose={memory.close}
          report={report}
        />
      </Drawer>
    </div>
  );
}

/** A side column stands open where there is room for it, and comes when called where not. */
function useColumn(roomFor: string) {
  const hasRoom = useMediaQuery(roomFor);
  const [isShown, setIsShown] = useState(true);
  const [isCalled, setIsCalled] = useState(false);
  const isOpen = hasRoom ? isShown : isCalled;
  const setIsOpen = hasRoom ? setIsShown : setIsCalled;
  return {
    isModal: !hasRoom,
    isOpen,
    toggle: () => setIsOpen(!isOpen),
    close: () => setIsOpen(false),
    closeModal: () => setIsCalled(false),
  };
}

/**
 * Without a conversation in the address, the latest one is opened, or the first one started where
 * that is possible.
 */
function useFirstConversation(
  characterId: string,
  conversationId: string | undefined,
  list: { id: string }[] | null,
  startNew: (() => Promise<void>) | undefined,
): void {
  const hasStarted = useRef(false);
  useEffect(() => {
    if (conversationId || !list) return;
    const latest = list[0];
    if (latest) redirectTo({ characterId, conversationId: latest.id });
    else if (startNew && !hasStarted.current) {
      hasStarted.current = true;
      void startNew();
    }
  }, [characterId, conversationId, list, startNew]);
}
