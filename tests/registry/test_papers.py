"""Papers name persons: they are sealed at rest, and whoever alters one is found out."""

from __future__ import annotations

from pathlib import Path

import pytest

from ledger import checking
from ledger.errors import Refused
from ledger.registry import papers
from tests.house import UNIT, House

TEXT = "2026-03-05,欧阳例子,25.00\n".encode()


def store(house: House, data: bytes = TEXT, name: str = "欧阳例子.csv") -> papers.PaperRow:
    digest = papers.store_bytes(
        house.registry, UNIT, data, name, user=house.maker.id, now=house.now
    )
    with house.registry.read() as conn:
        row = papers.find(conn, UNIT, digest)
    assert row is not None
    return row


def test_a_paper_is_read_back_and_nothing_of_it_stands_on_the_disk(small_house: House) -> None:
    row = store(small_house)
    assert papers.read(small_house.registry, UNIT, row) == TEXT
    for path in small_house.registry.folder.rglob("*"):
        if path.is_file():
            assert "欧阳".encode() not in path.read_bytes(), path
            assert "欧阳" not in path.name


def test_the_same_paper_is_kept_once_and_a_lost_one_is_put_back(small_house: House) -> None:
    row = store(small_house)
    path = papers.path_of(small_house.registry, UNIT, row)
    before = path.read_bytes()
    assert store(small_house, name="other.txt") == row
    assert path.read_bytes() == before
    path.unlink()
    store(small_house)
    assert papers.read(small_house.registry, UNIT, row) == TEXT


@pytest.mark.parametrize("harm", ["alter", "cut", "remove", "plain", "swap", "link"])
def test_a_paper_that_was_altered_is_found(small_house: House, harm: str, tmp_path: Path) -> None:
    row, other = store(small_house), store(small_house, b"another", "b.csv")
    path = papers.path_of(small_house.registry, UNIT, row)
    data = path.read_bytes()
    if harm == "alter":
        path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    elif harm == "cut":
        path.write_bytes(data[:10])
    elif harm == "remove":
        path.unlink()
    elif harm == "plain":
        path.write_bytes(TEXT)
    elif harm == "swap":
        path.write_bytes(papers.path_of(small_house.registry, UNIT, other).read_bytes())
    else:
        (tmp_path / "elsewhere").write_bytes(data)
        path.unlink()
        path.symlink_to(tmp_path / "elsewhere")
    found = checking.check_papers(small_house.registry, UNIT)
    assert [one.rule for one in found] == ["paper"]
    assert papers.read(small_house.registry, UNIT, row) is None


def test_an_empty_or_missing_paper_is_refused(small_house: House, tmp_path: Path) -> None:
    (tmp_path / "empty").write_bytes(b"")
    for name in ("empty", "none"):
        with pytest.raises(Refused, match="bad-paper"):
            papers.store(
                small_house.registry, UNIT, tmp_path / name, user="u-1", now=small_house.now
            )


def test_a_book_that_the_registry_does_not_know_is_a_finding(small_house: House) -> None:
    stray = small_house.registry.folder / "units" / "stray"
    stray.mkdir()
    (stray / "book.bean").write_text("")
    found = checking.check_federation(small_house.registry)
    assert [one.rule for one in found] == ["unknown-book"]
