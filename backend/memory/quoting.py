"""Quoting what people wrote into a prompt. Pure functions."""


def quoted(text: str) -> str:
    """Text as data inside a fence: one line, which can't close the fence or start another line."""
    return " ".join(text.split()).replace("<", "‹").replace(">", "›")
