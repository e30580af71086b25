import { useCallback, useSyncExternalStore } from "react";

export function useMediaQuery(query: string): boolean {
  const observe = useCallback(
    (observer: () => void) => {
      const list = matchMedia(query);
      list.addEventListener("change", observer);
      return () => list.removeEventListener("change", observer);
    },
    [query],
  );
  return useSyncExternalStore(observe, () => matchMedia(query).matches);
}
