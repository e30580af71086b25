import { useEffect } from "react";

import type { Erasure, KeepsakeClient } from "../client";
import { YourData } from "./YourData";
import "./account.css";

interface Props {
  client: KeepsakeClient;
  /** That the account is blocked, and why. */
  sentence: string;
  isLocal: boolean;
  onErased: (receipt: Erasure) => void;
  onSignOut: () => void;
}

/** All that is left to somebody whom an admin blocked: what is held on them stays theirs. */
export function BlockedPage({ client, sentence, isLocal, onErased, onSignOut }: Props) {
  useEffect(() => {
    document.title = "Blocked · Keepsake";
  }, []);
  return (
    <main className="account">
      <header>
        <h1>Your account is blocked</h1>
        <p className="quiet" role="alert">
          {sentence}
        </p>
      </header>
      <YourData client={client} isLocal={isLocal} onErased={onErased} />
      <p>
        <button type="button" className="button" onClick={onSignOut}>
          Sign out
        </button>
      </p>
    </main>
  );
}
