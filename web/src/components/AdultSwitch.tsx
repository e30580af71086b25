interface Props {
  isOn: boolean;
  onChange: (isOn: boolean) => void;
}

/** Lets a person confirm to be an adult, or take that back. */
export function AdultSwitch({ isOn, onChange }: Props) {
  return (
    <label className="adult-switch">
      <input type="checkbox" checked={isOn} onChange={(event) => onChange(event.target.checked)} />
      <span>
        I am 18 or older, and characters made for adults may talk to me as such.
        <span className="quiet"> What a character does not do stays as its maker set it.</span>
      </span>
    </label>
  );
}
