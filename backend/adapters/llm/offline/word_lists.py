"""Reads the word lists of the offline provider."""


def words(text: str) -> frozenset[str]:
    """The words of a text, separated by white space."""
    return frozenset(text.split())


def words_in_order(text: str) -> list[str]:
    """The same, in the order of the text."""
    return text.split()
