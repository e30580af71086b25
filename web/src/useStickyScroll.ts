import { useEffect, useLayoutEffect, useRef, useState } from "react";

import type { Entry } from "./chatEntries";

/** How near the end counts as being there, in CSS pixels. */
const NEAR_END = 60;

/** Keeps the newest line in sight unless the reader has scrolled up to read older ones. */
export function useStickyScroll(entries: Entry[]) {
  const scroller = useRef<HTMLDivElement>(null);
  const content = useRef<HTMLDivElement>(null);
  const [isAtEnd, setIsAtEnd] = useState(true);
  const wantsEnd = useRef(true);
  const lastTop = useRef(0);
  const seen = useRef({ firstKey: "", lastOwnKey: "", height: 0 });

  const toEnd = () => {
    wantsEnd.current = true;
    scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  };

  useLayoutEffect(() => {
    const box = scroller.current;
    if (!box) return;
    const firstKey = entries[0]?.key ?? "";
    const lastOwnKey = entries.findLast((entry) => entry.from === "user")?.key ?? "";
    const before = seen.current;
    if (lastOwnKey !== before.lastOwnKey && firstKey === before.firstKey) {
      toEnd(); // who has just spoken wants to see it
    } else if (firstKey !== before.firstKey && !wantsEnd.current) {
      // Older lines came in above: stay on the line that was being read.
      box.scrollTop += box.scrollHeight - before.height;
    }
    seen.current = { firstKey, lastOwnKey, height: box.scrollHeight };
  }, [entries]);

  useEffect(() => {
    const [box, inner] = [scroller.current, content.current];
    if (!box || !inner) return;
    const observer = new ResizeObserver(() => {
      if (wantsEnd.current) box.scrollTop = box.scrollHeight;
    });
    observer.observe(inner);
    observer.observe(box); // an on-screen keyboard makes it smaller
    return () => observer.disconnect();
  }, []);

  const onScroll = () => {
    const box = scroller.current;
    if (!box) return;
    const isNearEnd = box.scrollHeight - box.scrollTop - box.clientHeight < NEAR_END;
    // Text that grew since the last scroll also leaves the end below; only scrolling up means it.
    if (isNearEnd) wantsEnd.current = true;
    else if (box.scrollTop < lastTop.current) wantsEnd.current = false;
    lastTop.current = box.scrollTop;
    setIsAtEnd(isNearEnd || wantsEnd.current);
  };
  return { scroller, content, onScroll, isAtEnd, toEnd };
}
