import { type KeyboardEvent, useEffect, useLayoutEffect, useRef } from "react";

import { useMediaQuery } from "../useMediaQuery";
import { SendIcon, StopIcon } from "./icons";

interface Props {
  name: string;
  text: string;
  isStoppable: boolean;
  onType: (text: string) => void;
  onSend: (text: string) => void;
  onStop: () => void;
}

/** The box to write in. Enter sends and Shift+Enter breaks the line; on touch screens the button sends. */
export function Composer({ name, text, isStoppable, onType, onSend, onStop }: Props) {
  const box = useRef<HTMLTextAreaElement>(null);
  const isTouch = useMediaQuery("(pointer: coarse)");
  useEffect(() => {
    if (!isTouch) box.current?.focus();
  }, [isTouch]);
  useLayoutEffect(() => {
    if (!box.current) return;
    box.current.style.height = "auto";
    box.current.style.height = `${box.current.scrollHeight}px`;
    // Text that was put here from elsewhere is meant to be gone on with.
    if (text) box.current.focus();
  }, [text]);

  const send = () => {
    if (text.trim()) onSend(text.trim());
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const isComposing = event.nativeEvent.isComposing; // Enter picks a word of an input method
    if (event.key !== "Enter" || event.shiftKey || isComposing || isTouch) return;
    event.preventDefault();
    send();
  };
  return (
    <form
      className="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <div className="composer-box">
        <textarea
          ref={box}
          rows={1}
          value={text}
          aria-label={`Message ${name}`}
          placeholder={`Message ${name}`}
          onChange={(event) => onType(event.target.value)}
          onKeyDown={onKeyDown}
        />
        {isStoppable && (
          <button type="button" className="round round-quiet" aria-label="Stop" onClick={onStop}>
            <StopIcon />
          </button>
        )}
        <button type="submit" className="round" aria-label="Send" disabled={!text.trim()}>
          <SendIcon />
        </button>
      </div>
    </form>
  );
}
