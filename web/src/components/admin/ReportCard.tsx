import { useState } from "react";

import type { Report, ReportChange, ReportedMessage, ReportInContext } from "../../client";
import {
  type Choice,
  characterName,
  choicesFor,
  type Concerned,
  policyWords,
} from "../../reportDecisions";
import { REPORT_REASONS } from "../../reportReasons";
import { useConcerned } from "../../useConcerned";
import { Resolution } from "./Resolution";

interface Props {
  reported: Report;
  lookup: (report: Report) => Promise<Concerned>;
  adminId: string;
  context: () => Promise<ReportInContext>;
  onChange: (change: ReportChange) => Promise<void>;
  report: (error: unknown) => void;
}

/** One report: what was said, why it was reported, and what can be done. */
export function ReportCard(props: Props) {
  const { reported, lookup, adminId, context, onChange, report } = props;
  const concerned = useConcerned(reported, lookup, report);
  const [around, setAround] = useState<ReportedMessage[] | null>(null);
  const [resolution, setResolution] = useState(reported.resolution);
  const [isBusy, setIsBusy] = useState(false);

  const decide = async ({ change, question }: Choice) => {
    if (question && !confirm(question)) return;
    setIsBusy(true);
    await onChange(resolution === reported.resolution ? change : { ...change, resolution });
    setIsBusy(false);
  };

  const { decision } = reported.message;
  const reporter = concerned?.reporter?.displayName ?? "somebody";
  return (
    <li className="admin-report">
      <p className="admin-report-head">
        <span className="tag">{REPORT_REASONS[reported.reason]}</span>
        <span className="quiet">
          {reporter} reported {concerned ? characterName(concerned) : "…"}
        </span>
        <time dateTime={reported.createdAt}>{new Date(reported.createdAt).toLocaleString()}</time>
      </p>
      {(around ?? [reported.message]).map((message) => (
        <blockquote
          key={message.id}
          className={message.id === reported.messageId ? "admin-reported" : ""}
        >
          <span className="quiet">{speaker(message, concerned)}</span>
          {message.content}
        </blockquote>
      ))}
      {decision && <p className="quiet">{policyWords(decision)}</p>}
      {reported.note && <p className="admin-note">“{reported.note}”</p>}
      <Resolution
        text={resolution}
        onText={setResolution}
        onKeep={
          resolution === reported.resolution ? undefined : () => void onChange({ resolution })
        }
      />
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
        {concerned &&
          choicesFor(reported, concerned, adminId).map((choice) => (
            <button
              key={choice.name}
              type="button"
              className={choice.question ? "link link-danger" : "link"}
              disabled={isBusy}
              onClick={() => void decide(choice)}
            >
              {choice.name}
            </button>
          ))}
      </div>
    </li>
  );
}

function speaker({ senderType }: ReportedMessage, concerned: Concerned | null): string {
  if (senderType === "user") return concerned?.reporter?.displayName ?? "user";
  return concerned?.character?.name ?? "character";
}
