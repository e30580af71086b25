"""Counting tokens well enough to keep a prompt within bounds. Pure functions."""

CHARACTERS_PER_TOKEN = 4  # English prose on GPT-style tokenizers; other scripts run higher
TOKENS_PER_MESSAGE = 4  # role and separators


def estimate_tokens(text: str) -> int:
    """About how many tokens a text takes. Counts UTF-8 bytes, so that scripts which split into
    more tokens per character cost more; never 0 for a text that isn't empty."""
    return -(-len(text.encode()) // CHARACTERS_PER_TOKEN)


def fit_newest(contents: list[str], budget: int) -> int:
    """How many of the last `contents` fit into `budget` tokens; at least 1 if there are any."""
    used = 0
    for count, content in enumerate(reversed(contents)):
        used += estimate_tokens(content) + TOKENS_PER_MESSAGE
        if used > budget and count > 0:
            return count
    return len(contents)
