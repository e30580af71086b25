"""Which methods a path takes, by /openapi.json: routes of the same path don't know of each other, and
`/conversations/{conversation_id}` would take `/conversations/import` for one of its own."""

import re
from collections.abc import Mapping
from typing import Any


def methods_at(paths: Mapping[str, Any], address: str) -> list[str]:
    """Those of the operations in `paths` at an address, a literal path before a template; none where it
    isn't described."""
    if address in paths:
        return _methods(paths[address])
    found = [taken for path, taken in paths.items() if _pattern(path).fullmatch(address)]
    return _methods(found[0]) if found else []


def _methods(operations: Mapping[str, Any]) -> list[str]:
    return sorted(method.upper() for method in operations)


def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
