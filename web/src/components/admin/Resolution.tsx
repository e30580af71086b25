import { useId } from "react";

interface Props {
  text: string;
  onText: (text: string) => void;
  /** Keeps the words without deciding anything; absent where they are kept already. */
  onKeep?: () => void;
}

/** The longest that is taken, in characters. */
const LONGEST = 2000;

/** An admin's own words on a report. */
export function Resolution({ text, onText, onKeep }: Props) {
  const id = useId();
  return (
    <div className="field admin-resolution">
      <label htmlFor={id}>
        What you decided, and why <span className="quiet">· told to whoever is blocked</span>
      </label>
      <div>
        <input
          id={id}
          value={text}
          maxLength={LONGEST}
          onChange={(event) => onText(event.target.value)}
        />
        {onKeep && (
          <button type="button" className="link" onClick={onKeep}>
            Keep
          </button>
        )}
      </div>
    </div>
  );
}
