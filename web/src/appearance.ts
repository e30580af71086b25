/** A character's colours, made from its id: the same on every screen, without any picture. */

import type { CSSProperties } from "react";

/** Custom properties `--hue` and `--hue-2`, in degrees, for the stylesheet to paint with. */
export function coloursOf(id: string): CSSProperties {
  const hash = hashOf(id);
  const hue = hash % 360;
  const turn = 40 + ((hash >>> 9) % 50);
  return { "--hue": hue, "--hue-2": (hue + turn) % 360 } as CSSProperties;
}

/** 32-bit FNV-1a, then mixed (murmur3's finaliser) so that neighbouring ids differ. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
