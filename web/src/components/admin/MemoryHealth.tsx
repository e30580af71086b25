import { useCallback, useEffect, useState } from "react";

import type { AdminClient, MemoryHealth as Health } from "../../client";

interface Props {
  admin: AdminClient;
  report: (error: unknown) => void;
}

/** What memory waits for, and what was given up. */
export function MemoryHealth({ admin, report }: Props) {
  const [health, setHealth] = useState<Health | null>(null);
  const load = useCallback(() => {
    admin.memoryHealth().then(setHealth, report);
  }, [admin, report]);
  useEffect(load, [load]);

  const retry = (job?: number) => admin.retry(job).then(load, report);

  if (!health) return null;
  const { embeddings, parkedJobs, pendingMessages } = health;
  const waiting = (embeddings.pending ?? 0) + (embeddings.failed ?? 0);
  const live = health.collections.find(({ role }) => role === "live");
  return (
    <section className="admin-section">
      <header>
        <h2>Memory</h2>
        {parkedJobs.length > 1 && (
          <button type="button" className="link" onClick={() => retry()}>
            Try all again
          </button>
        )}
      </header>
      <p className="quiet">
        {pendingMessages} messages wait to be remembered, {waiting} memories to be indexed
        {live?.model && `, by ${live.model}`}.
      </p>
      {parkedJobs.length === 0 && <p className="quiet">No background work has failed.</p>}
      <ul>
        {parkedJobs.map((job) => (
          <li key={job.id} className="admin-job">
            <p>
              <strong>{job.task.replaceAll("_", " ")}</strong>{" "}
              {job.reason ?? "It failed before reasons were kept."}
            </p>
            <button type="button" className="link" onClick={() => retry(job.id)}>
              Try again
            </button>
          </li>
        ))}
      </ul>
    </section>
  );
}
