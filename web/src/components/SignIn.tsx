import { type FormEvent, useState } from "react";

import { register, sentenceOf, signIn, type Tokens } from "../client";
import { browserTimeZone } from "../timeZone";
import { Field } from "./Field";
import { KeepsakeIcon } from "./icons";

interface Props {
  onSignedIn: (tokens: Tokens) => void;
}

/** The form for a Keepsake that asks for an account: sign in, or make one. */
export function SignIn({ onSignedIn }: Props) {
  const [isNew, setIsNew] = useState(false);
  const [problem, setProblem] = useState("");
  const [isBusy, setIsBusy] = useState(false);

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setIsBusy(true);
    setProblem("");
    try {
      onSignedIn(await tokensFor(new FormData(event.currentTarget), isNew));
    } catch (error) {
      setProblem(sentenceOf(error));
      setIsBusy(false);
    }
  };

  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={(event) => void submit(event)}>
        <span className="brand-mark">
          <KeepsakeIcon />
        </span>
        <h1>{isNew ? "Make an account" : "Welcome back"}</h1>
        <p className="quiet">Talk to characters who remember you.</p>
        {isNew && <Field label="Your name" name="displayName" autoComplete="nickname" />}
        <Field label="Email" name="email" type="email" autoComplete="username" />
        <Field
          label="Password"
          name="password"
          type="password"
          autoComplete={isNew ? "new-password" : "current-password"}
        />
        {problem && (
          <p className="form-problem" role="alert">
            {problem}
          </p>
        )}
        <button type="submit" className="button button-primary" disabled={isBusy}>
          {isNew ? "Make the account" : "Sign in"}
        </button>
        <button type="button" className="link" onClick={() => setIsNew(!isNew)}>
          {isNew ? "I already have an account" : "I'm new here"}
        </button>
      </form>
    </main>
  );
}

async function tokensFor(form: FormData, isNew: boolean): Promise<Tokens> {
  const read = (name: string) => String(form.get(name) ?? "");
  const [email, password] = [read("email"), read("password")];
  if (isNew) {
    const timeZone = browserTimeZone();
    await register({ email, password, displayName: read("displayName"), timeZone });
  }
  return signIn(email, password);
}
