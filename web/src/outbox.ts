/** Keeps what was typed, per conversation, so that reloading the page loses none of it. */

import type { Outgoing } from "./chatState";

/** Own messages that may not have arrived, in the order typed. */
export function unsentMessages(conversationId: string): Outgoing[] {
  const kept = sessionStorage.getItem(outboxKey(conversationId));
  return kept ? (JSON.parse(kept) as Outgoing[]) : [];
}

export function keepUnsent(conversationId: string, outgoing: Outgoing[]): void {
  keep(outboxKey(conversationId), outgoing.length ? JSON.stringify(outgoing) : "");
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

function outboxKey(conversationId: string): string {
  return `keepsake.unsent.${conversationId}`;
}

function typedKey(conversationId: string): string {
  return `keepsake.typed.${conversationId}`;
}
