/** Keeps what was typed, per conversation, so that reloading the page loses none of it. */

import type { Outgoing } from "./chatState";

/** Own messages of one conversation that may not have arrived, in the order typed. */
export interface Outbox {
  read: () => Outgoing[];
  keep: (outgoing: Outgoing[]) => void;
}

/** An outbox that lasts as long as the browser tab. */
export function outboxOf(conversationId: string): Outbox {
  const key = `keepsake.unsent.${conversationId}`;
  return {
    read: () => JSON.parse(sessionStorage.getItem(key) ?? "[]") as Outgoing[],
    keep: (outgoing) => keep(key, outgoing.length ? JSON.stringify(outgoing) : ""),
  };
}

/** The text left in the composer. */
export function typedText(conversationId: string): string {
  return sessionStorage.getItem(typedKey(conversationId)) ?? "";
}

export function keepTyped(conversationId: string, text: string): void {
  keep(typedKey(conversationId), text);
}

function keep(key: string, value: string): void {
  if (value) sessionStorage.setItem(key, value);
  else sessionStorage.removeItem(key);
}

function typedKey(conversationId: string): string {
  return `keepsake.typed.${conversationId}`;
}
