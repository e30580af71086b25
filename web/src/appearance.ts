/** A character's colours, made from its id: the same on every screen, without any picture. */

import type { CSSProperties } from "react";

/** Pairs of hues, in degrees, that look well together and unlike their neighbours. */
const HUES = [
  [12, 338],
  [34, 8],
  [58, 24],
  [128, 172],
  [168, 202],
  [200, 236],
  [228, 268],
  [262, 306],
  [290, 336],
  [326, 280],
] as const;

/** Custom properties `--hue` and `--hue-2` for the stylesheet to paint with. */
export function coloursOf(id: string): CSSProperties {
  const [hue, second] = HUES[hashOf(id) % HUES.length] ?? HUES[0];
  return { "--hue": hue, "--hue-2": second } as CSSProperties;
}

/** 32-bit FNV-1a, then mixed (murmur3's finaliser) so that neighbouring ids differ. */
function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (const character of text) hash = Math.imul(hash ^ character.charCodeAt(0), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
