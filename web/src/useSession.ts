import { useCallback, useEffect, useState } from "react";

import {
  KeepsakeClient,
  KeepsakeError,
  renew,
  sentenceOf,
  signInLocally,
  type Tokens,
  type User,
} from "./client";

const KEPT = "keepsake.session";

interface Kept {
  token: string;
  refreshToken: string;
  /** Signed in by being on the same machine: there is no account to sign out of. */
  isLocal: boolean;
}

export type Session =
  | { state: "starting" }
  | { state: "signedOut" }
  | { state: "unreachable"; sentence: string }
  | { state: "signedIn"; client: KeepsakeClient; user: User; isLocal: boolean };

export interface SessionControl {
  session: Session;
  /** Find out again who we are: after an outage, or when a token has run out. */
  restart: () => void;
  takeTokens: (tokens: Tokens) => void;
  signOut: () => void;
}

/** Signs in by the kept tokens, then as the local user, and asks for a form if neither works. */
export function useSession(): SessionControl {
  const [session, setSession] = useState<Session>({ state: "starting" });
  const restart = useCallback(() => {
    setSession({ state: "starting" });
    findSession().then(setSession, (error: unknown) =>
      setSession({ state: "unreachable", sentence: sentenceOf(error) }),
    );
  }, []);
  useEffect(restart, [restart]);
  useLiveConnection(session, restart);
  const takeTokens = (tokens: Tokens) => {
    keep(tokens, false);
    restart();
  };
  const signOut = () => {
    sessionStorage.clear(); // typed texts too: the next person at this screen is somebody else
    setSession({ state: "signedOut" });
  };
  return { session, restart, takeTokens, signOut };
}

function useLiveConnection(session: Session, restart: () => void): void {
  const live = session.state === "signedIn" ? session.client.live : null;
  useEffect(() => {
    if (!live) return;
    let hasOpened = false;
    const stopHearing = [
      live.onChange((isOpen) => {
        hasOpened ||= isOpen;
      }),
      // Refused at once, a new token would be refused too; later, the old one has run out.
      live.onRejected(() => hasOpened && restart()),
    ];
    live.open();
    return () => {
      for (const stop of stopHearing) stop();
      live.close();
    };
  }, [live, restart]);
}

async function findSession(): Promise<Session> {
  const kept = readKept();
  const known = kept && ((await sessionOf(kept)) ?? (await renewed(kept)));
  if (known) return known;
  const tokens = await signInLocally();
  return (tokens && (await sessionOf(keep(tokens, true)))) ?? { state: "signedOut" };
}

async function renewed({ refreshToken, isLocal }: Kept): Promise<Session | null> {
  sessionStorage.removeItem(KEPT);
  const tokens = await renew(refreshToken);
  return tokens && sessionOf(keep(tokens, isLocal));
}

/** Null when the token is no longer good. */
async function sessionOf({ token, isLocal }: Kept): Promise<Session | null> {
  const client = new KeepsakeClient({ token });
  try {
    return { state: "signedIn", client, user: await client.me(), isLocal };
  } catch (error) {
    if (error instanceof KeepsakeError && error.status === 401) return null;
    throw error;
  }
}

function readKept(): Kept | null {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? (JSON.parse(kept) as Kept) : null;
}

function keep(tokens: Tokens, isLocal: boolean): Kept {
  const kept = { token: tokens.access_token, refreshToken: tokens.refresh_token, isLocal };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  return kept;
}
