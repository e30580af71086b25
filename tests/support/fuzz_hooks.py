"""What schemathesis can't read off /openapi.json: see tests/support/schemathesis.toml."""

import re
from typing import Any
from uuid import uuid4
from zoneinfo import available_timezones

import schemathesis
from hypothesis.strategies import sampled_from
from schemathesis.openapi.checks import RejectedPositiveData, UseAfterFree

# Only the server can say which of these are good: what it gave out before. A made-up one is refused,
# rightly, and the request would get no further.
GIVEN_OUT = {"if-match", "before", "after"}

# Why a request that fits its schema is refused all the same: what a schema can't say, in the words of
# the answer. Any other refusal of such a request is a fault of the document, or of the server.
BEYOND_SCHEMAS = {
    "NUL": "JSON has it, PostgreSQL's text doesn't",
    "can't be stored": "half of a surrogate pair",
    "is empty": "a text of white space alone",
    "guessed first": "the commonest passwords are a list",
    "must not be the address": "a password that goes by the rest of the request",
    "can't end like the addresses": "addresses of accounts that nobody registers",
    "no card": "the content of a file",
    "no name": "the content of a file",
    "later than": "two times in an order",
    "more than a day ahead": "a time that may not be to come",
    "say the new one": "a field that wants another one beside it",
    "must be an id (a UUID)": "a link takes `me` along from where it is good",
    "to look at": "two times not too far apart",
}


# What is there still when everything in it is gone: a memory, and a deleted character's.
EMPTIED = re.compile("DELETE .*/(memory|characters)/[^/]*$")


@schemathesis.hook
def before_call(_context: Any, case: Any, _kwargs: Any) -> None:
    """Leave out of a valid request what can't be made up, and never use an Idempotency-Key twice."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    for sent in (case.headers or {}, case.query or {}):
        for name in list(sent):
            if name.lower() in GIVEN_OUT:
                del sent[name]
            elif name.lower() == "idempotency-key":
                sent[name] = str(uuid4())


@schemathesis.hook
def filter_failure(_context: Any, failure: Any, _case: Any, response: Any) -> bool:
    """Whether it is a failure at all."""
    match failure:
        case RejectedPositiveData():
            return not any(words in response.text for words in BEYOND_SCHEMAS)
        case UseAfterFree():
            return not EMPTIED.search(failure.free)
    return True


schemathesis.openapi.format("time-zone", sampled_from(sorted(available_timezones())))


@schemathesis.serializer("application/zip")
def zipped(_context: Any, value: Any) -> bytes:
    """A file's bytes as they are."""
    return bytes(getattr(value, "data", None) or str(value).encode())
