"""What a manner of speech consists of.

A phrase may hold {fact} (a whole sentence about the user), {name} (", Sam", or nothing where the
user's name isn't known) and {interest} (of the character's own). Each list offers enough for no
phrase to come twice running.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Voice:
    """One manner of speech: what it says on each occasion."""

    greeting: tuple[str, ...]
    again: tuple[str, ...]
    recall: tuple[str, ...]
    unknown: tuple[str, ...]
    noted: tuple[str, ...]
    sad: tuple[str, ...]
    gentle: tuple[str, ...]  # after a death was told of
    anxious: tuple[str, ...]
    angry: tuple[str, ...]
    tired: tuple[str, ...]
    happy: tuple[str, ...]
    thanks: tuple[str, ...]
    bye: tuple[str, ...]
    wellbeing: tuple[str, ...]
    beyond: tuple[str, ...]
    onward: tuple[str, ...]
