"""What a log says of an exception."""

import json
import subprocess
import sys
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel, ValidationError

from backend.errors import ModelOutputInvalid
from backend.monitoring.failures import trace_of, without_content

SAID = "Marmalade is my sister"


class Form(BaseModel):
    age: int


def by_pydantic() -> None:
    Form.model_validate({"age": SAID})


def by_schema() -> None:
    jsonschema.validate(SAID, {"type": "object"})


def by_json() -> None:
    json.loads(f'{{"a": {SAID}}}')


def by_key() -> None:
    {}[SAID]  # type: ignore[misc]


def by_cause() -> None:
    try:
        by_key()
    except KeyError as error:
        raise ModelOutputInvalid(SAID, output=SAID) from error


def by_group() -> None:
    raise ExceptionGroup(SAID, [ValueError(SAID)])


def failing(call: Any) -> BaseException:
    try:
        call()
    except Exception as error:
        return error
    raise AssertionError("it didn't fail")


@pytest.mark.parametrize("call", [by_pydantic, by_schema, by_json, by_key, by_cause, by_group])
def test_it_quotes_nothing_and_says_where(call: Any) -> None:
    text = trace_of(failing(call))
    assert SAID not in text.replace(f'"{SAID}"', "")
    assert "Marmalade" not in text
    assert f"in {call.__name__}" in text


def test_a_chain_is_told_from_its_cause_on() -> None:
    text = trace_of(failing(by_cause))
    assert text.index("KeyError") < text.index("ModelOutputInvalid (code=model_output_invalid)")


def test_what_quotes_nobody_is_told() -> None:
    assert "No such file" in trace_of(failing(lambda: open("/no/such/file")))  # noqa: SIM115
    assert "has no attribute 'x'" in trace_of(failing(lambda: None.x))  # type: ignore[attr-defined]


def test_every_way_of_logging_an_exception_is_understood() -> None:
    error = failing(by_key)
    try:
        raise error
    except KeyError:
        for given in (error, (KeyError, error, None), True):
            told = without_content(None, "error", {"event": "e", "exc_info": given})
            assert "KeyError" in told["exception"]
            assert "exc_info" not in told
    for nothing in (None, False, (None, None, None)):
        assert without_content(None, "error", {"event": "e", "exc_info": nothing}) == {"event": "e"}


def test_a_chain_that_bites_its_tail_ends() -> None:
    first, second = ValueError(), ValueError()
    first.__cause__, second.__cause__ = second, first
    assert trace_of(first).count("ValueError") == 2


def test_pydantic_would_have_told() -> None:
    """The reason for all this: the plain text of the exception holds what was said."""
    with pytest.raises(ValidationError, match=SAID):
        by_pydantic()


@pytest.mark.parametrize("style", ["console", "json"])
def test_no_style_of_the_log_quotes_what_failed(style: str) -> None:
    code = f"""
import logging, structlog
from backend.monitoring.logs import configure_logging
configure_logging({style!r})
try:
    {{}}[{SAID!r} + "!"]
except KeyError:
    structlog.get_logger("backend.x").exception("ours")
    logging.getLogger("uvicorn.error").exception("theirs")
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.count("KeyError") == 2
    assert f"{SAID}!" not in done.stderr
