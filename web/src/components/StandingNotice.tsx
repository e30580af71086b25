import type { Standing } from "../standing";

/** Says why nothing new begins with this character, and what is left. */
export function StandingNotice({ standing }: { standing: Standing | null }) {
  if (!standing) return null;
  return (
    <p className="notice notice-standing" role="note">
      <span>
        {standing.sentence}{" "}
        {standing.mayGoOn
          ? "What you began goes on; nothing new can be begun."
          : "What you said is still here to read, and so is what is remembered."}
      </span>
    </p>
  );
}
