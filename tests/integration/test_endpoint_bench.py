"""`keepsake bench endpoints`, in small: it measures what it says, and writes it down."""

import json
from io import StringIO
from pathlib import Path

from rich.console import Console

from bench.endpoints.run import ENDPOINTS, run_endpoint_bench

MOST = 4  # queries, as tests/integration/test_query_counts.py has it


async def test_the_commonest_endpoints_are_measured(tmp_path: Path) -> None:
    quiet, out = Console(file=StringIO()), tmp_path / "endpoints.json"
    results = await run_endpoint_bench(
        quiet, quiet, out, "keepsake bench endpoints", messages=500, memories=10, seconds=0.1
    )
    assert [each.name for each in results] == [endpoint.name for endpoint in ENDPOINTS]
    assert len(ENDPOINTS) == 10
    for each in results:
        assert each.per_second > 0
        assert 0 < each.p50 <= each.p95
        assert 1 <= each.queries <= MOST, each
    written = json.loads(out.read_text())
    assert (written["messages"], written["memories"]) == (500, 10)
    assert [each["name"] for each in written["endpoints"]] == [each.name for each in results]
