import { SearchIcon } from "./icons";

interface Props {
  name: string;
  words: string;
  onWords: (words: string) => void;
}

export function SearchBox({ name, words, onWords }: Props) {
  return (
    <search className="search">
      <SearchIcon />
      <input
        type="search"
        aria-label={`Search what you and ${name} said`}
        placeholder="Search"
        maxLength={500}
        value={words}
        onChange={(event) => onWords(event.target.value)}
      />
    </search>
  );
}
