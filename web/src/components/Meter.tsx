interface Props {
  label: string;
  /** 0-100. */
  value: number;
}

/** A small bar that shows a share of the whole. */
export function Meter({ label, value }: Props) {
  return (
    <span
      className="meter"
      role="meter"
      aria-label={label}
      aria-valuenow={value}
      aria-valuemin={0}
      aria-valuemax={100}
      title={`${label}: ${value} of 100`}
    >
      <span style={{ width: `${Math.max(0, Math.min(100, value))}%` }} />
    </span>
  );
}
