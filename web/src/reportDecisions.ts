import type { Character, Person, PolicyDecision, Report, ReportChange } from "./client";

/** Who is who in a report; null where it can't be known, or is nobody. */
export interface Concerned {
  character: Character | null;
  /** Who reported the message, and talks in its conversation. */
  reporter: Person | null;
  /** Who made the character. */
  maker: Person | null;
}

/** Something that an admin may do about a report. */
export interface Choice {
  name: string;
  change: ReportChange;
  /** To be asked before what can't be taken back, or concerns somebody. */
  question?: string;
}

/** What can be done about a report by the admin of that id; nothing that is sure to be refused. */
export function choicesFor(report: Report, concerned: Concerned, adminId: string): Choice[] {
  const choices: (Choice | false)[] = [
    report.status !== "reviewing" && { name: "Take up", change: { status: "reviewing" } },
    report.status !== "dismissed" && {
      name: "Dismiss",
      change: { status: "dismissed", action: "none" },
    },
    report.status !== "resolved" && { name: "Resolve", change: { status: "resolved" } },
    report.action !== "message_removed" && {
      name: "Remove message",
      change: { status: "resolved", action: "message_removed" },
      question: "Delete this message, and what was remembered of it alone?",
    },
    ...blockings(report, concerned, adminId),
  ];
  return choices.filter((choice) => choice !== false);
}

function blockings(report: Report, concerned: Concerned, adminId: string): (Choice | false)[] {
  const name = characterName(concerned);
  const sender = senderOf(report, concerned, adminId);
  return [
    !concerned.character?.blockedAt && {
      name: `Block ${name}`,
      change: { status: "resolved", action: "character_blocked" },
      question: `Let nobody talk to ${name} any more?`,
    },
    sender !== null && {
      name: `Block ${sender}`,
      change: { status: "resolved", action: "user_blocked" },
      question: `Block ${sender}? The account${addressIn(report, concerned)} is shut at once.`,
    },
  ];
}

/** Who answers for the message, in words; null where it is nobody who can be blocked. */
function senderOf(report: Report, concerned: Concerned, adminId: string): string | null {
  const { character, reporter, maker } = concerned;
  const isOwn = report.message.senderType === "user";
  // Somebody who can't be looked up may still be blocked; a ready-made character is nobody's.
  if (!isOwn && character && character.ownerId === null) return null;
  const id = isOwn ? report.userId : character?.ownerId;
  const person = isOwn ? reporter : maker;
  if (id === adminId || person?.role === "admin" || person?.blockedAt) return null;
  const deed = isOwn ? "wrote this" : `made ${characterName(concerned)}`;
  return person ? `${person.displayName}, who ${deed}` : `whoever ${deed}`;
}

/** Names aren't unique: the sender's address, behind a space, where it is known. */
function addressIn(report: Report, { reporter, maker }: Concerned): string {
  const person = report.message.senderType === "user" ? reporter : maker;
  return person ? ` ${person.email}` : "";
}

export function characterName({ character }: Concerned): string {
  return character?.name ?? "the character";
}

const DONE = { allow: "let it through", deflect: "turned it aside", block: "refused it" };

/** What content policy made of a turn, in one sentence. */
export function policyWords({ action, reason, categories, about, decidedBy }: PolicyDecision): string {
  const what = about === "message" ? "what was said" : "the reply";
  const why = [reason !== "ok" && reason, ...(categories ?? [])]
    .filter((word) => typeof word === "string")
    .map((word) => word.replaceAll("_", " "));
  const because = why.length ? `: ${[...new Set(why)].join(", ")}` : "";
  const by = decidedBy === "provider" ? "The model's provider" : "Content policy";
  return `${by} looked at ${what} and ${DONE[action]}${because}.`;
}
