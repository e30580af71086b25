import { useCallback, useEffect, useRef, useState } from "react";

import {
  type Erasure,
  KeepsakeClient,
  KeepsakeError,
  renew,
  revoke,
  sentenceOf,
  signInLocally,
  type Tokens,
  type User,
} from "./client";
import { zoneToTell } from "./timeZone";

const KEPT = "keepsake.session";

/** How long before the token runs out another is fetched. */
const RENEW_EARLY_MS = 60_000;

interface Kept {
  token: string;
  refreshToken: string;
  /** When the token runs out, by this machine's clock, in ms. */
  expiresAt: number;
  /** Signed in by being on the same machine: there is no account to sign out of. */
  isLocal: boolean;
}

export type Session =
  | { state: "starting" }
  | { state: "signedOut" }
  | { state: "unreachable"; sentence: string }
  | { state: "erased"; receipt: Erasure }
  | { state: "blocked"; client: KeepsakeClient; sentence: string; isLocal: boolean }
  | { state: "signedIn"; client: KeepsakeClient; user: User; isLocal: boolean };

export interface SessionControl {
  session: Session;
  /** Find out again who we are: after an outage, or when a token has run out. */
  restart: () => void;
  takeTokens: (tokens: Tokens) => void;
  /** Go on as the same user: a new password ends what the old one let in. */
  goOnWith: (tokens: Tokens) => void;
  signOut: () => void;
  /** The account is gone, and with it everything that is kept here. */
  end: (receipt: Erasure) => void;
}

/** Signs in by the kept tokens, then as the local user, and asks for a form if neither works. */
export function useSession(): SessionControl {
  const [session, setSession] = useState<Session>({ state: "starting" });
  const starts = useRef(0);
  const restart = useCallback(() => {
    const start = ++starts.current;
    // What became of an earlier start doesn't matter any more.
    const become = (found: Session) => start === starts.current && setSession(found);
    setSession({ state: "starting" });
    findSession().then(become, (error: unknown) =>
      become({ state: "unreachable", sentence: sentenceOf(error) }),
    );
  }, []);
  useEffect(restart, [restart]);
  useLiveConnection(session, restart);
  const takeTokens = (tokens: Tokens) => {
    keep(tokens, false);
    restart();
  };
  const goOnWith = (tokens: Tokens) => {
    keep(tokens, false);
    if (session.state === "signedIn") session.client.renew(tokens.access_token);
  };
  const signOut = () => {
    const kept = readKept();
    if (kept) revoke(kept.refreshToken).catch(() => {}); // offline, it runs out by itself
    sessionStorage.clear(); // typed texts too: the next person at this screen is somebody else
    setSession({ state: "signedOut" });
  };
  const end = (receipt: Erasure) => {
    starts.current++; // the server cuts an erased account off: a restart may be under way
    sessionStorage.clear();
    setSession({ state: "erased", receipt });
  };
  return { session, restart, takeTokens, goOnWith, signOut, end };
}

function useLiveConnection(session: Session, restart: () => void): void {
  const client = session.state === "signedIn" ? session.client : null;
  useEffect(() => {
    if (!client) return;
    const { live } = client;
    let hasOpened = false;
    let renewal: ReturnType<typeof setTimeout>;
    const renewInTime = () => {
      const left = (readKept()?.expiresAt ?? 0) - Date.now();
      renewal = setTimeout(
        () => goOn(client).then(renewInTime, () => {}), // without, the server cuts us off
        left - RENEW_EARLY_MS,
      );
    };
    const stopHearing = [
      live.onChange((isOpen) => {
        hasOpened ||= isOpen;
      }),
      // Refused at once, a new token would be refused too, and there is a reason; later, the old one
      // has run out.
      live.onRejected(() => {
        if (hasOpened) goOn(client).catch(restart);
        else client.me().catch((error: unknown) => isBlocked(error) && restart());
      }),
    ];
    live.open();
    renewInTime();
    return () => {
      clearTimeout(renewal);
      for (const stop of stopHearing) stop();
      live.close();
    };
  }, [client, restart]);
}

/** Go on with new tokens, unnoticed. Throws where there are none to be had. */
async function goOn(client: KeepsakeClient): Promise<void> {
  const kept = readKept();
  const fresh = kept && (await renewedTokens(kept));
  if (!fresh) throw new KeepsakeError("signed_out", "You were signed out. Sign in again.");
  client.renew(fresh.token);
}

async function findSession(): Promise<Session> {
  const kept = readKept();
  const known = kept && ((await sessionOf(kept)) ?? (await renewed(kept)));
  if (known) return known;
  const tokens = await signInLocally();
  return (tokens && (await sessionOf(keep(tokens, true)))) ?? { state: "signedOut" };
}

async function renewed(kept: Kept): Promise<Session | null> {
  try {
    const fresh = await renewedTokens(kept);
    return fresh && (await sessionOf(fresh));
  } catch (error) {
    if (!isBlocked(error)) throw error;
    sessionStorage.removeItem(KEPT);
    return { state: "signedOut" }; // the password gives a token for what is left
  }
}

let renewing: Promise<Kept | null> | undefined;

/**
 * New tokens, kept; null when there are none to be had. A refresh token may be used only once, so
 * whoever asks meanwhile gets the same.
 */
function renewedTokens({ refreshToken, isLocal }: Kept): Promise<Kept | null> {
  renewing ??= renew(refreshToken)
    .then(async (tokens) => tokens ?? (isLocal ? await signInLocally() : null))
    .then((tokens) => {
      if (!tokens) sessionStorage.removeItem(KEPT);
      return tokens && keep(tokens, isLocal);
    })
    .finally(() => {
      renewing = undefined;
    });
  return renewing;
}

/** Null when the token is no longer good. */
async function sessionOf({ token, isLocal }: Kept): Promise<Session | null> {
  const client = new KeepsakeClient({ token });
  try {
    const user = await client.me();
    tellTimeZone(client, user);
    return { state: "signedIn", client, user, isLocal };
  } catch (error) {
    if (error instanceof KeepsakeError && error.status === 401) return null;
    if (isBlocked(error)) {
      return { state: "blocked", client, sentence: sentenceOf(error), isLocal };
    }
    throw error;
  }
}

function isBlocked(error: unknown): boolean {
  return error instanceof KeepsakeError && error.code === "account_blocked";
}

/** By it the server finds help nearby and says when things were. It goes without, too. */
function tellTimeZone(client: KeepsakeClient, user: User): void {
  const timeZone = zoneToTell(user.timeZone);
  if (timeZone) client.changeMe({ timeZone }).catch(() => {}); // told again at the next start
}

function readKept(): Kept | null {
  const kept = sessionStorage.getItem(KEPT);
  return kept ? (JSON.parse(kept) as Kept) : null;
}

function keep(tokens: Tokens, isLocal: boolean): Kept {
  const kept = {
    token: tokens.access_token,
    refreshToken: tokens.refresh_token,
    expiresAt: Date.now() + tokens.expires_in * 1000,
    isLocal,
  };
  sessionStorage.setItem(KEPT, JSON.stringify(kept));
  return kept;
}
