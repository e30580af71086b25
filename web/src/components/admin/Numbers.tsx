import { useEffect, useState } from "react";

import type { AdminClient, Overview } from "../../client";

interface Props {
  admin: AdminClient;
  report: (error: unknown) => void;
}

/** How much there is of everything. */
export function Numbers({ admin, report }: Props) {
  const [overview, setOverview] = useState<Overview | null>(null);
  useEffect(() => {
    admin.overview().then(setOverview, report);
  }, [admin, report]);
  if (!overview) return <div className="admin-numbers" aria-busy="true" />;
  const { users, activeUsers, conversations, messages, tokens } = overview;
  const facts = overview.memories.fact?.active ?? 0;
  const tiles: [string, number, string][] = [
    ["People", users.total, `${activeUsers.day} today, ${activeUsers.week} this week`],
    ["Conversations", conversations.total, `${messages.total.toLocaleString()} messages`],
    ["Messages today", messages.today, `${users.newThisWeek} new people this week`],
    ["Facts remembered", facts, "active ones"],
    ["Tokens", tokens.prompt + tokens.completion, "of the replies that are stored"],
  ];
  return (
    <dl className="admin-numbers">
      {tiles.map(([name, amount, note]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{amount.toLocaleString()}</dd>
          <dd className="quiet">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
