import { type Dispatch, type SetStateAction, useCallback, useEffect, useState } from "react";

import type { AdminClient, Page } from "../../client";

interface Props {
  admin: AdminClient;
  report: (error: unknown) => void;
}

/** Somebody or something that is blocked, as both are shown. */
interface Shown {
  id: string;
  name: string;
  blockedAt: string | null;
  blockedReason: string | null;
}

interface Listed {
  items: Shown[];
  nextCursor: string | null;
}

const NOTHING: Listed = { items: [], nextCursor: null };

/** Who and what is blocked, and the way back. */
export function Blocked({ admin, report }: Props) {
  const people = useListed(
    useCallback(
      (before?: string) =>
        admin.blockedPeople(before).then((page) =>
          shownBy(page, ({ displayName, email }) => `${displayName}, ${email}`),
        ),
      [admin],
    ),
    report,
  );
  const characters = useListed(
    useCallback(
      (before?: string) =>
        admin.blockedCharacters(before).then((page) => shownBy(page, ({ name }) => name)),
      [admin],
    ),
    report,
  );
  return (
    <section className="admin-section">
      <header>
        <h2>Blocked</h2>
      </header>
      <BlockedList
        title="People"
        {...people}
        unblock={(id) => admin.unblockPerson(id)}
        report={report}
      />
      <BlockedList
        title="Characters"
        {...characters}
        unblock={(id) => admin.unblockCharacter(id)}
        report={report}
      />
    </section>
  );
}

interface ListProps {
  title: string;
  listed: Listed;
  setListed: Dispatch<SetStateAction<Listed>>;
  loadMore: () => void;
  unblock: (id: string) => Promise<unknown>;
  report: (error: unknown) => void;
}

function BlockedList({ title, listed, setListed, loadMore, unblock, report }: ListProps) {
  const remove = (id: string) =>
    setListed((known) => ({ ...known, items: known.items.filter((each) => each.id !== id) }));
  return (
    <>
      <h3>{title}</h3>
      {listed.items.length === 0 && <p className="quiet">None.</p>}
      <ul>
        {listed.items.map(({ id, name, blockedAt, blockedReason }) => (
          <li key={id} className="admin-job">
            <p>
              <strong>{name}</strong> {blockedReason}{" "}
              {blockedAt && (
                <time className="quiet" dateTime={blockedAt}>
                  {new Date(blockedAt).toLocaleDateString()}
                </time>
              )}
            </p>
            <button
              type="button"
              className="link"
              aria-label={`Unblock ${name}`}
              onClick={() => unblock(id).then(() => remove(id), report)}
            >
              Unblock
            </button>
          </li>
        ))}
      </ul>
      {listed.nextCursor && (
        <button type="button" className="link" onClick={loadMore}>
          Show more
        </button>
      )}
    </>
  );
}

function useListed(
  load: (before?: string) => Promise<Listed>,
  report: (error: unknown) => void,
): Pick<ListProps, "listed" | "setListed" | "loadMore"> {
  const [listed, setListed] = useState(NOTHING);
  useEffect(() => {
    load().then(setListed, report);
  }, [load, report]);
  const loadMore = () => {
    load(listed.nextCursor ?? undefined).then(({ items, nextCursor }) => {
      setListed((known) => ({ items: [...known.items, ...items], nextCursor }));
    }, report);
  };
  return { listed, setListed, loadMore };
}

function shownBy<Item extends Omit<Shown, "name">>(
  { items, nextCursor }: Page<Item>,
  nameOf: (item: Item) => string,
): Listed {
  return { items: items.map((item) => ({ ...item, name: nameOf(item) })), nextCursor };
}
