import { useEffect, useState } from "react";

import { secondsUntil } from "./when";

/** Whole seconds until a time, counting down to 0; 0 without a time. */
export function useSecondsUntil(time?: string): number {
  const [now, setNow] = useState(() => Date.now());
  const seconds = time ? secondsUntil(time, now) : 0;
  const isWaiting = seconds > 0;
  useEffect(() => {
    if (!isWaiting) return;
    const ticking = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(ticking);
  }, [isWaiting]);
  return seconds;
}
