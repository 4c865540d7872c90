"""A book as columns: its vouchers one by one, and refused where one byte was altered."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger.account import account_code, carries_over
from ledger.audit import population as module
from ledger.audit.columns import ACTIVITY, BALANCES, CARRIED
from ledger.audit.population import Population, digest_of, read_populations
from ledger.audit.reading import read_columns
from ledger.canonical_reader import NotCanonical, entries, parse_voucher
from ledger.cli.bench.books import UNIT
from ledger.entry import CLASSES, Draft, Posting, Voucher, size_fen
from ledger.fundcheck import resource_moves
from ledger.layout import unit_folder
from ledger.money import Money
from tests.audit.populations import (
    BANK,
    DUES,
    OPENED,
    Writer,
    broken,
    paid,
    population,
    received,
    reversal,
)
from tests.ledger.books import MACHINES, build, drafts

MONEY = ("101", "102", "1001", "1002")


def vouchers(federation: Path) -> list[Voucher]:
    """By month and in the order of their files, as columns are."""
    found = []
    for path in sorted(unit_folder(federation, UNIT).glob("20*/*.bean")):
        found += [
            parse_voucher(one.text.decode())
            for one in entries(path.read_bytes())
            if one.kind == "voucher"
        ]
    return found


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(posted=st.lists(drafts(), max_size=25))
def test_columns_are_what_each_voucher_says(
    posted: list[Draft], tmp_path_factory: pytest.TempPathFactory
) -> None:
    federation = tmp_path_factory.mktemp("books")
    build(federation, posted)
    book = population(federation)
    said = vouchers(federation)
    assert len(book) == len(said) == len(posted)
    numbers = book.columns.numbers
    moves: dict[tuple[str, str, int], int] = {}
    for row, voucher in enumerate(said):
        draft = voucher.draft
        in_money = [
            p for p in draft.postings
            if p.account.startswith("Assets:") and account_code(p.account).startswith(MONEY)
        ]  # fmt: skip
        in_cash = [p for p in in_money if account_code(p.account).startswith(("101", "1001"))]
        names = [p.account for p in draft.postings]
        is_activity = any(name.startswith(("Income:", "Expenses:")) for name in names)
        assert book.number(row) == voucher.number
        assert book.day(row) == draft.day
        assert numbers["seq"][row] == voucher.seq
        assert numbers["posted"][row] == voucher.posted.date().toordinal()
        assert numbers["size"][row] == size_fen(draft.postings)
        assert numbers["out"][row] == -sum(p.amount.fen for p in in_money)
        assert numbers["cash"][row] == -sum(p.amount.fen for p in in_cash)
        assert numbers["kind"][row] == CLASSES.index(draft.kind)
        assert numbers["nature"][row] == (
            CARRIED if carries_over(names) else ACTIVITY if is_activity else BALANCES
        )
        assert book.word("maker", row) == voucher.maker
        assert book.word("checkers", row) == " ".join(voucher.checkers)
        assert book.word("source", row) == draft.source.partition(":")[0]
        debited = {account_code(p.account) for p in draft.postings if p.amount.fen > 0}
        credited = {account_code(p.account) for p in draft.postings if p.amount.fen < 0}
        sides = (",".join(sorted(codes)) for codes in (debited, credited))
        assert book.word("pair", row) == ">".join(sides)
        for (fund, currency), fen in resource_moves(draft, {MACHINES.name}).items():
            key = (fund, currency, draft.day.toordinal())
            moves[key] = moves.get(key, 0) + fen
    assert {key: fen for key, fen in book.columns.funds.items() if fen} == {
        key: fen for key, fen in moves.items() if fen
    }


@pytest.fixture
def federation(tmp_path: Path) -> Path:
    """Three months, posted out of their order, one voucher taken back, one with a paper."""
    writer = Writer(tmp_path)
    writer.enter(received("900.00", date(2026, 2, 3), papers=("a" * 64,)))
    writer.enter(received("100.00", date(2026, 1, 5)))
    first = writer.enter(paid("80.00", date(2026, 2, 9)))
    writer.enter(reversal(first, date(2026, 3, 1)))
    writer.enter(received("70.00", date(2026, 1, 20)))
    writer.save()
    return tmp_path


def test_entries_of_several_files_are_one_chain(federation: Path) -> None:
    book = population(federation)
    last = max(vouchers(federation), key=lambda one: one.seq)
    assert (book.entries, book.chain) == (last.seq, last.chain)
    assert {book.number(row) for row in book.undone} == {"付-202602-0001", "付-202603-0001"}
    assert [(book.number(row), digest.hex()) for row, digest in book.papers()] == [
        ("收-202602-0001", "a" * 64)
    ]


def test_processes_of_their_own_give_the_same_population(
    federation: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = population(federation)
    monkeypatch.setattr(module, "_SMALL", 0)
    away = population(federation)
    assert away.columns == here.columns
    assert digest_of([away.line]) == digest_of([here.line])


def test_the_chain_of_an_earlier_entry_is_kept_on_demand(federation: Path) -> None:
    for one in vouchers(federation):
        (book,) = read_populations(federation, [UNIT], wanted=one.seq)
        assert isinstance(book, Population) and book.columns.wanted == one.chain
    (book,) = read_populations(federation, [UNIT], wanted=999)
    assert isinstance(book, Population) and book.columns.wanted == ""


def test_every_altered_byte_is_found(federation: Path) -> None:
    path = unit_folder(federation, UNIT) / "2026/02.bean"
    whole = path.read_bytes()
    for at in range(len(whole)):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])
        assert broken(federation).findings[0].file == "units/bench/2026/02.bean", at
    path.write_bytes(whole)
    population(federation)


@pytest.mark.parametrize("what", ["first", "last", "swapped", "moved", "twice", "all"])
def test_what_is_gone_moved_or_doubled_is_found(federation: Path, what: str) -> None:
    folder = unit_folder(federation, UNIT)
    path, other = folder / "2026/02.bean", folder / "2026/03.bean"
    parts = [one.text for one in entries(path.read_bytes())]
    altered = {
        "first": parts[1:], "last": parts[:-1], "swapped": parts[::-1], "moved": parts[:1],
        "twice": [*parts, parts[-1]], "all": [],
    }[what]  # fmt: skip
    path.write_bytes(b"".join(altered))
    if what == "moved":
        other.write_bytes(other.read_bytes() + parts[1])
    assert broken(federation).findings[0].rule in ("chain-broken", "not-canonical")


def test_a_book_that_only_lost_its_end_has_another_digest(federation: Path) -> None:
    """What is missing at the very end no chain tells: the number of entries does."""
    whole = population(federation)
    path = unit_folder(federation, UNIT) / "2026/01.bean"
    parts = [one.text for one in entries(path.read_bytes())]
    path.write_bytes(b"".join(parts[:-1]))
    cut = population(federation)
    assert cut.entries == whole.entries - 1 and cut.line != whole.line


def test_a_book_without_its_head_is_told_and_counted_in_by_nobody(federation: Path) -> None:
    (unit_folder(federation, UNIT) / "chart.bean").unlink()
    assert broken(federation).findings[0].rule == "no-book"


def test_units_come_in_the_order_in_which_they_were_asked(tmp_path: Path) -> None:
    names = [f"u{number}" for number in range(7)]
    for name in names:
        writer = Writer(tmp_path)
        writer.unit, writer.folder = name, unit_folder(tmp_path, name)
        writer.save()
    told: list[tuple[int, int]] = []
    found = read_populations(tmp_path, names[::-1], progress=lambda *at: told.append(at))
    # Their texts say another unit: the chain begins otherwise, and each is told of by its name.
    assert [one.unit for one in found] == names[::-1]
    assert told[0][0] == 0 and told[-1][0] == told[-1][1] > 0


def test_words_that_hold_a_number_of_a_person_are_marked() -> None:
    text = (
        '2026-03-05 * "退 13812345678 会费"\n'
        '  voucher: "付-202603-0001"\n  id: "v-1"\n  unit: "u"\n  seq: 1\n  maker: "m"\n'
        '  checker: "c"\n  posted: "2026-03-05T17:00:00+08:00"\n  source: "user"\n'
        f'  chain: "{"0" * 64}"\n'
        f'  {DUES}  1.00 CNY\n    fund: "F01"\n  {BANK}  -1.00 CNY\n    fund: "F01"\n\n'
    )
    assert read_columns(text.encode(), "x").personal == [0]
    plain = text.replace("13812345678", "收-202603-0012")
    assert read_columns(plain.encode(), "x").personal == []
    with pytest.raises(NotCanonical):
        read_columns(text.replace("  seq", "  sequence").encode(), "x")


def test_a_voucher_of_very_many_lines_is_one_row(tmp_path: Path) -> None:
    writer = Writer(tmp_path)
    lines = tuple(
        Posting(account, Money(sign * (place + 1)), "F01")
        for place in range(2500)
        for account, sign in ((BANK, 1), (DUES, -1))
    )
    writer.enter(replace(received("1.00", OPENED + timedelta(days=40)), postings=lines))
    writer.save()
    book = population(tmp_path)
    assert len(book) == 1 and book.columns.numbers["size"][0] == 2500 * 2501 // 2


@pytest.mark.parametrize(
    ("was", "now"),
    [
        (b"-202602-0001", b"-902602-0001"), (b"-202602-0001", b"-202602-9999999999"),
        (b"2026-02-03 *", b"2026-02-31 *"), (b"-202602-0001", b"-202613-0001"),
    ],
)  # fmt: skip
def test_a_day_or_a_number_of_no_book_is_told_and_ends_nothing(
    federation: Path, was: bytes, now: bytes
) -> None:
    path = unit_folder(federation, UNIT) / "2026/02.bean"
    path.write_bytes(path.read_bytes().replace(was, now))
    found = broken(federation).findings[0]
    assert (found.rule, found.file) == ("not-canonical", "units/bench/2026/02.bean")
