"""Reads the word lists of the offline provider, and those that several of its modules need."""

WEEKDAYS = "monday tuesday wednesday thursday friday saturday sunday"
MONTHS = "january february march april may june july august september october november december"


def words(text: str) -> frozenset[str]:
    """The words of a text, separated by white space."""
    return frozenset(text.split())


def words_in_order(text: str) -> list[str]:
    """The same, in the order of the text."""
    return text.split()


def any_of(text: str) -> str:
    """A regular expression for one of the words, the first that fits."""
    return "|".join(text.split())
