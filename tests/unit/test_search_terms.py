"""What a search asks for, and where a text says it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.adapters.postgres.search_terms import Reading, Term, read_search, score_of


@pytest.mark.parametrize(
    ("text", "alternatives"),
    [
        ("Old dogs", [[("old",), ("dogs",)]]),
        ('"old dogs" new', [[("old", "dogs"), ("new",)]]),
        ('"old dogs', [[("old", "dogs")]]),
        ("dogs or cats", [[("dogs",)], [("cats",)]]),
        ("dogs OR", [[("dogs",)]]),
        ("well-known e-mail", [[("well", "known"), ("e", "mail")]]),
        ("CAFÉ cafe\u0301", [[("café",), ("café",)]]),
        ("東京タワー", [[("東", "京", "タ", "ワ", "ー")]]),
        ("snake_case & user@example.com", [[("snake", "case"), ("user", "example", "com")]]),
        ("", []),
        ("!?* 😀", []),
        ("-dogs", []),
        ("-dogs or cats", [[("cats",)]]),
    ],
)
def test_a_search_is_taken_apart(text: str, alternatives: list[list[tuple[str, ...]]]) -> None:
    read = read_search(text).alternatives

    assert [[term.words for term in terms] for terms in read] == alternatives


@pytest.mark.parametrize(
    "text", ["dogs -cats", 'dogs -"cats"', "-cats dogs", 'dogs -"cats', "dogs - -cats"]
)
def test_what_is_left_out_is_told_apart(text: str) -> None:
    assert set(read_search(text).alternatives[0]) == {
        Term(("dogs",)),
        Term(("cats",), excluded=True),
    }


def test_postgresql_gets_words_in_quotes_alone() -> None:
    search = read_search("""dog's -"big 'cats" or  x:* <-> !y | "a & b" """)

    assert search.for_websearch() == '"dog s" -"big cats" or "x" "y" "a b"'


def spans(query: str, text: str, language: str = "english", *stop_words: str) -> list[str] | None:
    found = Reading(read_search(query), language, frozenset(stop_words)).spans(text)
    return None if found is None else [text[start:end] for start, end in found]


@pytest.mark.parametrize(
    ("query", "text", "found"),
    [
        ("dog", "Dogs, dogs and a hotdog", ["Dogs", "dogs"]),
        ("walk dog", "Walking dogs", ["Walking", "dogs"]),
        ("walk dog", "Walking cats", None),
        ("dog -cat", "A dog and two cats", None),
        ("bird or cat", "A dog and two cats", ["cats"]),
        ("dog or cat", "A dog and two cats", ["dog", "cats"]),
        ('"two cats"', "Two  cats… two black cats", ["Two  cats"]),
        ('"walk the dog"', "I walked my dogs", ["walked my dogs"]),
        ('"the dog"', "The dog", ["dog"]),
        ("the dog", "A dog", ["dog"]),
        ("the", "The dog", None),
        ("cafe", "Un café", ["café"]),
        ("eclair", "Un e\u0301clair", ["e\u0301clair"]),
        ("好き", "犬が好きです", ["好き"]),
        ("dog", "👩‍👩‍👧dog👍🏽dogs", ["dog", "dogs"]),
        ("हिन्दी", "मैं हिन्दी बोलता हूँ", ["हिन्दी"]),
        ("dog", "", None),
    ],
)
def test_a_text_says_it_here(query: str, text: str, found: list[str] | None) -> None:
    assert spans(query, text, "english", "the") == found


@given(query=st.text(max_size=60), text=st.text(max_size=200))
def test_spans_lie_in_order_within_the_text(query: str, text: str) -> None:
    found = Reading(read_search(query), "english").spans(text) or ()

    edges = [edge for span in found for edge in span]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= len(text) for start, end in found)
    assert 0 <= score_of(text, found) < 1


@given(words=st.lists(st.text(alphabet="abcdeéß東ก", min_size=1, max_size=8), min_size=1))
def test_a_text_says_what_it_says(words: list[str]) -> None:
    text = " ".join(words)

    assert Reading(read_search(f'"{text}"')).spans(text) == ((0, len(text)),)
