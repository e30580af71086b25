"""Which methods a path takes, by /openapi.json: routes of the same path don't know of each other, and
`/conversations/{conversation_id}` would take `/conversations/import` for one of its own."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any


def methods_at(paths: Mapping[str, Any], address: str) -> list[str]:
    """Those of the operations in `paths` at an address, by the path that says most about it; none where
    it isn't described."""
    found = [path for path in paths if _pattern(path).fullmatch(address)]
    if not found:
        return []
    path = min(found, key=lambda path: path.count("{"))
    return sorted(method.upper() for method in paths[path])


@cache
def _pattern(path: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"\\\{[^}]*\\\}", "[^/]+", re.escape(path)))
