import { KeepsakeIcon } from "./icons";

interface Props {
  /** Why the page can't go on; without one it is still starting. */
  problem?: string;
  onRetry?: () => void;
}

export function Splash({ problem, onRetry }: Props) {
  return (
    <main className="splash" role={problem ? "alert" : "status"}>
      <span className="brand-mark">
        <KeepsakeIcon />
      </span>
      <p>{problem ?? "Opening Keepsake…"}</p>
      {problem && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </main>
  );
}
