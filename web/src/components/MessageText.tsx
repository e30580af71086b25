import { spansOf } from "../messageText";

const ELEMENTS = { plain: "span", action: "em", stress: "strong" } as const;

/** What somebody said, as text: never as HTML. */
export function MessageText({ text }: { text: string }) {
  return spansOf(text).map((span, position) => {
    const Element = ELEMENTS[span.style];
    return <Element key={position}>{span.text}</Element>;
  });
}
