import { type ReactNode, useEffect, useRef } from "react";

interface Props {
  side: "left" | "right";
  label: string;
  /** Lies over the page on narrow screens; otherwise stands beside it. */
  isModal: boolean;
  isOpen: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** A side column that becomes a modal dialog where there is no room for it. */
export function Drawer({ side, label, isModal, isOpen, onClose, children }: Props) {
  if (isModal) {
    return (
      <ModalDrawer side={side} label={label} isOpen={isOpen} onClose={onClose}>
        {children}
      </ModalDrawer>
    );
  }
  if (!isOpen) return null;
  return (
    <aside className={`column column-${side}`} aria-label={label}>
      {children}
    </aside>
  );
}

/** The browser's own dialog keeps the focus inside, closes on Escape and gives the focus back. */
function ModalDrawer({ side, label, isOpen, onClose, children }: Omit<Props, "isModal">) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (isOpen) dialog.current?.showModal();
    else dialog.current?.close();
  }, [isOpen]);
  return (
    <dialog
      ref={dialog}
      className={`drawer drawer-${side}`}
      aria-label={label}
      onClose={onClose}
      onClick={(event) => event.target === dialog.current && onClose()}
    >
      {isOpen && children}
    </dialog>
  );
}
