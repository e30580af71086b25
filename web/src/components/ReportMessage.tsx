import { type FormEvent, useId, useState } from "react";

import { type KeepsakeClient, type ReportReason, sentenceOf } from "../client";
import { REPORT_REASONS } from "../reportReasons";
import { Dialog } from "./Dialog";
import { FlagIcon } from "./icons";

interface Props {
  client: KeepsakeClient;
  messageId: string;
}

/** The longest note that is taken, in characters. */
const LONGEST_NOTE = 2000;

/** A quiet way to tell the admins of a message. */
export function ReportMessage({ client, messageId }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const [isReported, setIsReported] = useState(false);
  return (
    <>
      <button
        type="button"
        className="report-toggle"
        aria-label={isReported ? "Reported" : "Report this message"}
        title={isReported ? undefined : "Report this message"}
        onClick={() => setIsOpen(true)}
      >
        <FlagIcon />
        {isReported && "Reported"}
      </button>
      {isOpen && (
        <Dialog
          title={isReported ? "Reported" : "Report this message"}
          onClosed={() => setIsOpen(false)}
        >
          {(close) =>
            isReported ? (
              <Thanks onClose={close} />
            ) : (
              <ReportForm
                send={(reason, note) => client.reportMessage(messageId, reason, note)}
                onReported={() => setIsReported(true)}
                onCancel={close}
              />
            )
          }
        </Dialog>
      )}
    </>
  );
}

function Thanks({ onClose }: { onClose: () => void }) {
  return (
    <>
      <p role="status">The admins will look at this message. Thank you.</p>
      <p className="dialog-choices">
        <button type="button" className="button" autoFocus onClick={onClose}>
          Close
        </button>
      </p>
    </>
  );
}

interface FormProps {
  send: (reason: ReportReason, note: string) => Promise<unknown>;
  onReported: () => void;
  onCancel: () => void;
}

function ReportForm({ send, onReported, onCancel }: FormProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [problem, setProblem] = useState("");
  const [reasonId, noteId] = [useId(), useId()];

  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setIsBusy(true);
    setProblem("");
    try {
      await send(form.get("reason") as ReportReason, String(form.get("note")).trim());
      onReported();
    } catch (error) {
      setProblem(sentenceOf(error));
      setIsBusy(false);
    }
  };

  return (
    <form onSubmit={(event) => void submit(event)}>
      <p>The admins see it with the few messages next to it, and nothing else that you said.</p>
      <div className="field">
        <label htmlFor={reasonId}>What is wrong with it?</label>
        <select id={reasonId} name="reason" required defaultValue="">
          <option value="" disabled>
            Choose…
          </option>
          {Object.entries(REPORT_REASONS).map(([reason, words]) => (
            <option key={reason} value={reason}>
              {words}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor={noteId}>A note, if you like</label>
        <textarea id={noteId} name="note" rows={3} maxLength={LONGEST_NOTE} />
      </div>
      {problem && (
        <p className="form-problem" role="alert">
          {problem}
        </p>
      )}
      <p className="dialog-choices">
        <button type="submit" className="button button-primary" disabled={isBusy}>
          Report
        </button>
        <button type="button" className="link" onClick={onCancel}>
          Cancel
        </button>
      </p>
    </form>
  );
}
