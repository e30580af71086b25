import { useContext } from "react";

import { coloursOf } from "../appearance";
import { Pictures } from "../usePictures";

interface Props {
  id: string;
  name: string;
  size?: "small" | "medium" | "large";
}

/**
 * A character's picture, or its initial on its own colours; decoration, since the name always stands
 * beside.
 */
export function Avatar({ id, name, size = "small" }: Props) {
  const picture = useContext(Pictures)[id];
  if (picture) return <img className={`avatar avatar-${size}`} src={picture} alt="" />;
  return (
    <span className={`avatar avatar-${size}`} style={coloursOf(id)} aria-hidden="true">
      {Array.from(name.trim())[0]?.toLocaleUpperCase() ?? "?"}
    </span>
  );
}
