"""Samples: every fen, or every voucher, has its chance, and the same terms draw the same sample."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections import Counter
from datetime import date
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.audit.drawing import (
    CARRY,
    OPENING,
    DrawnSample,
    Terms,
    draw_sample,
    rows_to_draw,
)
from ledger.audit.sampling import METHODS, MUS, RANDOM, Item, Sample, draw
from ledger.errors import CannotRun, Refused
from ledger.layout import unit_folder
from ledger.period import Period
from ledger.registry import Registry
from tests.audit.populations import Writer, paid, population, received
from tests.house import UNIT, House

GOLDEN = Path(__file__).with_name("golden") / "sample.txt"
#: Amounts of any size, and of a few fen, of which many are equal.
FENS = st.lists(st.integers(0, 10**7), max_size=60) | st.lists(st.integers(0, 4), max_size=60)


def items_of(fens: list[int]) -> list[Item]:
    return [Item(f"u/{place:04d}", fen) for place, fen in enumerate(fens)]


ITEMS = FENS.map(items_of)


def sample(items: list[Item], method: str = MUS, seed: int = 7, size: int = 5) -> Sample:
    return draw(items, "digest", seed=seed, size=size, method=method)


@given(items=ITEMS, seed=st.integers(0, 10**6), size=st.integers(1, 40))
@example(items=items_of([1] * 7), seed=7, size=4)
@example(items=items_of([5000] * 41), seed=7, size=40)
@example(items=items_of([3] * 6 + [0]), seed=7, size=5)
def test_a_sample_is_of_the_population_each_once_and_in_its_order(
    items: list[Item], seed: int, size: int
) -> None:
    for method in METHODS:
        found = sample(items, method, seed, size)
        refs = [one.ref for one in found.drawn]
        assert refs == sorted(set(refs))
        assert {(one.ref, one.fen) for one in found.drawn} <= set(items)
        assert all(one.fen > 0 for one in found.drawn)
        worth = [one for one in items if one.fen > 0]
        assert (found.population, found.total) == (len(worth), sum(one.fen for one in worth))
        assert len(refs) == min(size, len(worth))
        assert found == sample(items, method, seed, size)


@given(items=ITEMS, seed=st.integers(0, 10**6), size=st.integers(1, 40))
def test_whatever_is_above_the_interval_is_drawn(items: list[Item], seed: int, size: int) -> None:
    found = sample(items, MUS, seed, size)
    drawn = {one.ref for one in found.drawn}
    top = {one.ref for one in found.drawn if one.top}
    if found.interval:
        assert {one.ref for one in items if one.fen >= found.interval} == top
        rest = sum(one.fen for one in items if one.fen < found.interval)
        assert found.interval == -(-rest // (size - len(top)))
    assert top <= drawn


def test_every_fen_has_the_same_chance() -> None:
    """Ten vouchers each of 1, 2, 3 and 4 yuan: over many seeds they are drawn in proportion."""
    items = [Item(f"u/{place:02d}", 100 * (1 + place % 4)) for place in range(40)]
    hit = Counter(one.ref for seed in range(2000) for one in sample(items, MUS, seed, 4).drawn)
    sums = [sum(hit[f"u/{n:02d}"] for n in range(40) if n % 4 == size) for size in range(4)]
    for size in range(1, 4):
        assert sums[size] / sums[0] == pytest.approx(1 + size, rel=0.15)


def test_every_voucher_has_the_same_chance() -> None:
    items = [Item(f"u/{place}", 1 + 1000 * place) for place in range(8)]
    hit = Counter(one.ref for seed in range(4000) for one in sample(items, RANDOM, seed, 2).drawn)
    assert all(hit[one.ref] == pytest.approx(1000, rel=0.12) for one in items)


def test_another_digest_is_another_sample() -> None:
    items = [Item(f"u/{place:03d}", 100) for place in range(500)]
    one, other = (draw(items, digest, seed=7, size=20, method=RANDOM) for digest in ("a", "b"))
    assert one.drawn != other.drawn and one.id != other.id


@pytest.mark.parametrize(
    ("seed", "size", "method"), [(7, 0, MUS), (7, 10_001, MUS), (-1, 5, MUS), (7, 5, "judgement")]
)
def test_terms_by_which_nothing_is_drawn_are_refused(seed: int, size: int, method: str) -> None:
    with pytest.raises(CannotRun, match="bad-sample"):
        draw([], "", seed=seed, size=size, method=method)


# ---- of a book ---------------------------------------------------------------------------------


@pytest.fixture
def filled(small_house: House) -> House:
    for place in range(1, 25):
        day = date(2026, 1 + place % 3, 5)
        draft = small_house.draft(f"{place * 37}.00", day=day, narration=f"第 {place} 笔")
        small_house.post(draft)
    return small_house


def drawn(house: House, **terms: object) -> DrawnSample:
    given_terms: dict[str, object] = {"seed": 2026, "size": 6, "method": MUS}
    return draw_sample(house.registry, Terms(UNIT, **(given_terms | terms)))  # type: ignore[arg-type]


def test_the_same_seed_draws_the_same_sample_elsewhere(filled: House, tmp_path: Path) -> None:
    here = drawn(filled)
    copy = tmp_path / "elsewhere"
    shutil.copytree(filled.registry.folder, copy)
    there = Registry.open(copy)
    try:
        assert draw_sample(there, here.terms).sample == here.sample
    finally:
        there.close()


def test_one_more_voucher_draws_another_and_the_earlier_one_again(filled: House) -> None:
    before = drawn(filled)
    filled.post(filled.draft("999.00", day=date(2026, 1, 9)))
    after = drawn(filled)
    assert after.sample.id != before.sample.id
    again = drawn(filled, entries=before.entries)
    assert (again.sample, again.chain) == (before.sample, before.chain)


def test_only_vouchers_of_the_period_are_drawn(filled: House) -> None:
    found = drawn(filled, period=Period.parse("2026-02"), method=RANDOM)
    assert found.sample.population == 8
    assert all("-202602-" in one.ref for one in found.sample.drawn)


def test_more_entries_than_there_are_and_a_book_that_is_not_whole_are_refused(
    filled: House,
) -> None:
    with pytest.raises(CannotRun, match="too-few-entries"):
        drawn(filled, entries=9999)
    path = unit_folder(filled.registry.folder, UNIT) / "2026/01.bean"
    path.write_bytes(path.read_bytes().replace(b"111.00", b"112.00"))
    with pytest.raises(Refused, match=r"chain-broken|not-canonical"):
        drawn(filled)


def test_what_opens_the_book_is_left_out_and_counted(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    writer.enter(received("5.00", date(2026, 1, 1), source="opening"))
    writer.enter(paid("3.00", date(2026, 1, 2)))
    writer.save()

    book = population(tmp_path)
    left = {OPENING: 0, CARRY: 0}
    rows = list(rows_to_draw(book, Terms(book.unit, 7, 5, MUS), book.entries, left))
    assert [book.number(row) for row in rows] == ["付-202601-0001"]
    assert left == {OPENING: 1, CARRY: 0}


# ---- golden ------------------------------------------------------------------------------------

_PRINTED = """
import sys
from pathlib import Path
from ledger.audit.drawing import Terms, rows_to_draw
from ledger.audit.population import read_populations
from ledger.audit.sampling import Item, draw

(book,) = read_populations(Path(sys.argv[1]), ["chunfeng"])
class Left(dict):
    def __missing__(self, words):
        return 0
left = Left()
rows = rows_to_draw(book, Terms("chunfeng", 2026, 6, "mus"), book.entries, left)
for what, items, size in (
    ("two hundred", [Item(f"tiny/{n:03d}", 100 + n * n * 7) for n in range(200)], 12),
    ("books/tiny", [Item(book.ref(row), book.amount(row).fen) for row in rows], 6),
):
    for method in ("mus", "random"):
        found = draw(items, "mingbai", seed=2026, size=size, method=method)
        print(what, method, found.population, found.total, found.interval, found.id)
        for one in found.drawn:
            print(one.ref, one.fen, one.top)
print({words.en: count for words, count in left.items()})
"""


@pytest.mark.parametrize("hashes", ["0", "1", "random"])
def test_the_sample_of_seed_2026_is_what_was_written_down(hashes: str, tmp_path: Path) -> None:
    folder = unit_folder(tmp_path, "chunfeng")
    folder.parent.mkdir()
    shutil.copytree("books/tiny", folder)
    told = subprocess.run(
        [sys.executable, "-c", _PRINTED, str(tmp_path)], capture_output=True, check=True,
        env={**os.environ, "PYTHONHASHSEED": hashes},
    )  # fmt: skip
    assert told.stdout.decode() == GOLDEN.read_text(encoding="utf-8")


def test_a_smaller_sample_by_hand() -> None:
    """Vouchers of 1.00, 2.00 and 7.00, two to be drawn: the interval is 5.00, so that 7.00 comes
    for sure; of the other 300 fen one is met, so that 2.00 is drawn two times of three."""
    few = items_of([100, 200, 700])
    drawn = [sample(few, MUS, seed, 2) for seed in range(900)]
    assert all([one.fen for one in found.drawn if one.top] == [700] for found in drawn)
    assert {found.interval for found in drawn} == {300}
    others = Counter(one.fen for found in drawn for one in found.drawn if not one.top)
    assert others[200] == pytest.approx(600, rel=0.1) and others[100] + others[200] == 900


def test_numbers_below_a_bound_are_each_as_likely() -> None:
    """No remainder is favoured: of six faces each comes a sixth of the time, whatever the seed."""
    faces = Counter(sample(items_of([1] * 6), RANDOM, seed, 1).drawn[0].ref for seed in range(6000))
    assert all(count == pytest.approx(1000, rel=0.1) for count in faces.values())
    assert len(faces) == 6
