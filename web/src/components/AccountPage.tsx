import { useEffect } from "react";

import type { Erasure, KeepsakeClient, Tokens, User } from "../client";
import { addressOf } from "../route";
import { BackIcon } from "./icons";
import { PasswordForm } from "./PasswordForm";
import { YourData } from "./YourData";
import "./account.css";

interface Props {
  client: KeepsakeClient;
  user: User;
  /** Signed in by being on the same machine: there is no password. */
  isLocal: boolean;
  onNewTokens: (tokens: Tokens) => void;
  onErased: (receipt: Erasure) => void;
}

/** What a person may do about their own account. */
export function AccountPage({ client, user, isLocal, onNewTokens, onErased }: Props) {
  useEffect(() => {
    document.title = "Your account · Keepsake";
  }, []);
  return (
    <main className="account">
      <a className="back" href={addressOf({})}>
        <BackIcon />
        All characters
      </a>
      <header>
        <h1>Your account</h1>
        <p className="quiet">
          {isLocal
            ? "You sit at the machine that Keepsake runs on, so it asks for no password."
            : `${user.displayName}, ${user.email}`}
        </p>
      </header>
      {!isLocal && <PasswordForm client={client} user={user} onNewTokens={onNewTokens} />}
      <YourData client={client} isLocal={isLocal} onErased={onErased} />
    </main>
  );
}
