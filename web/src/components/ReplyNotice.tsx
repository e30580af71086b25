import type { Notice } from "../client";

/** What Keepsake itself has to say beside a reply: where help is, a break, or that this is an AI. */
export function ReplyNotice({ notice }: { notice?: Notice }) {
  if (!notice) return null;
  return (
    <aside className={`reply-notice reply-notice-${notice.kind}`} role="note" dir="auto">
      <p>{notice.text}</p>
      {notice.resources.length > 0 && (
        <ul>
          {notice.resources.map(({ name, contact }) => (
            <li key={contact}>
              {name}: <Contact contact={contact} />
            </li>
          ))}
        </ul>
      )}
    </aside>
  );
}

/** A number can be called, an address opened; what is neither stays text. */
function Contact({ contact }: { contact: string }) {
  if (/^https?:\/\//.test(contact)) {
    return (
      <a href={contact} target="_blank" rel="noreferrer">
        {contact.replace(/^https?:\/\//, "")}
      </a>
    );
  }
  if (/^[+\d][\d ()-]*$/.test(contact)) {
    return <a href={`tel:${contact.replace(/[^+\d]/g, "")}`}>{contact}</a>;
  }
  return contact;
}
