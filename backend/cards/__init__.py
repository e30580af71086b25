"""Character cards: the files in which chat clients hand characters to each other. Pure functions.

Read `card_file.py` first: bytes in, a `Character` and its files out, and the other way round.
"""
