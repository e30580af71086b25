import { useEffect } from "react";

import type { KeepsakeClient } from "../../client";
import { addressOf } from "../../route";
import { BackIcon } from "../icons";
import { MemoryHealth } from "./MemoryHealth";
import { Numbers } from "./Numbers";
import { Reports } from "./Reports";
import "./admin.css";

interface Props {
  client: KeepsakeClient;
  report: (error: unknown) => void;
}

/** For admins: what people reported, and how memory is doing. */
export function AdminPage({ client, report }: Props) {
  useEffect(() => {
    document.title = "Administration · Keepsake";
  }, []);
  return (
    <main className="admin">
      <a className="back" href={addressOf({})}>
        <BackIcon />
        All characters
      </a>
      <h1>Administration</h1>
      <Numbers admin={client.admin} report={report} />
      <Reports admin={client.admin} report={report} />
      <MemoryHealth admin={client.admin} report={report} />
    </main>
  );
}
