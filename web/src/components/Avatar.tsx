import { coloursOf } from "../appearance";

interface Props {
  id: string;
  name: string;
  size?: "small" | "medium" | "large";
}

/** A character's initial on its own colours; decoration, since the name always stands beside. */
export function Avatar({ id, name, size = "small" }: Props) {
  return (
    <span className={`avatar avatar-${size}`} style={coloursOf(id)} aria-hidden="true">
      {Array.from(name.trim())[0]?.toLocaleUpperCase() ?? "?"}
    </span>
  );
}
