import { useCallback, useSyncExternalStore } from "react";

import type { Connection } from "../client";

/** Shown while the live connection is gone; fades in late, so that a short gap goes unseen. */
export function ConnectionNotice({ live }: { live: Connection }) {
  const observe = useCallback((observer: () => void) => live.onChange(observer), [live]);
  const isOpen = useSyncExternalStore(observe, () => live.isOpen);
  return (
    <div role="status">
      {!isOpen && (
        <p className="notice notice-connection">
          Reconnecting… What you write is kept and sent as soon as Keepsake is back.
        </p>
      )}
    </div>
  );
}
