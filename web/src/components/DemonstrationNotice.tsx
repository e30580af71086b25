import { useState } from "react";

import { CloseIcon } from "./icons";

const KEPT = "keepsake.demonstrationHidden";

/** Says that no real model is talking, and how to get one. */
export function DemonstrationNotice({ name }: { name: string }) {
  const [isHidden, setIsHidden] = useState(() => sessionStorage.getItem(KEPT) === "yes");
  if (isHidden) return null;
  const hide = () => {
    sessionStorage.setItem(KEPT, "yes");
    setIsHidden(true);
  };
  return (
    <div className="notice notice-demonstration" role="note">
      <p>
        Built-in demonstration: simple words, real memory. Set <code>GROQ_API_KEY</code> to give{" "}
        {name} a real model.
      </p>
      <button type="button" className="icon-button" aria-label="Hide this note" onClick={hide}>
        <CloseIcon />
      </button>
    </div>
  );
}
