"""A quality report as a file, as tables, and as a page that escapes whatever the data says."""

import json
import re
from dataclasses import replace
from html.parser import HTMLParser
from io import StringIO
from math import nan
from pathlib import Path

import pytest
from rich.console import Console

from backend.errors import InvalidRequest
from bench.quality.charts import color_of
from bench.quality.html_report import render
from bench.quality.presentation import grouped, headlines, selections
from bench.quality.results import (
    Measure,
    Report,
    Score,
    Unit,
    new_report,
    read_report,
    to_json,
    without_texts,
    write_report,
)
from bench.quality.story_scores import MEASURES as STORY_MEASURES
from bench.quality.table import show_report
from bench.quality.unit_list import list_units
from tests.support.quality_reports import (
    made_up_recall,
    made_up_stories,
    question,
    report_of,
)

HOSTILE = '</script><img src=x onerror=alert(1)> & "quotes" {{ 7 * 7 }}'
UNICODE = "Где живёт Дана? 住んでいる場所 🦊 أين"
EMPTY = report_of([])
ONE = report_of([question(1, {"keepsake": 1.0})])
VOID = {"meta", "link", "img", "input", "br"}


class Page(HTMLParser):
    """Elements, text and addresses of a page; fails at a tag that closes nothing."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"script", "style"} & set(self.open):
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())

    def all(self, tag: str, **attributes: str) -> list[dict[str, str | None]]:
        return [
            found
            for name, found in self.elements
            if name == tag and attributes.items() <= found.items()
        ]


def printed(report: Report, width: int = 100) -> str:
    console = Console(file=StringIO(), width=width, color_system=None)
    show_report(console, report)
    output = console.file
    assert isinstance(output, StringIO)
    return output.getvalue()


def words_of(text: str) -> set[str]:
    return {word.rstrip(";") for word in text.replace("─", "").split()}


def with_text(text: str) -> Report:
    """The text wherever data may put one."""
    unit = question(1, {"keepsake": 0.5, text: 1.0}, label=text, notes=(text,), set_name=text,
                    category=text, group=text)  # fmt: skip
    other = question(2, {"keepsake": 1.0}, set_name=text, category="other")
    measure = Measure(text)
    scores = {system: {text: Score(1, 2)} for system in unit.scores}
    return report_of(
        [replace(unit, scores=scores), other],
        {text: measure, "R@10": measure},
        command=text,
        commit=text,
        measured_at=text,
        machine={text: text},
        settings={text: [text, {text: text}]},
        extra={text: [{text: text}], "judge": {text: [[text]]}},
    )


def long_names() -> Report:
    """Sets, categories and systems called as the research sets and the ablation call them."""
    systems = {"keepsake": 0.5, "without question": 0.4, "meaning alone": 0.3}
    names = ("contradiction resolution", "instruction following", "knowledge update")
    sets = ("realtalk", "locomo")
    units = [question(n, systems, set_name=sets[n % 2], category=names[n % 3]) for n in range(1200)]
    scores = {m: Score(1, 2) for m in STORY_MEASURES}
    return report_of(
        [replace(unit, scores=dict.fromkeys(systems, scores)) for unit in units],
        dict(STORY_MEASURES),
    )


class TestFile:
    @pytest.mark.parametrize(
        "report", [EMPTY, ONE, made_up_recall(2), made_up_stories(), with_text(UNICODE)]
    )
    def test_what_is_written_is_read(self, tmp_path: Path, report: Report) -> None:
        path = tmp_path / "new" / "report.json"
        write_report(path, report)
        assert to_json(read_report(path)) == to_json(report)
        assert json.loads(path.read_text(encoding="utf-8")) == to_json(report)

    def test_the_file_has_the_documented_names(self, tmp_path: Path) -> None:
        path = tmp_path / "report.json"
        write_report(path, ONE)
        data = json.loads(path.read_text())
        assert set(data) == {
            *("kind", "command", "measuredAt", "commit", "machine", "seed"),
            *("settings", "measures", "units", "latency", "extra"),
        }
        assert data["units"][0]["set"] == "locomo"
        assert data["units"][0]["scores"] == {"keepsake": {"R@10": [1.0, 1.0]}}

    def test_writing_leaves_nothing_beside_the_file(self, tmp_path: Path) -> None:
        write_report(tmp_path / "report.json", ONE)
        write_report(tmp_path / "report.json", EMPTY)
        assert [path.name for path in tmp_path.iterdir()] == ["report.json"]
        assert read_report(tmp_path / "report.json").units == ()

    def test_a_unit_takes_a_line(self, tmp_path: Path) -> None:
        path = tmp_path / "report.json"
        write_report(path, made_up_recall(2))
        lines = [line for line in path.read_text().splitlines() if '"scores"' in line]
        assert len(lines) == 24

    def test_a_new_report_says_when_where_and_on_what(self) -> None:
        report = new_report("recall", "eval", seed=3, settings={}, measures={}, units=[])
        assert report.measured_at.startswith("20")
        assert report.commit
        assert report.machine["cores"]
        assert report.seed == 3

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("", "Invalid JSON"),
            ("[]", "object"),
            ("{}", "kind"),
            ('{"unit": "ms", "figures": []}', "kind"),
            ("\x00\xff", "Invalid JSON"),
        ],
    )
    def test_a_file_that_is_no_report_is_refused(
        self, tmp_path: Path, text: str, reason: str
    ) -> None:
        path = tmp_path / "other.json"
        path.write_text(text, encoding="latin-1")
        with pytest.raises(InvalidRequest, match=reason) as refused:
            read_report(path)
        assert "other.json" in refused.value.message

    @pytest.mark.parametrize(
        ("change", "reason"),
        [
            (("[1.0, 1.0]", "[1.0]"), "required"),
            (("[1.0, 1.0]", '["1", 1.0]'), "number"),
            (("[1.0, 1.0]", "[NaN, 1.0]"), "finite"),
            (("[1.0, 1.0]", "[1.0, -1.0]"), "greater than or equal to 0"),
            (('{"R@10"', '{"R@11"'), "no such measure"),
            (('"recall"', '"dreams"'), "scenarios"),
        ],
    )
    def test_a_report_with_a_fault_is_refused(
        self, tmp_path: Path, change: tuple[str, str], reason: str
    ) -> None:
        path = tmp_path / "report.json"
        write_report(path, ONE)
        path.write_text(path.read_text().replace(*change))
        with pytest.raises(InvalidRequest, match=reason):
            read_report(path)

    def test_two_units_with_one_id_are_refused(self, tmp_path: Path) -> None:
        twins = report_of([question(1, {"keepsake": 1.0})] * 2)
        with pytest.raises(InvalidRequest, match="locomo/1"):
            write_report(tmp_path / "report.json", twins)

    def test_a_score_that_is_no_number_is_not_written(self, tmp_path: Path) -> None:
        with pytest.raises(InvalidRequest, match="isn't finite"):
            write_report(tmp_path / "report.json", report_of([question(1, {"keepsake": nan})]))
        assert list(tmp_path.iterdir()) == []

    def test_a_report_without_texts_has_ids_and_scores_alone(self, tmp_path: Path) -> None:
        path = tmp_path / "report.json"
        report = replace(made_up_recall(1), extra={"data warnings": [HOSTILE], "n": 3})
        write_report(path, without_texts(report))
        bare = read_report(path)
        assert {(unit.label, unit.notes) for unit in bare.units} == {("", ())}
        assert bare.extra == {"n": 3}
        assert bare.units[0].scores == made_up_recall(1).units[0].scores

    def test_the_figures_of_a_run_alone_are_no_report(self, tmp_path: Path) -> None:
        path = tmp_path / "figures.json"
        path.write_text(json.dumps({"command": "keepsake eval recall", "percent": {}}))
        with pytest.raises(InvalidRequest, match="figures, not its questions"):
            read_report(path)

    def test_half_a_character_does_not_stop_the_file(self, tmp_path: Path) -> None:
        path = tmp_path / "report.json"
        write_report(path, report_of([question(1, {"keepsake": 1.0}, label="fox \ud83e")]))
        assert read_report(path).units[0].label == "fox ?"


class TestPresentation:
    def test_measures_stand_in_groups(self) -> None:
        groups = grouped(made_up_recall(2))
        assert list(groups.values()) == [
            ["R@5", "R@10", "R@20", "R@50", "all@10"],
            ["R@300t", "R@700t", "R@1000t", "R@2000t", "all@1000t"],
            ["MRR"],
        ]

    def test_an_unknown_measure_is_still_shown(self) -> None:
        report = report_of(
            [Unit("a/1", "a", "g", "1", "", (), {"keepsake": {"charm": Score(1, 1)}})],
            {"charm": Measure("how charming")},
        )
        assert grouped(report) == {"Other measures": ["charm"]}
        assert headlines(report) == ["charm"]
        assert "charm" in printed(report)

    def test_categories_that_are_numbers_stand_in_order(self) -> None:
        units = [question(n, {"keepsake": 1.0}, category=c) for n, c in enumerate("10 9 b".split())]
        assert [row.category for row in selections(report_of(units))] == ["all", "9", "10", "b"]

    def test_sets_of_questions_are_never_thrown_together(self) -> None:
        names = {row.set_name for row in selections(made_up_recall(1))}
        assert names == {"locomo", "realtalk", "beam"}

    def test_languages_are(self) -> None:
        rows = selections(made_up_stories())
        assert rows[0].set_name == "all languages"
        assert len(rows[0].units) == 60


class TestTable:
    @pytest.mark.parametrize("report", [made_up_recall(3), made_up_stories()])
    def test_it_fits_100_columns_with_every_row_on_a_line(self, report: Report) -> None:
        text = printed(report)
        assert max(map(len, text.splitlines())) <= 100
        assert "…" not in text

    @pytest.mark.parametrize("report", [made_up_recall(3), made_up_stories(), long_names()])
    def test_no_word_is_broken_at_80_columns(self, report: Report) -> None:
        text = printed(report, 80)
        assert max(map(len, text.splitlines())) <= 80
        assert words_of(text) <= words_of(printed(report, 300))

    def test_a_summary_comes_first(self) -> None:
        first, second, *_ = printed(made_up_stories()).splitlines()
        assert first == "60 stories, in 3 languages, measured on keepsake."
        assert second.startswith("keepsake, all languages: F1 ")

    def test_a_value_comes_with_its_margin_and_its_count(self) -> None:
        units = [question(n, {"keepsake": float(n % 2)}) for n in range(100)]
        row = next(line for line in printed(report_of(units)).splitlines() if " locomo " in line)
        _, category, count, share, margin = row.split()
        assert (category, count, share) == ("all", "100", "50.0")
        assert float(margin.removeprefix("±")) == pytest.approx(9.8, abs=1.5)

    def test_one_conversation_has_no_margin_and_that_is_said(self) -> None:
        text = printed(ONE)
        assert "100.0 ±" not in text
        assert "locomo (1)" in text

    def test_counts_are_integers(self) -> None:
        units = [
            Unit(f"s{n}", "en", f"s{n}", "forget", "", (), {"keepsake": {"leaks": Score(2, 1)}})
            for n in range(3)
        ]
        measures = {"leaks": Measure("leaks", "count", "lower")}
        row = next(
            line
            for line in printed(report_of(units, measures, kind="scenarios")).splitlines()
            if " en " in line
        )
        assert row.split() == ["en", "all", "3", "6"]

    def test_the_best_system_is_bold(self) -> None:
        units = [question(n, {"keepsake": 0.25, "dense": 0.75}) for n in range(12)]
        console = Console(file=StringIO(), width=100, force_terminal=True, color_system="standard")
        show_report(console, report_of(units))
        output = console.file
        assert isinstance(output, StringIO)
        systems = output.getvalue().split("Every system")[1]
        assert re.search(r"\x1b\[1m *75\.0", systems)
        assert not re.search(r"\x1b\[1m *25\.0", systems)

    def test_a_tie_is_not_best(self) -> None:
        units = [question(1, {"keepsake": 0.5, "dense": 0.5, "bm25": 0.25})]
        assert "(best)" not in Page(render(report_of(units))).text

    def test_an_empty_report_says_so(self) -> None:
        assert "Nothing was measured" in printed(EMPTY)

    def test_units_without_scores_are_no_error(self) -> None:
        assert printed(report_of([question(1, {})]))

    def test_markup_in_the_data_is_printed_as_it_is(self) -> None:
        text = printed(report_of([question(1, {"keepsake": 1.0}, set_name="[red]x[/blue]")]))
        assert "[red]x[/blue]" in text


class TestPage:
    @pytest.mark.parametrize(
        "report",
        [EMPTY, ONE, report_of([question(1, {})]), made_up_recall(3), made_up_stories()],
    )
    def test_every_report_is_a_whole_page_that_asks_nobody(self, report: Report) -> None:
        html = render(report)
        addresses = [
            attributes[name]
            for _, attributes in Page(html).elements
            for name in ("src", "href", "xlink:href", "srcset", "action", "data", "poster")
            if name in attributes
        ]
        assert [
            one for one in addresses if one != "data:," and not (one or "").startswith("#")
        ] == []
        assert "url(" not in html
        assert "@import" not in html

    def test_text_of_the_data_stays_text(self) -> None:
        page = Page(render(with_text(HOSTILE)))
        assert page.all("img") == []
        assert len(page.all("script")) == 1
        assert HOSTILE in page.text
        assert "49" not in page.text

    def test_every_script_is_kept(self) -> None:
        page = Page(render(with_text(UNICODE)))
        assert UNICODE in page.text
        assert page.all("p", **{"class": "label", "dir": "auto"})

    def test_half_a_character_does_not_stop_the_page(self) -> None:
        render(report_of([question(1, {"keepsake": 1.0}, label="\ud83e")])).encode()

    def test_an_empty_report_says_so(self) -> None:
        page = Page(render(EMPTY))
        assert "Nothing was measured." in page.text
        assert page.all("svg") == []
        assert page.all("details") == []

    def test_the_charts_have_each_system_s_bar_with_its_words(self) -> None:
        report = made_up_recall(20)
        page = Page(render(report))
        named = [found["aria-label"] or "" for found in page.all("g", role="img")]
        for system in report.systems:
            assert sum(name.startswith(f"R@10: {system} ") for name in named) == 3
        assert any("±" in name for name in named)
        assert len(page.all("svg", **{"class": "curve"})) == 6

    def test_a_bar_is_as_long_as_its_value(self) -> None:
        units = [question(1, {"keepsake": 1.0, "dense": 0.5, "bm25": 0.25})]
        page = Page(render(report_of(units)))
        bars = [
            float((found["width"] or "").rstrip("%"))
            for found in page.all("rect", **{"class": "fill"})
        ]
        assert bars[1] / bars[0] == pytest.approx(0.5, abs=0.01)
        assert bars[2] / bars[0] == pytest.approx(0.25, abs=0.01)

    def test_a_system_has_one_colour_in_every_report(self) -> None:
        others = {f"without {n}": 0.1 for n in range(8)}
        few = report_of([question(1, {"keepsake": 1.0, "bm25": 0.5, "verbatim": 0.1})])
        many = report_of([question(1, {"keepsake": 1.0, "dense": 0.9, "bm25": 0.5, **others})])
        assert [color_of(few, name) for name in few.systems[:2]] == [0, color_of(many, "bm25")]
        assert len({color_of(many, name) for name in many.systems}) == len(many.systems)
        style = render(many).split("</style>")[0]
        for system in many.systems:
            assert f".s{color_of(many, system)} {{ --color" in style

    def test_measures_that_a_report_lacks_leave_no_empty_section(self) -> None:
        page = Page(render(ONE))
        assert page.all("section", id="curves") == []
        assert page.all("section", id="latency") == []
        assert page.all("section", id="figures")

    def test_tables_have_scoped_headers(self) -> None:
        page = Page(render(made_up_recall(3)))
        headers = page.all("th")
        assert headers
        assert all(found.get("scope") in {"col", "row", "rowgroup"} for found in headers)

    def test_unknown_extras_are_shown_whatever_their_shape(self) -> None:
        deep: dict[str, object] = {"end": "bottom"}
        for _ in range(20):
            deep = {"in": [deep]}
        extra = {"falseAccepts": {"count": 3, "of": None}, "deep": deep, "list": [[1, 2], []]}
        page = Page(render(report_of([question(1, {"keepsake": 1.0})], extra=extra)))
        assert "False accepts" in page.text
        assert "bottom" in page.text

    def test_what_was_missed_is_listed_with_the_reason(self) -> None:
        units = [
            question(1, {"keepsake": 0.0, "dense": 1.0}, notes=("missed D1:4, rank 63",)),
            question(2, {"keepsake": 1.0}),
        ]
        page = Page(render(report_of(units)))
        assert "missed D1:4, rank 63" in page.text
        assert "others: dense 100" in page.text
        assert "2 questions, 1 with something missed" in page.text

    def test_a_page_stays_light_and_drops_what_was_found_first(self) -> None:
        units = [
            question(n, {"keepsake": float(n != 8_999)}, label=f"<question {n}> " * 40)
            for n in range(9_000)
        ]
        report = report_of(units)
        listing = list_units(report)
        kept = [entry.id for group in listing.groups for entry in group.entries]
        assert "locomo/8999" in kept
        assert listing.left_out == 9_000 - len(kept) > 2_000
        page = render(report)
        assert f"{listing.left_out:,} questions are left out" in page
        assert 3_000_000 < len(page.encode()) < 5_000_000
