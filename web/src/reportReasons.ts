import type { ReportReason } from "./client";

/** Why a message may be reported, in a person's words, in the order to offer. */
export const REPORT_REASONS: Record<ReportReason, string> = {
  wrong_memory: "It remembers something wrong",
  harassment: "Insults or harassment",
  hate: "Hate",
  sexual: "Sexual content",
  minors: "It puts a minor at risk",
  self_harm: "Suicide or self-harm",
  violence: "Violence",
  illegal: "Something illegal",
  spam: "Spam",
  other: "Something else",
};
