import { useCallback, useEffect, useState } from "react";

import type { KeepsakeClient, Report, ReportChange, ReportStatus, User } from "../../client";
import { useLookup } from "../../useConcerned";
import { ReportCard } from "./ReportCard";

const STATUSES: ReportStatus[] = ["open", "reviewing", "resolved", "dismissed"];

interface Props {
  client: KeepsakeClient;
  user: User;
  /** Somebody or something was blocked. */
  onBlocked: () => void;
  report: (error: unknown) => void;
}

/** What people reported, by how far it has come. */
export function Reports({ client, user, onBlocked, report }: Props) {
  const { admin } = client;
  const lookup = useLookup(client);
  const [status, setStatus] = useState<ReportStatus>("open");
  const [reports, setReports] = useState<Report[] | null>(null);
  const [cursor, setCursor] = useState<string | null>(null);

  const load = useCallback(
    (before?: string) => {
      admin.reports(status, before).then((page) => {
        setReports((known) => (before && known ? [...known, ...page.items] : page.items));
        setCursor(page.nextCursor);
      }, report);
    },
    [admin, report, status],
  );
  useEffect(() => load(), [load]);

  const change = async (id: string, wanted: ReportChange) => {
    try {
      const changed = await admin.changeReport(id, wanted);
      if (wanted.action?.endsWith("_blocked")) onBlocked();
      setReports(
        (known) =>
          known
            ?.map((each) => (each.id === id ? changed : each))
            .filter((each) => each.status === status) ?? null,
      );
    } catch (error) {
      report(error);
    }
  };

  return (
    <section className="admin-section">
      <header>
        <h2>Reports</h2>
        <div className="admin-filter">
          {STATUSES.map((each) => (
            <button
              key={each}
              type="button"
              className="link"
              aria-pressed={each === status}
              onClick={() => setStatus(each)}
            >
              {each}
            </button>
          ))}
        </div>
      </header>
      {reports?.length === 0 && <p className="quiet">Nothing is {status}.</p>}
      <ul>
        {reports?.map((each) => (
          <ReportCard
            key={each.id}
            reported={each}
            lookup={lookup}
            adminId={user.id}
            context={() => admin.report(each.id)}
            onChange={(wanted) => change(each.id, wanted)}
            report={report}
          />
        ))}
      </ul>
      {cursor && (
        <button type="button" className="button" onClick={() => load(cursor)}>
          Earlier ones
        </button>
      )}
    </section>
  );
}
