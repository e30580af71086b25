"""How well memory works, measured on the real path, without a language model as judge."""
