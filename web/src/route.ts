import { useSyncExternalStore } from "react";

/** Where the page is, kept in the address so that a reload or a bookmark comes back to it. */
export interface Route {
  characterId?: string;
  conversationId?: string;
}

/** Stands in the place of a character's id for the admins' page. */
export const ADMINISTRATION = "admin";

/** Stands in the place of a character's id for the page of one's own account. */
export const ACCOUNT = "account";

export function addressOf({ characterId, conversationId }: Route): string {
  return `#/${[characterId, conversationId].filter(Boolean).join("/")}`;
}

export function goTo(route: Route): void {
  location.hash = addressOf(route);
}

/** Go without leaving a step to come back to. */
export function redirectTo(route: Route): void {
  location.replace(addressOf(route));
}

export function useRoute(): Route {
  const hash = useSyncExternalStore(observeHash, () => location.hash);
  const [characterId, conversationId] = hash.replace(/^#\/?/, "").split("/");
  return { characterId: characterId || undefined, conversationId: conversationId || undefined };
}

function observeHash(observer: () => void): () => void {
  addEventListener("hashchange", observer);
  return () => removeEventListener("hashchange", observer);
}
