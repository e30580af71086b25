"""Values in requests, taken only as JSON writes them: pydantic by itself also takes 0 for false, "5" for 5
and 0.5 for a moment in 1970, which the documents don't say."""

import re
from datetime import datetime
from typing import Annotated, Any

from pydantic import AwareDatetime, BeforeValidator, Field, Strict, StringConstraints

from backend.errors import InvalidRequest

Flag = Annotated[bool, Strict()]
# Why another is refused `conversation.accepting.check_content` says.
MessageText = Annotated[str, Field(json_schema_extra={"minLength": 1, "pattern": r"\S"})]

_DATE_AND_TIME = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")


def worded(most: int) -> StringConstraints:
    """Of a text that says something: not white space alone, and none around it; `most` characters."""
    return StringConstraints(strip_whitespace=True, min_length=1, max_length=most, pattern=r"\S")


def _number(value: Any) -> Any:
    if isinstance(value, bool | str):
        raise ValueError("must be a number")
    return value


# Behind a field's bounds: `Annotated[int, Field(ge=1), NUMBER]`. Before them it would hide them.
NUMBER = BeforeValidator(_number)


def _written_out(value: Any) -> Any:
    if not isinstance(value, str) or not _DATE_AND_TIME.match(value):
        raise ValueError("must be a date and time with its zone, such as 2026-09-01T18:30:00Z")
    return value


def check_span(since: datetime | None, until: datetime | None) -> None:
    """Raises: InvalidRequest: `from` lies behind `to`; names both."""
    if since and until and since > until:
        raise InvalidRequest(
            f"from ({since.isoformat()}) must not be later than to ({until.isoformat()})."
        )


Moment = Annotated[AwareDatetime, BeforeValidator(_written_out)]
