import { useEffect, useState } from "react";

import { type KeepsakeClient, type ReplyContext, sentenceOf } from "./client";

/** What a reply was made from: a context once it is known, or the sentence why it isn't. */
export interface ReplyContextView {
  context?: ReplyContext;
  problem?: string;
}

/** Asks for a reply's context the first time it is wanted. */
export function useReplyContext(
  client: KeepsakeClient,
  messageId: string,
  isWanted: boolean,
): ReplyContextView {
  const [view, setView] = useState<ReplyContextView>({});
  const isKnown = view.context !== undefined;
  useEffect(() => {
    if (!isWanted || isKnown) return;
    let isShown = true;
    client.replyContext(messageId).then(
      (context) => isShown && setView({ context }),
      (error: unknown) => isShown && setView({ problem: sentenceOf(error) }),
    );
    return () => {
      isShown = false;
    };
  }, [client, messageId, isWanted, isKnown]);
  return view;
}
