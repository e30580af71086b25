import type { ReactNode } from "react";

function Icon({ children }: { children: ReactNode }) {
  return (
    <svg className="icon" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      {children}
    </svg>
  );
}

export const SendIcon = () => (
  <Icon>
    <path d="M12 19V5M6 11l6-6 6 6" />
  </Icon>
);

export const StopIcon = () => (
  <Icon>
    <rect className="filled" x="7" y="7" width="10" height="10" rx="2" />
  </Icon>
);

export const PlusIcon = () => (
  <Icon>
    <path d="M12 5v14M5 12h14" />
  </Icon>
);

export const MenuIcon = () => (
  <Icon>
    <path d="M4 7h16M4 12h16M4 17h10" />
  </Icon>
);

export const SearchIcon = () => (
  <Icon>
    <circle cx="11" cy="11" r="6" />
    <path d="M20 20l-4.6-4.6" />
  </Icon>
);

export const CloseIcon = () => (
  <Icon>
    <path d="M6 6l12 12M18 6L6 18" />
  </Icon>
);

export const BackIcon = () => (
  <Icon>
    <path d="M19 12H5M11 6l-6 6 6 6" />
  </Icon>
);

export const DownIcon = () => (
  <Icon>
    <path d="M12 5v14M6 13l6 6 6-6" />
  </Icon>
);

export const ChevronIcon = () => (
  <Icon>
    <path d="M9 6l6 6-6 6" />
  </Icon>
);

export const FlagIcon = () => (
  <Icon>
    <path d="M6 20V5M6 5h11l-2.5 4L17 13H6" />
  </Icon>
);

export const PersonIcon = () => (
  <Icon>
    <circle cx="12" cy="8.5" r="3.5" />
    <path d="M5 19.5c1-3.2 3.7-5 7-5s6 1.8 7 5" />
  </Icon>
);

/** A locket: what is kept. */
export const KeepsakeIcon = () => (
  <Icon>
    <circle cx="12" cy="4.8" r="1.8" />
    <path d="M12 20.5c-4.6-3-7-5.5-7-8.6 0-2.2 1.7-3.9 3.7-3.9 1.4 0 2.6.7 3.3 2 .7-1.3 1.9-2 3.3-2 2 0 3.7 1.7 3.7 3.9 0 3.1-2.4 5.6-7 8.6z" />
  </Icon>
);
