import { useState } from "react";

import type { Report, ReportChange, ReportedMessage, ReportInContext } from "../../client";

interface Props {
  reported: Report;
  context: () => Promise<ReportInContext>;
  onChange: (change: ReportChange) => Promise<void>;
  report: (error: unknown) => void;
}

type Decision = [name: string, change: ReportChange, question?: string];

const DECISIONS: Decision[] = [
  ["Take up", { status: "reviewing" }],
  ["Dismiss", { status: "dismissed", action: "none" }],
  ["Resolve", { status: "resolved" }],
  [
    "Remove message",
    { status: "resolved", action: "message_removed" },
    "Delete this message, and what was remembered of it alone?",
  ],
  [
    "Block character",
    { status: "resolved", action: "character_blocked" },
    "Let nobody talk to this character any more?",
  ],
  [
    "Block sender",
    { status: "resolved", action: "user_blocked" },
    "Block who sent this; for a character's message, who made the character?",
  ],
];

/** One report: what was said, why it was reported, and what can be done. */
export function ReportCard({ reported, context, onChange, report }: Props) {
  const [around, setAround] = useState<ReportedMessage[] | null>(null);
  const [isBusy, setIsBusy] = useState(false);

  const decide = async ([, change, question]: Decision) => {
    if (question && !confirm(question)) return;
    setIsBusy(true);
    await onChange(change);
    setIsBusy(false);
  };

  return (
    <li className="admin-report">
      <p className="admin-report-head">
        <span className="tag">{reported.reason.replaceAll("_", " ")}</span>
        <time dateTime={reported.createdAt}>{new Date(reported.createdAt).toLocaleString()}</time>
      </p>
      {(around ?? [reported.message]).map((message) => (
        <blockquote
          key={message.id}
          className={message.id === reported.messageId ? "admin-reported" : ""}
        >
          <span className="quiet">{message.senderType}</span>
          {message.content}
        </blockquote>
      ))}
      {reported.note && <p className="admin-note">“{reported.note}”</p>}
      <div className="admin-decisions">
        {!around && (
          <button
            type="button"
            className="link"
            onClick={() => context().then((whole) => setAround(whole.around), report)}
          >
            What was said around it
          </button>
        )}
        {DECISIONS.filter(([, change]) => change.status !== reported.status || change.action).map(
          (decision) => (
            <button
              key={decision[0]}
              type="button"
              className={decision[2] ? "link link-danger" : "link"}
              disabled={isBusy}
              onClick={() => decide(decision)}
            >
              {decision[0]}
            </button>
          ),
        )}
      </div>
    </li>
  );
}
