"""Names of collections."""

import pytest

from backend.adapters.qdrant.collection import Collection


@pytest.mark.parametrize(
    ("model", "dimension", "name"),
    [
        ("all-MiniLM-L6-v2", 384, "keepsake-all-minilm-l6-v2-384"),
        ("BAAI/bge-small-en-v1.5", 384, "keepsake-baai-bge-small-en-v1-5-384"),
        ("../odd name?", 8, "keepsake-odd-name-8"),
    ],
)
def test_the_name_carries_model_and_dimension(model: str, dimension: int, name: str) -> None:
    assert Collection.for_model(model, dimension) == Collection(name, dimension)


def test_a_long_model_name_stays_a_file_name() -> None:
    assert len(Collection.for_model("x" * 1000, 384).name) < 200


def test_a_collection_built_later_ends_in_its_serial_number() -> None:
    assert (
        Collection.for_model("all-MiniLM-L6-v2", 384, 7).name == "keepsake-all-minilm-l6-v2-384-7"
    )
