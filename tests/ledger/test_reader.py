"""The fast reader against Beancount: equal on whatever our writer writes, and never misled."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from beancount import loader
from beancount.core import convert, data
from beancount.core.amount import Amount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ledger import bookchain, canonical_reader
from ledger.cli.bench.books import ACCOUNTS, UNIT, AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Lot, Posting, meta_of
from ledger.money import Money
from ledger.period import Month
from tests.ledger.books import MACHINES, OPENED

ABROAD = AccountLine("Assets:103-外币存款", capital=True)  # takes any currency
QUIET = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)

#: Everything that a line of text may hold: Chinese, emoji, quotes, backslashes, semicolons, marks.
texts = st.text(
    st.one_of(
        st.characters(categories=("L", "N", "P", "S")),
        st.sampled_from('会费"\\;#^*{}@| \u3000🎉𠮷'),
    ),
    max_size=300,
).map(lambda text: text.strip()[:300].strip())
words = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9\-_/.]{0,20}", fullmatch=True)
metas = st.dictionaries(
    st.sampled_from(["member", "donor", "gift", "asset", "counter", "line", "doc", "memo"]),
    texts.filter(bool),
    max_size=3,
).map(meta_of)


@st.composite
def vouchers(draw: st.DrawFn) -> Draft:
    postings: list[Posting] = []
    for fund in draw(st.lists(st.sampled_from(["F01", "F02"]), min_size=1, unique=True)):
        fens = draw(st.lists(st.integers(-(10**13), 10**13), min_size=1, max_size=3))
        names = st.sampled_from([row.name for row in ACCOUNTS])
        postings += [
            Posting(draw(names), Money(fen), fund, draw(metas)) for fen in [*fens, -sum(fens)]
        ]
    if draw(st.booleans()):
        foreign = Money(draw(st.integers(1, 10**9)), draw(st.sampled_from(["USD", "HKD"])))
        postings += [Posting(ABROAD.name, foreign, "F01"), Posting(ABROAD.name, -foreign, "F01")]
    if draw(st.booleans()):
        units = draw(st.sampled_from(["1", "2", "0.5", "0.25", "12.00"]))
        lot = Lot(
            Decimal(units),
            f"FA-{draw(st.integers(1, 10**6)):06d}",
            Money(4 * draw(st.integers(0, 10**7))),
            draw(st.none() | texts.filter(bool)),
        )
        postings += [
            Posting(MACHINES.name, lot.weight, "F01", draw(metas), lot),
            Posting(ACCOUNTS[1].name, -lot.weight, "F01"),
        ]
    return Draft(
        UNIT,
        OPENED + timedelta(days=draw(st.integers(0, 40))),
        draw(st.sampled_from("收付转")),
        draw(texts),
        tuple(postings),
        payee=draw(texts),
        tags=tuple(sorted(draw(st.sets(words, max_size=3)))),
        links=tuple(sorted(draw(st.sets(words, max_size=3)))),
        papers=tuple(f"{n:064x}" for n in range(draw(st.sampled_from([0, 1, 4, 9])))),
        meta=(("decision", "会纪〔2025〕1号"),),
    )


def build(folder: Path, posted: list[Draft]) -> Path:
    writer = BookWriter(folder, UNIT, OPENED)
    writer.found((*ACCOUNTS, MACHINES, ABROAD), (FundLine("F01", "会费"), FundLine("F02", "拨缴")))
    for draft in posted:
        writer.post(draft)
    return writer.save()


def by_beancount(entry: Any) -> tuple[Any, ...]:
    """A transaction as Beancount reads it, in plain values; its booking groups by currency."""
    return (
        entry.date,
        entry.meta["voucher"],
        entry.payee or "",
        entry.narration,
        sorted(entry.tags),
        sorted(entry.links),
        sorted_lines(
            (
                posting.account,
                convert.get_weight(posting),  # type: ignore[no-untyped-call]
                {k: v for k, v in posting.meta.items() if k not in ("filename", "lineno")},
                None if posting.cost is None else (posting.units, posting.cost.label),
            )
            for posting in entry.postings
        ),
    )


def sorted_lines(lines: Iterable[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    return sorted(lines, key=lambda line: (line[1].currency, line[0], line[1].number, str(line)))


def by_us(text: canonical_reader.EntryText) -> tuple[Any, ...]:
    voucher = canonical_reader.parse_voucher(text.text.decode())
    draft = voucher.draft
    return (
        draft.day,
        voucher.number,
        draft.payee,
        draft.narration,
        sorted(draft.tags),
        sorted(draft.links),
        sorted_lines(
            (
                line.account,
                Amount(line.amount.decimal, line.amount.currency),
                {"fund": line.fund, **dict(line.meta)},
                None
                if line.lot is None
                else (Amount(line.lot.units, line.lot.commodity), line.lot.label),
            )
            for line in draft.postings
        ),
    )


@QUIET
@given(posted=st.lists(vouchers(), min_size=1, max_size=6))
def test_whatever_we_write_beancount_and_we_read_alike(
    tmp_path_factory: pytest.TempPathFactory, posted: list[Draft]
) -> None:
    folder = build(tmp_path_factory.mktemp("book"), posted)
    book, faults = bookchain.read_book(folder)
    assert faults == []
    entries, errors, _ = loader.load_file(str(folder / "book.bean"))
    assert [error.message for error in errors] == []
    theirs = {
        e.meta["voucher"]: by_beancount(e) for e in entries if isinstance(e, data.Transaction)
    }
    ours = [by_us(text) for _, text in book.entries if text.kind == "voucher"]
    assert {read[1]: read for read in ours} == theirs
    for (_, text), draft in zip(
        [item for item in book.entries if item[1].kind == "voucher"], posted, strict=True
    ):
        assert canonical_reader.parse_voucher(text.text.decode()).draft == draft
        lean = canonical_reader.read_lean(text.text.decode())
        assert [(line.account, line.fen, line.meta) for line in lean.lines] == [
            (line.account, line.amount.fen, line.meta) for line in draft.postings
        ]


def sums_of(entries: Any) -> dict[Any, int]:
    found: dict[Any, int] = {}
    for entry in entries:
        if isinstance(entry, data.Transaction):
            for posting in entry.postings:
                weight = convert.get_weight(posting)  # type: ignore[no-untyped-call]
                key = (posting.account, str((posting.meta or {}).get("fund")), weight.currency)
                found[key] = found.get(key, 0) + int(weight.number * 100)
    return {key: fen for key, fen in found.items() if fen}


@QUIET
@given(
    draft=vouchers(),
    where=st.integers(0, 10**6),
    byte=st.one_of(st.integers(0, 255), st.sampled_from(list(b'"\\\n ;0-F{}*'))),
    how=st.sampled_from(["changed", "inserted", "deleted"]),
)
def test_one_other_byte_is_read_as_beancount_reads_it_or_refused(
    draft: Draft, where: int, byte: int, how: str
) -> None:
    """Never misread: what the fast reader still takes means the same to Beancount."""
    writer = BookWriter(Path("unused"), UNIT, OPENED)
    writer.post(draft)
    ((name, parts),) = writer._texts.items()
    whole = "".join(parts).encode()
    place = where % len(whole)
    rest = whole[place:] if how == "inserted" else whole[place + 1 :]
    other = whole[:place] + (b"" if how == "deleted" else bytes([byte])) + rest
    month = Month(int(name[:4]), int(name[5:7]))
    try:
        cells = canonical_reader.read_cells(other, month)
    except canonical_reader.NotCanonical:
        return
    opened = "".join(
        f"{date(2000, 1, 1)} open {row.name}\n" for row in (*ACCOUNTS, MACHINES, ABROAD)
    )
    used = "".join(
        f"{date(2000, 1, 1)} open {account}\n"
        for account in sorted({key[0] for key in cells})
        if account not in opened
    )
    policy = 'option "booking_method" "STRICT"\noption "tolerance_multiplier" "0"\n'
    entries, errors, _ = loader.load_string(policy + opened + used + other.decode())
    assert [error.message for error in errors] == []
    expected = {key: debit - credit for key, (debit, credit, _) in cells.items() if debit != credit}
    assert sums_of(entries) == expected
