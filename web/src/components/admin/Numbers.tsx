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
  const active = `Active: ${activeUsers.day} today, ${activeUsers.week} this week`;
  const tiles: [string, number, ...string[]][] = [
    ["People", users.total, active, `New this week: ${users.newThisWeek}`],
    ["Conversations", conversations.total],
    ["Messages", messages.total, `${messages.today.toLocaleString()} of them today`],
    ["Facts remembered", facts, "active ones"],
    ["Tokens", tokens.prompt + tokens.completion, "of the replies that are stored"],
  ];
  return (
    <dl className="admin-numbers">
      {tiles.map(([name, amount, ...notes]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{amount.toLocaleString()}</dd>
          {notes.map((note) => (
            <dd key={note} className="quiet">
              {note}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
