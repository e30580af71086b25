"""The delivery contract, proved by fault: a short form of `make chaos`, with the same faults."""

import json

from tests.chaos.plan import Fate, Strike, make_plan
from tests.chaos.report import as_json
from tests.chaos.run import carry_out

SEED = 5
TURNS = 20
JOBS_SECONDS = 90.0  # at most: for those of a killed worker


async def test_nothing_is_lost_doubled_or_put_out_of_order_whatever_breaks() -> None:
    plan = make_plan(SEED, TURNS)
    print(f"`make chaos ARGS='--seed {SEED} --turns {TURNS}'` has the same plan")
    outcome = await carry_out(plan, lambda _what, _said: None, jobs_seconds=JOBS_SECONDS)
    report = as_json(outcome)
    assert outcome.violations == [], json.dumps(report, indent=1, default=str)
    assert set(report["strikes"]) == set(Strike)
    for harm in (Fate.DELAY, Fate.DUPLICATE, Fate.OVERTAKEN):
        assert report["counts"][f"frames {harm}"] > 0
    assert report["stored"]["replies"] == TURNS + len(outcome.history.conversations)  # last words
