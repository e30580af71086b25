/** Below a list that goes on. */
export function ShowMore({ onMore }: { onMore: () => void }) {
  return (
    <button type="button" className="link" onClick={onMore}>
      Show more
    </button>
  );
}
