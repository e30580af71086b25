import { useEffect, useState } from "react";

import type { KeepsakeClient, User } from "../../client";
import { addressOf } from "../../route";
import { BackIcon } from "../icons";
import { Blocked } from "./Blocked";
import { MemoryHealth } from "./MemoryHealth";
import { Numbers } from "./Numbers";
import { Reports } from "./Reports";
import "./admin.css";

interface Props {
  client: KeepsakeClient;
  user: User;
  report: (error: unknown) => void;
}

/** For admins: what people reported, who is blocked, and how memory is doing. */
export function AdminPage({ client, user, report }: Props) {
  const [blockings, setBlockings] = useState(0);
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
      <Reports
        client={client}
        user={user}
        onBlocked={() => setBlockings((count) => count + 1)}
        report={report}
      />
      <Blocked key={blockings} admin={client.admin} report={report} />
      <MemoryHealth admin={client.admin} report={report} />
    </main>
  );
}
