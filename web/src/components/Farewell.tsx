import { useEffect } from "react";

import type { Erasure } from "../client";
import { redirectTo } from "../route";
import { KeepsakeIcon } from "./icons";

interface Props {
  receipt: Erasure;
  onBeginAnew: () => void;
}

/** The last page of an account: the receipt of its erasure. */
export function Farewell({ receipt, onBeginAnew }: Props) {
  const { id, begunAt, finishedAt, rowsDeleted, vectorsDeleted, remaining } = receipt;
  useEffect(() => {
    document.title = "Erased · Keepsake";
    redirectTo({}); // a room that was there is no place to begin anew in
  }, []);
  const rows = Object.values(rowsDeleted).reduce((sum, count) => sum + count, 0);
  const facts: [string, string][] = [
    ["Begun", new Date(begunAt).toLocaleString()],
    ["Finished", finishedAt ? new Date(finishedAt).toLocaleString() : "being finished by itself"],
    ["Erased", `${rows.toLocaleString()} rows, ${vectorsDeleted.toLocaleString()} vectors`],
    ["Left", remaining ? leftOver(remaining) : "not counted yet"],
  ];
  return (
    <main className="splash farewell">
      <span className="brand-mark">
        <KeepsakeIcon />
      </span>
      <h1>{finishedAt ? "Everything is erased" : "You are being forgotten"}</h1>
      <p>Keep this number: with it, whoever runs this Keepsake can confirm the erasure.</p>
      <code className="farewell-number">{id}</code>
      <dl>
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <button type="button" className="button" onClick={onBeginAnew}>
        Begin anew
      </button>
    </main>
  );
}

function leftOver({ rows, vectors, cacheKeys, jobs }: NonNullable<Erasure["remaining"]>): string {
  const count = (number: number | null) => number?.toLocaleString() ?? "?";
  return `${count(rows)} rows, ${count(vectors)} vectors, ${count(cacheKeys)} keys, ${count(jobs)} jobs`;
}
