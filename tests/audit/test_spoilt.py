"""Whatever is done to a book's files, an audit says where, and goes on with the other books."""

from __future__ import annotations

import random
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger import canonical
from ledger.audit import running
from ledger.audit.knowing import watch
from ledger.audit.population import Broken, read_populations
from ledger.audit.running import run
from ledger.canonical_reader import entries
from ledger.cli.bench.books import UNIT
from ledger.entry import Draft, Lot, Posting
from ledger.errors import CannotRun, finding
from ledger.layout import unit_folder
from ledger.money import Money
from ledger.period import Month
from ledger.registry import units
from tests.audit.populations import (
    BANK,
    Writer,
    broken,
    hits,
    numbers,
    paid,
    population,
    received,
    reversal,
)
from tests.house import House

_MUTATIONS = 1200


def full(federation: Path) -> Path:
    """A book with a reversal, papers, a lot, a rate, and a month that was closed and opened."""
    writer = Writer(federation)
    meta = (("doc", "A1"), ("memo", "USD 1.00 @ 7.10"))
    first = writer.enter(paid("80.00", date(2026, 2, 9), meta=meta, papers=("a" * 64,)))
    writer.enter(reversal(first, date(2026, 3, 1)))
    writer.enter(received("70.00", date(2026, 1, 20)))
    writer.close(Month(2026, 1))
    writer.reopen(Month(2026, 1))
    lot = Lot(Decimal(3), "FA-000001", Money(100))
    lines = (
        Posting("Assets:162-固定资产", lot.weight, "F01", (), lot),
        Posting(BANK, -lot.weight, "F01"),
    )
    writer.enter(Draft(UNIT, date(2026, 1, 8), "转", "资产", lines))
    return writer.save()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return full(tmp_path)


def spoilt(whole: bytes, draw: random.Random) -> bytes:
    """One sign, line, number or text put in place of another; a line gone, or doubled."""
    lines = whole.split(b"\n")
    place = draw.randrange(len(lines) - 1)
    how = draw.randrange(5)
    if how == 0:
        at = draw.randrange(len(whole))
        return whole[:at] + draw.choice(b'0129-.: "Ab\\{}\n').to_bytes() + whole[at + 1 :]
    if how == 1:
        del lines[place]
    elif how == 2:
        lines.insert(place, draw.choice(lines))
    elif how == 3:
        other = str(draw.choice((0, 1, 99, 10**5, 10**10, 10**17))).encode()
        lines[place] = re.sub(rb"[0-9]+", other, lines[place], count=draw.randrange(3))
    else:
        said = ("", "x", "2026-13", "付-999999-9999", "付-202602-99999999999", "2026-02-30")
        other = f'"{draw.choice(said)}"'.encode()
        lines[place] = re.sub(rb'"[^"]*"', other, lines[place], count=1)
    return b"\n".join(lines)


def test_every_alteration_is_told_with_its_file_and_never_breaks_the_audit(folder: Path) -> None:
    draw = random.Random(2026)
    federation = folder.parent.parent
    files = [path for path in sorted(folder.rglob("*.bean")) if path.stat().st_size]
    files = [path for path in files if path.name != "book.bean"]
    for _ in range(_MUTATIONS):
        path = draw.choice(files)
        whole = path.read_bytes()
        other = spoilt(whole, draw)
        if other == whole:
            continue
        path.write_bytes(other)
        (fault,) = broken(federation).findings
        assert (fault.file or "").startswith(f"units/{UNIT}"), other
        assert fault.rule in ("not-canonical", "chain-broken", "no-book"), other
        path.write_bytes(whole)
    population(federation)


@pytest.mark.parametrize(
    ("was", "now", "line"),
    [
        ("2026-02-09 *", "2026-02-30 *", 1), ("2026-02-09T17", "2026-99-09T17", 1),
        ("2026-02-09 *", "9999-02-09 *", 1), ("付-202602-0001", "付-999999-0001", 1),
        ("付-202602-0001", "付-202602-99999999999", 1), ("seq: 12", "seq: 99999999999", 1),
        ("seq: 15", "seq: 5", 0),
    ],
)  # fmt: skip
def test_a_number_or_day_that_no_book_has_is_told_where_it_stands(
    folder: Path, was: str, now: str, line: int
) -> None:
    path = folder / "2026/02.bean"
    text = path.read_text(encoding="utf-8")
    was = re.sub("seq: [0-9]+", re.search("seq: [0-9]+", text)[0], was)  # type: ignore[index]
    assert text.count(was) >= 1
    path.write_text(text.replace(was, now, 1), encoding="utf-8")
    (fault,) = broken(folder.parent.parent).findings
    assert fault.file == f"units/{UNIT}/2026/02.bean" and fault.line == (line or 1)


def rechained(folder: Path, changed: dict[bytes, bytes]) -> None:
    """Rewrite a book as somebody would who knows how chains are made."""
    texts = [
        (one.seq, path, one.text)
        for path in sorted(folder.rglob("*.bean"))
        if path.name != "book.bean"
        for one in entries(path.read_bytes())
    ]
    chain = canonical.first_chain(UNIT)
    whole: dict[Path, bytes] = {}
    for _, path, text in sorted(texts, key=lambda one: one[0]):
        for was, now in changed.items():
            text = text.replace(was, now)
        bare = canonical.without_chain(text.decode())
        before, chain = chain, canonical.next_chain(chain, bare)
        old = re.search(rb'(?:chain: "|^; mingbai [0-9]+ [a-z]+ )([0-9a-f]{64})', text)
        assert old is not None and before
        whole[path] = whole.get(path, b"") + text.replace(old[1], chain.encode(), 1)
    for path, data in whole.items():
        path.write_bytes(data)


def test_a_number_that_leaves_millions_out_is_told_without_counting_them(folder: Path) -> None:
    """Its chain is right: whoever rewrote it is found by the journal, and the audit still ends."""
    rechained(folder, {"付-202602-0001".encode(): "付-202602-999999999".encode()})
    (found,) = hits("number-gaps", folder.parent.parent)
    assert numbers([found]) == ["付-202602-0001"] and "999999998" in found.why.en


@pytest.mark.parametrize(
    "said", ["USD 9,999,999,999,999,999,999,999,999,999,999.99 @ 99999999999999.9999", "USD 0 @ 0"]
)
def test_a_rate_of_any_length_is_reckoned(tmp_path: Path, said: str) -> None:
    writer = Writer(tmp_path)
    writer.enter(paid("1.00", date(2026, 3, 2), meta=(("memo", said),)))
    writer.save()
    assert len(hits("currency-rounding", tmp_path)) == (said == "USD 0 @ 0")


def test_a_unit_whose_book_says_another_units_name_stops_nobody(small_house: House) -> None:
    """Its accounts would be asked of a unit that the registry does not know."""
    registry = small_house.registry
    small_house.post(small_house.draft())
    with registry.write() as conn:
        units.add(
            conn, unit=UNIT, name="示例", name_en="Example", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    folder = full(registry.folder)
    rechained(folder, {b'custom "unit" "bench"': b'custom "unit" "other"'})
    watching = watch(registry, date(2026, 3, 5))
    (book,) = read_populations(registry.folder, [UNIT], watching)
    assert isinstance(book, Broken) and book.findings[0].rule == "no-book"
    found = run(registry, [UNIT, "tiny"], date(2026, 3, 5))
    assert [unit for unit, _ in found.broken] == [UNIT]
    assert {one.population for one in found.results if one.procedure.of == "vouchers"} == {1}


def test_a_registry_that_does_not_open_its_part_hides_nothing_of_the_book(
    small_house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was sealed in it was altered: of the registry nothing is told, and nothing guessed."""
    small_house.post(small_house.draft("5.00"))

    def altered(*_: object) -> None:
        raise CannotRun(finding("sealed", "解不开", "it does not open", "恢复", "restore it"))

    monkeypatch.setattr(running, "know", altered)
    found = run(small_house.registry, ["tiny"], date(2026, 3, 5))
    assert [(unit, [one.rule for one in of]) for unit, of in found.broken] == [("tiny", ["sealed"])]
    told = {one.procedure.of: one.population for one in found.results}
    assert told["vouchers"] == 1 and told["papers"] == told["witnesses"] == 0
    assert all(not one.hits for one in found.results)


def test_a_voucher_that_only_looks_like_one_is_told_and_the_rest_goes_on(
    small_house: House,
) -> None:
    """Keys of a posting out of their order: the grammar takes them, no draft has them so."""
    registry = small_house.registry
    with registry.write() as conn:
        units.add(
            conn, unit=UNIT, name="示例", name_en="Example", chart="union-2021-basic",
            opened=date(2026, 1, 1), limit_fen=0, upper=None,
        )  # fmt: skip
    writer = Writer(registry.folder)
    writer.enter(paid("1.00", date(2026, 3, 2), meta=(("gift", "JZ2026-0001-1"), ("memo", "甲"))))
    writer.enter(paid("1.00", date(2026, 3, 7), money="Assets:101-库存现金"))
    folder = writer.save()
    was = '    gift: "JZ2026-0001-1"\n    memo: "甲"\n'
    now = '    memo: "甲"\n    gift: "JZ2026-0001-1"\n'
    rechained(folder, {was.encode(): now.encode()})
    found = run(registry, [UNIT], date(2026, 3, 5))
    ((unit, faults),) = found.broken
    assert unit == UNIT and {one.rule for one in faults} == {"not-canonical"}
    assert faults[0].file == f"units/{UNIT}"
    told = {one.procedure.name: one for one in found.results}
    assert [hit.ref for hit in told["weekend-cash"].hits] == ["bench/付-202603-0002"]
    assert (unit_folder(registry.folder, UNIT) / "2026/03.bean").is_file()
