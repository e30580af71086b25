"""From report A to report B: what changed, for better or worse, and how sure that is."""

from dataclasses import replace
from io import StringIO

import pytest
from rich.console import Console

from backend.errors import InvalidRequest
from bench.quality.comparing import Comparison, compare, show_comparison
from bench.quality.results import Measure, Report, Score, Unit, without_texts
from tests.support.quality_reports import made_up_recall, made_up_stories, question, report_of


def with_shares(*shares: float, **fields: object) -> Report:
    return report_of(
        [question(number, {"keepsake": share}) for number, share in enumerate(shares)], **fields
    )


def printed(comparison: Comparison, *, units: bool = False, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    show_comparison(console, comparison, units=units)
    output = console.file
    assert isinstance(output, StringIO)
    return output.getvalue()


def test_a_report_does_not_differ_from_itself() -> None:
    report = made_up_recall(5)
    found = compare(report, report)
    assert found.warnings == ()
    assert found.changed == ()
    assert {row.difference.change for row in found.rows} == {0}
    assert not any(row.difference.excludes_zero for row in found.rows)


def test_a_row_tells_before_after_and_the_change() -> None:
    (row,) = compare(with_shares(0, 0, 1, 1), with_shares(1, 0, 1, 1)).rows
    assert (row.set_name, row.name) == ("locomo", "R@10")
    assert (row.difference.before, row.difference.after) == (0.5, 0.75)
    assert row.gain == 0.25


@pytest.mark.parametrize(("better", "sign"), [("higher", "▲"), ("lower", "▼")])
def test_an_arrow_says_which_way_is_better(better: str, sign: str) -> None:
    measures = {"R@10": Measure("a rate", better=better)}  # type: ignore[arg-type]
    before, after = (with_shares(*[s] * 20, measures=measures) for s in (0.2, 0.6))
    found = compare(before, after)
    assert (found.rows[0].gain > 0) == (better == "higher")
    row = next(line for line in printed(found).splitlines() if "R@10" in line)
    assert row.rstrip().endswith(sign)
    assert "+40.0" in row


def test_an_unsure_change_gets_no_arrow() -> None:
    text = printed(compare(with_shares(0, 1, 0, 1), with_shares(1, 0, 0, 1)))
    row = next(line for line in text.splitlines() if "R@10" in line)
    assert row.rstrip().endswith("·")


def test_one_group_has_no_interval() -> None:
    text = printed(compare(with_shares(0), with_shares(1)))
    row = next(line for line in text.splitlines() if "R@10" in line)
    assert "none" in row
    assert row.rstrip().endswith("·")


def test_different_kinds_are_refused() -> None:
    with pytest.raises(InvalidRequest, match=r"recall.*scenarios"):
        compare(made_up_recall(1), made_up_stories())


def test_nothing_in_common_is_refused() -> None:
    others = report_of([question(number, {"keepsake": 1.0}) for number in (7, 8)])
    with pytest.raises(InvalidRequest, match="no unit in common"):
        compare(with_shares(0, 1), others)


def test_a_system_that_is_not_there_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="mem0"):
        compare(with_shares(0, 1), with_shares(0, 1), systems=("keepsake", "mem0"))


def test_empty_reports_are_refused() -> None:
    with pytest.raises(InvalidRequest, match="no unit in common"):
        compare(report_of([]), report_of([]))


def test_only_common_units_are_compared_and_that_is_said() -> None:
    found = compare(with_shares(0, 1, 1), with_shares(0, 1))
    assert found.rows[0].difference.units == 2
    assert found.rows[0].difference.before == 0.5
    assert "A has 3 units and B 2; only the 2 that both have" in found.warnings[0]


def test_settings_that_differ_are_named() -> None:
    before = with_shares(1, settings={"threshold": 0.7, "extractor": "offline"})
    after = with_shares(1, settings={"threshold": 0.8, "extractor": "offline", "judge": "x"})
    (warning,) = compare(before, after).warnings
    assert "threshold 0.7 → 0.8" in warning
    assert "judge (not set) → x" in warning
    assert "extractor" not in warning


def test_another_text_under_one_id_is_noticed() -> None:
    after = report_of([question(0, {"keepsake": 1.0}, label="Something else?")])
    assert "1 common units have another text" in compare(with_shares(1), after).warnings[0]


def test_a_report_without_texts_is_compared_without_a_word_on_them() -> None:
    assert compare(without_texts(with_shares(1)), with_shares(1)).warnings == ()


def test_data_that_changed_between_the_runs_is_noticed() -> None:
    before, after = (with_shares(1, extra={"data": {"sha256": one}}) for one in "ab")
    assert compare(before, after).warnings == ("The data isn't the same: its hash differs.",)
    assert compare(before, before).warnings == ()


def test_a_measure_that_means_something_else_is_left_out() -> None:
    units = [Unit("a", "s", "g", "1", "", (), {"keepsake": {"x": Score(1, 1), "y": Score(1, 1)}})]
    before = report_of(units, {"x": Measure("x"), "y": Measure("y")})
    after = report_of(units, {"x": Measure("x"), "y": Measure("y", better="lower")})
    found = compare(before, after)
    assert [row.name for row in found.rows] == ["x"]
    assert "left out: y" in found.warnings[0]


def test_two_systems_of_one_report_are_compared() -> None:
    units = [question(number, {"keepsake": 1.0, "dense": 0.5}) for number in range(12)]
    (row,) = compare(report_of(units), report_of(units), systems=("dense", "keepsake")).rows
    assert row.difference.change == 0.5


def test_the_units_that_changed_most_come_first_each_way() -> None:
    before = with_shares(0, 0.5, 1, 0.25, *[0] * 12)
    after = with_shares(1, 0.6, 0, 0.25, *[0.3] * 12)
    found = compare(before, after)
    ids = [one.unit.id for one in found.changed]
    assert (ids[0], ids[-1]) == ("locomo/0", "locomo/2")
    assert "locomo/3" not in ids
    text = printed(found, units=True)
    assert "Better: 14 units" in text
    assert "… and 4 more" in text
    assert "Worse: 1 units" in text
    assert "R@10 0.0 → 100.0" in text
    assert "Better" not in printed(found)


def test_labels_are_printed_as_they_are_and_cut() -> None:
    label = "[bold]What?[/nothing] " + "long " * 100
    before = report_of([question(1, {"keepsake": 0.0}, label=label)])
    after = report_of([question(1, {"keepsake": 1.0}, label=label)])
    text = printed(compare(before, after), units=True)
    assert "[bold]What?[/nothing]" in text
    assert text.count("long") < 50


def test_the_same_seed_gives_the_same_rows() -> None:
    before = made_up_recall(6)
    after = replace(before, units=before.units[5:])
    assert compare(before, after) == compare(before, after)


@pytest.mark.parametrize("report", [made_up_recall(5), made_up_stories()])
def test_the_table_fits_80_columns_without_a_broken_word(report: Report) -> None:
    found = compare(report, report)
    text = printed(found, width=80)
    assert max(map(len, text.splitlines())) <= 80
    assert set(text.split()) <= set(printed(found, width=300).split())
