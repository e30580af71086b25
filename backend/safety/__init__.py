"""Content policy: what is screened, what is decided, what is told to people."""
