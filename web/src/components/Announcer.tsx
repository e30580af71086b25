import { useState } from "react";

import type { Entry } from "../chatEntries";
import { sentencesOf } from "../messageText";

interface Props {
  newest?: Entry;
  name: string;
}

/** Lets a screen reader follow a reply sentence by sentence instead of word by word. */
export function Announcer({ newest, name }: Props) {
  const [followed, setFollowed] = useState<string>();
  const isStreaming = newest?.state === "streaming";
  if (isStreaming && newest.key !== followed) setFollowed(newest.key);
  const isFollowed = newest !== undefined && newest.key === followed;
  const sentences = isFollowed ? sentencesOf(newest.text, !isStreaming) : [];
  return (
    <div className="visually-hidden" aria-live="polite" aria-relevant="additions">
      {isFollowed && <p>{name}:</p>}
      {sentences.map((sentence, position) => (
        <p key={`${followed}.${position}`}>{sentence}</p>
      ))}
    </div>
  );
}
