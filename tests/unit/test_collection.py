"""Collections: their names, and whose terms are whose."""

import pytest

from backend.adapters.qdrant.collection import Collection, own_terms
from backend.models import Owner, new_id
from backend.ports import SparseVector


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


def test_owners_share_no_terms_and_weights_stay() -> None:
    terms = SparseVector((0, 7, 2**31 - 1, 2**32 - 1), (1.0, 0.5, 2.0, 1.0))
    one, other = Owner(new_id(), new_id()), Owner(new_id(), new_id())
    mine = own_terms(one, terms)
    assert mine == own_terms(Owner(one.character_id, one.user_id), terms)
    assert mine.values == terms.values
    assert len(set(mine.indices)) == 4
    assert all(0 <= index < 2**32 for index in mine.indices)
    assert mine.indices != own_terms(other, terms).indices
    assert own_terms(one, SparseVector((), ())) == SparseVector((), ())
