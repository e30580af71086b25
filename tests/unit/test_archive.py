"""An archive made piece by piece is one zip file, whoever made which piece."""

from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

from hypothesis import given
from hypothesis import strategies as st

from backend.privacy.archive import Entry, directory, pack

AT = datetime(2026, 11, 23, 12, 30, 2, tzinfo=UTC)
FILES = st.dictionaries(
    st.text("abcdefg/ü.", min_size=1).filter(lambda name: not name.endswith("/")),
    st.binary(max_size=3000),
    max_size=4,
)


@given(st.lists(FILES, max_size=4))
def test_pieces_and_a_directory_are_a_zip_file(lots: list[dict[str, bytes]]) -> None:
    whole, entries = b"", []
    expected: list[tuple[str, bytes]] = []
    for number, files in enumerate(lots):
        lot = {f"{number}/{path}": content for path, content in files.items()}
        piece, found = pack(lot, len(whole), AT)
        whole += piece
        entries += [Entry.from_json(entry.to_json()) for entry in found]
        expected += lot.items()
    whole += directory(entries, len(whole), AT)

    with ZipFile(BytesIO(whole)) as archive:
        assert archive.testzip() is None
        assert [(name, archive.read(name)) for name in archive.namelist()] == expected


def test_an_entry_says_what_is_in_it() -> None:
    files = {"data/a.ndjson": b'{"a":1}\n{"a":2}\n', "index.html": b"<p>\n</p>"}
    _, (records, page) = pack(files, 100, AT)
    assert (records.path, records.offset, records.size, records.records) == (
        *("data/a.ndjson", 100, 16, 2),
    )
    assert page.records is None
    assert len(page.sha256) == 64


def test_offsets_beyond_four_gigabytes_are_kept() -> None:
    start = 5 * 2**30
    piece, [entry] = pack({"late.txt": b"late"}, start, AT)
    end = directory([entry], start + len(piece), AT)
    assert entry.offset == start
    assert b"PK\x06\x06" in end, "the directory is a zip64 one"
