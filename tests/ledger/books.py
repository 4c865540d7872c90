"""Books for tests of reading: random ones, and a plain one of forty vouchers."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path

from hypothesis import strategies as st

from ledger.cli.bench.books import ACCOUNTS, UNIT, AccountLine, BookWriter, FundLine
from ledger.entry import Draft, Lot, Posting
from ledger.money import Money

OPENED = date(2025, 1, 1)
MACHINES = AccountLine("Assets:162-固定资产", capital=True)


@st.composite
def drafts(draw: st.DrawFn) -> Draft:
    """A balanced voucher of two to five lines in one or two funds, sometimes with a lot."""
    day = OPENED + timedelta(days=draw(st.integers(0, 500)))
    postings: list[Posting] = []
    for fund in draw(
        st.lists(st.sampled_from(["F01", "F02"]), min_size=1, max_size=2, unique=True)
    ):
        fens = draw(st.lists(st.integers(-(10**9), 10**9).filter(bool), min_size=1, max_size=3))
        names = draw(
            st.lists(
                st.sampled_from([a.name for a in ACCOUNTS]),
                min_size=len(fens) + 1,
                max_size=len(fens) + 1,
            )
        )
        amounts = [*fens, -sum(fens)]
        postings += [
            Posting(name, Money(fen), fund) for name, fen in zip(names, amounts, strict=True)
        ]
    if draw(st.booleans()):
        cost = Money(draw(st.integers(1, 10**7)))
        asset = f"FA-{draw(st.integers(1, 10**6)):06d}"
        lot = Lot(Decimal(1), asset, cost, draw(st.sampled_from([None, "hall"])))
        postings.append(Posting(MACHINES.name, lot.weight, "F01", (), lot))
        postings.append(Posting(ACCOUNTS[1].name, -cost, "F01"))
    narration = draw(
        st.text(st.characters(categories=("L", "N", "P", "S")), min_size=0, max_size=20).map(
            str.strip
        )
    )
    return Draft(
        UNIT, day, draw(st.sampled_from("收付转")), narration, tuple(postings),
        meta=(("decision", "会纪〔2025〕1号 \"引号\" \\"),),
    )  # fmt: skip


def build(folder: Path, posted: list[Draft]) -> Path:
    writer = BookWriter(folder, UNIT, OPENED)
    writer.found((*ACCOUNTS, MACHINES), (FundLine("F01", "会费"), FundLine("F02", "拨缴")))
    for draft in posted:
        writer.post(draft)
    return writer.save()


def plain_book(tmp_path: Path) -> Path:
    """Forty vouchers of F01, ten days apart from January 2025 on; the book's folder."""
    draw = random.Random(7)
    posted = [
        Draft(
            UNIT,
            OPENED + timedelta(days=place * 10),
            "收",
            f"第 {place} 笔",
            (
                Posting(ACCOUNTS[1].name, amount, "F01"),
                Posting(ACCOUNTS[6].name, -amount, "F01", (("member", "m-0000000001"),)),
            ),
        )
        for place in range(40)
        for amount in [Money(draw.randrange(1, 10**6))]
    ]
    return build(tmp_path, posted)
