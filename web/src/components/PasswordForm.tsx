import { type FormEvent, useState } from "react";

import { type KeepsakeClient, sentenceOf, type Tokens, type User } from "../client";
import { Field } from "./Field";

interface Props {
  client: KeepsakeClient;
  user: User;
  onNewTokens: (tokens: Tokens) => void;
}

/** Sets another password, which signs out everywhere else. */
export function PasswordForm({ client, user, onNewTokens }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const [isChanged, setIsChanged] = useState(false);
  const [problem, setProblem] = useState("");

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = event.currentTarget;
    const read = (name: string) => String(new FormData(form).get(name) ?? "");
    setIsBusy(true);
    setIsChanged(false);
    setProblem("");
    try {
      const { tokens } = await client.changeMe({
        currentPassword: read("currentPassword"),
        password: read("password"),
      });
      if (tokens) onNewTokens(tokens);
      setIsChanged(true);
      form.reset();
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setIsBusy(false);
  };

  return (
    <section aria-labelledby="password">
      <h2 id="password">Your password</h2>
      <form className="password-form" onSubmit={(event) => void submit(event)}>
        {/* Tells a password manager whose password it is. */}
        <input hidden readOnly name="username" autoComplete="username" value={user.email} />
        <Field
          label="The one you have"
          name="currentPassword"
          type="password"
          autoComplete="current-password"
        />
        <Field label="A new one" name="password" type="password" autoComplete="new-password" />
        {problem && (
          <p className="form-problem" role="alert">
            {problem}
          </p>
        )}
        <p className="dialog-choices">
          <button type="submit" className="button" disabled={isBusy}>
            Change password
          </button>
          <span className="quiet" role="status">
            {isChanged && "Changed. You are signed out everywhere else."}
          </span>
        </p>
      </form>
    </section>
  );
}
