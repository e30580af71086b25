"""How large a card may be. A file beyond any of these is refused, with the bound's name."""

MAX_FILE_BYTES = 16 * 2**20  # what is uploaded
MAX_JSON_BYTES = 2 * 2**20  # the card itself
MAX_DEPTH = 64  # of objects and arrays within each other
MAX_UNPACKED_BYTES = 40 * 2**20  # of all that a CHARX file holds
MAX_FILES = 500  # in a CHARX file
MAX_PATH_LENGTH = 300  # characters
MAX_CHUNKS = 20_000  # of a PNG
MAX_PIXELS = 12_000  # of a PNG, each way

MAX_NAME = 100  # characters
MAX_TEXT = 50_000  # characters of one field; a large card has 10,000
MAX_EXAMPLES = 50
MAX_TRAITS = 100  # of a personality, and as many values
MAX_TRAIT = 200  # characters
MAX_PERSONALITY = 100_000  # characters of a whole personality as JSON, unknown keys included
MAX_LOREBOOK_ENTRIES = 1000
