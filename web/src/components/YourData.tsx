import { type FormEvent, useRef, useState } from "react";

import { type KeepsakeClient, sentenceOf } from "../client";
import { Field } from "./Field";
import "./your-data.css";

interface Props {
  client: KeepsakeClient;
  /** The local user has no password, and types a word instead. */
  isLocal: boolean;
  onErased: () => void;
}

const WORD = "erase";

/** A copy of all that is held on the user, and the end of it. */
export function YourData({ client, isLocal, onErased }: Props) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const dialog = useRef<HTMLDialogElement>(null);

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
    <section className="your-data" aria-labelledby="your-data">
      <h2 id="your-data">Your data</h2>
      <p className="quiet">
        All that you said, and all that is remembered of it, in one file: pages to read, and JSON.
      </p>
      <p className="your-data-choices">
        <button type="button" className="button" disabled={isBusy} onClick={() => void download()}>
          {isBusy ? "Gathering …" : "Download my data"}
        </button>
        <button type="button" className="link" onClick={() => dialog.current?.showModal()}>
          Delete my account
        </button>
      </p>
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
      <dialog ref={dialog} className="erasure" aria-labelledby="erasure">
        <Erasure
          client={client}
          isLocal={isLocal}
          onErased={onErased}
          onCancel={() => dialog.current?.close()}
        />
      </dialog>
    </section>
  );
}

function Erasure({ client, isLocal, onErased, onCancel }: Props & { onCancel: () => void }) {
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
      await client.eraseMe(isLocal ? { confirm: WORD } : { password: typed });
      onErased();
    } catch (error) {
      setProblem(sentenceOf(error));
      setIsBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <h2 id="erasure">Delete my account</h2>
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
      <p className="your-data-choices">
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
function save(file: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = "keepsake-export.zip";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000); // by then it is being written
}
