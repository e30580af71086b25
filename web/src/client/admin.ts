import type { HttpOptions } from "./http";
import type { Page, ReportReason } from "./types";

export type ReportStatus = "open" | "reviewing" | "resolved" | "dismissed";

export type ReportAction = "none" | "message_removed" | "user_blocked" | "character_blocked";

/** What content policy decided of a turn. */
export interface PolicyDecision {
  action: "allow" | "deflect" | "block";
  reason?: string;
  decidedBy?: "policy" | "moderation" | "provider";
  categories?: string[];
  /** What was decided on: the user's message, or the reply to it. */
  about?: "message" | "reply";
}

/** A message as it was when it was reported. */
export interface ReportedMessage {
  id: string;
  seq: number;
  senderType: "user" | "character";
  content: string;
  createdAt: string;
  decision: PolicyDecision | null;
}

export interface Report {
  id: string;
  /** Who reported it, and who talks in its conversation. */
  userId: string;
  messageId: string;
  characterId: string;
  reason: ReportReason;
  note: string;
  message: ReportedMessage;
  status: ReportStatus;
  action: ReportAction;
  resolution: string;
  createdAt: string;
  closedAt: string | null;
}

export interface ReportInContext extends Report {
  /** The messages next to the reported one, it itself included, in order. */
  around: ReportedMessage[];
}

export interface ReportChange {
  status?: ReportStatus;
  resolution?: string;
  action?: ReportAction;
}

export interface Person {
  id: string;
  email: string;
  displayName: string;
  role: "user" | "admin";
  blockedAt: string | null;
  blockedReason: string | null;
}

export interface BlockedCharacter {
  id: string;
  ownerId: string | null;
  name: string;
  blockedAt: string | null;
  blockedReason: string | null;
}

export interface Overview {
  users: { total: number; blocked: number; newThisWeek: number };
  activeUsers: { day: number; week: number };
  conversations: { total: number };
  messages: { total: number; today: number };
  memories: Record<string, Record<string, number>>;
  tokens: { prompt: number; completion: number };
  reports: Record<ReportStatus, number>;
}

/** Work that was given up after its tries. */
export interface ParkedJob {
  id: number;
  task: string;
  parkedAt: string | null;
  retriesAt: string | null;
  reason: string | null;
}

export interface MemoryHealth {
  pendingMessages: number;
  oldestPendingAt: string | null;
  embeddings: Record<string, number>;
  collections: { role: string; model: string | null; problem: string | null }[];
  parkedJobs: ParkedJob[];
}

type Call = <Value>(path: string, options?: HttpOptions) => Promise<Value>;

/** What an admin can ask for. */
export class AdminClient {
  constructor(private readonly call: Call) {}

  overview(): Promise<Overview> {
    return this.call("/admin/overview");
  }

  memoryHealth(): Promise<MemoryHealth> {
    return this.call("/admin/memory-health");
  }

  /** Try a parked job again, or all of them. */
  retry(job?: number): Promise<{ retried: number[] }> {
    return this.call("/admin/memory-health/retry", { method: "POST", body: { job } });
  }

  reports(status: ReportStatus, before?: string): Promise<Page<Report>> {
    const query = new URLSearchParams({ status, limit: "20", ...(before && { before }) });
    return this.call(`/admin/reports?${query}`);
  }

  report(id: string): Promise<ReportInContext> {
    return this.call(`/admin/reports/${id}`);
  }

  /** Who has this id, if anybody does. */
  async person(id: string): Promise<Person | null> {
    const found = await this.call<Page<Person>>(`/admin/users?${new URLSearchParams({ q: id })}`);
    return found.items.find((person) => person.id === id) ?? null;
  }

  blockedPeople(before?: string): Promise<Page<Person>> {
    return this.call(`/admin/users?${blocked(before)}`);
  }

  blockedCharacters(before?: string): Promise<Page<BlockedCharacter>> {
    return this.call(`/admin/characters?${blocked(before)}`);
  }

  unblockPerson(id: string): Promise<Person> {
    return this.call(`/admin/users/${id}/block`, { method: "DELETE" });
  }

  unblockCharacter(id: string): Promise<BlockedCharacter> {
    return this.call(`/admin/characters/${id}/block`, { method: "DELETE" });
  }

  changeReport(id: string, change: ReportChange): Promise<Report> {
    return this.call(`/admin/reports/${id}`, { method: "PATCH", body: change });
  }
}

function blocked(before?: string): URLSearchParams {
  return new URLSearchParams({ blocked: "true", limit: "50", ...(before && { before }) });
}
