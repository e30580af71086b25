"""How clients are shown where a message says it."""

import pytest

from backend.gateway.highlighting import LONGEST_SNIPPET, highlighted, utf16_offsets


@pytest.mark.parametrize(
    ("text", "words", "offsets"),
    [
        ("a dog", ["dog"], [(2, 5)]),
        ("😀 dog 😀 dog", ["dog"], [(3, 6), (10, 13)]),
        ("👩‍👩‍👧 dog", ["dog"], [(9, 12)]),
        ("e\u0301 dog", ["dog"], [(3, 6)]),
        ("𝕯𝖔𝖌", ["𝖔𝖌"], [(2, 6)]),
        ("", [], []),
    ],
)
def test_offsets_count_as_javascript_does(
    text: str, words: list[str], offsets: list[tuple[int, int]]
) -> None:
    spans = [
        (start, start + len(word))
        for word in words
        for start in range(len(text))
        if text.startswith(word, start)
    ]

    assert utf16_offsets(text, spans) == offsets
    units = text.encode("utf-16-le")
    cut = [units[2 * start : 2 * end].decode("utf-16-le") for start, end in offsets]
    assert cut == [text[start:end] for start, end in spans]


def test_nothing_in_a_message_is_markup() -> None:
    text = "<img src=x onerror=alert('dog')> & \"dog\" <mark>cat</mark>"
    spans = [(start, start + 3) for start in range(len(text)) if text.startswith("dog", start)]

    assert highlighted(text, spans) == (
        "&lt;img src=x onerror=alert(&#x27;<mark>dog</mark>&#x27;)&gt; &amp; "
        "&quot;<mark>dog</mark>&quot; &lt;mark&gt;cat&lt;/mark&gt;"
    )


def test_a_long_message_is_cut_around_its_first_match() -> None:
    text = "before " * 100 + "dog" + " after" * 100
    start = text.index("dog")

    shown = highlighted(text, [(start, start + 3)])

    assert shown.startswith("…before before ")
    assert "before <mark>dog</mark> after" in shown
    assert shown.endswith("…")
    assert len(shown) == LONGEST_SNIPPET + len("……<mark></mark>")


@pytest.mark.parametrize(
    ("text", "spans", "shown"),
    [
        ("Hello.", [], "Hello."),
        ("", [], ""),
        ("x" * 300, [], "x" * LONGEST_SNIPPET + "…"),
        ("x" * 300, [(0, 300)], f"<mark>{'x' * LONGEST_SNIPPET}</mark>…"),
        ("x" * 200, [(150, 151)], f"…{'x' * 60}<mark>x</mark>{'x' * 49}"),
    ],
)
def test_edges(text: str, spans: list[tuple[int, int]], shown: str) -> None:
    assert highlighted(text, spans) == shown
