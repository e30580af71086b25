import { type FormEvent, useState } from "react";

import { type Erasure, type KeepsakeClient, type NamedFile, sentenceOf } from "../client";
import { Dialog } from "./Dialog";
import { Field } from "./Field";

interface Props {
  client: KeepsakeClient;
  /** The local user has no password, and types a word instead. */
  isLocal: boolean;
  onErased: (receipt: Erasure) => void;
}

const WORD = "erase";

/** A copy of all that is held on the user, and the end of it. */
export function YourData({ client, isLocal, onErased }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [isLeaving, setIsLeaving] = useState(false);

  const download = async () => {
    setIsBusy(true);
    setProblem("");
    try {
      save(await client.exportMe());
    } catch (error) {
      setProblem(sentenceOf(error));
    }
    setIsBusy(false);
  };

  return (
    <section aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <p className="quiet">
        All that you said, and all that is remembered of it, in one file: pages to read, and JSON.
      </p>
      <p className="dialog-choices">
        <button type="button" className="button" disabled={isBusy} onClick={() => void download()}>
          {isBusy ? "Gathering …" : "Download my data"}
        </button>
        <button type="button" className="link link-danger" onClick={() => setIsLeaving(true)}>
          Delete my account
        </button>
      </p>
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
      {isLeaving && (
        <Dialog title="Delete my account" onClosed={() => setIsLeaving(false)}>
          {(close) => (
            <ErasureForm client={client} isLocal={isLocal} onErased={onErased} onCancel={close} />
          )}
        </Dialog>
      )}
    </section>
  );
}

function ErasureForm({ client, isLocal, onErased, onCancel }: Props & { onCancel: () => void }) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const typed = String(new FormData(event.currentTarget).get("proof") ?? "");
    if (isLocal && typed.trim().toLowerCase() !== WORD) {
      setProblem(`Type "${WORD}" to go on.`);
      return;
    }
    setIsBusy(true);
    setProblem("");
    try {
      onErased(await client.eraseMe(isLocal ? { confirm: WORD } : { password: typed }));
    } catch (error) {
      setProblem(sentenceOf(error));
      setIsBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <p>
        Every conversation, every memory and the characters that you made are erased at once. Nobody
        can bring them back.
      </p>
      <Field
        label={isLocal ? `Type "${WORD}"` : "Your password"}
        name="proof"
        type={isLocal ? "text" : "password"}
        autoComplete={isLocal ? "off" : "current-password"}
      />
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
      <p className="dialog-choices">
        <button type="submit" className="button button-grave" disabled={isBusy}>
          {isBusy ? "Erasing …" : "Erase everything"}
        </button>
        <button type="button" className="link" onClick={onCancel}>
          Keep it
        </button>
      </p>
    </form>
  );
}

/** Hands a file to the browser. */
function save({ name, content }: NamedFile): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name || "keepsake-export.zip";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // by then it is being written
}
