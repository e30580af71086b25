import { useState } from "react";

import type { RememberedItem } from "../client";
import { Remembered } from "./Remembered";

const SHOWN_AT_FIRST = 5;

interface Props {
  heading: string;
  items: RememberedItem[];
  isNew: (item: RememberedItem) => boolean;
  onForget: (memoryId: string) => Promise<void>;
}

/** Remembered things of one sort; nothing at all when there are none. */
export function RememberedGroup({ heading, items, isNew, onForget }: Props) {
  const [isWhole, setIsWhole] = useState(false);
  if (items.length === 0) return null;
  const shown = isWhole ? items : items.slice(0, SHOWN_AT_FIRST);
  return (
    <section className="remembered-group" aria-label={heading}>
      <h3>{heading}</h3>
      <ul>
        {shown.map((item) => (
          <Remembered key={item.id} item={item} isNew={isNew(item)} onForget={onForget} />
        ))}
      </ul>
      {shown.length < items.length && (
        <button type="button" className="link" onClick={() => setIsWhole(true)}>
          Show all {items.length}
        </button>
      )}
    </section>
  );
}
