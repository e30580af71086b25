import { type ReactNode, useEffect, useId, useRef } from "react";

interface Props {
  title: string;
  /** It was closed, by whatever means: stop rendering it. */
  onClosed: () => void;
  /** What stands below the title; `close` closes the dialog. */
  children: (close: () => void) => ReactNode;
}

/** A small modal dialog, open for as long as it is rendered; Escape closes it. */
export function Dialog({ title, onClosed, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => dialog.current?.showModal(), []);
  return (
    <dialog ref={dialog} className="dialog" aria-labelledby={titleId} onClose={onClosed}>
      <h2 id={titleId}>{title}</h2>
      {/* Closed this way, the browser gives the focus back. */}
      {children(() => dialog.current?.close())}
    </dialog>
  );
}
