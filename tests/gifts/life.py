"""The life of a campaign at random: what happens to it, and what ought to be known of it then."""

from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

from hypothesis import strategies as st

from ledger.entry import Voucher
from ledger.errors import Refused
from ledger.money import Money
from tests.gifts.giving import begin

Step = tuple[object, ...]
_FIRST = date(2026, 3, 1)


class Life:
    """A campaign that things happen to, and what a person with a pencil would know of it."""

    def __init__(self, folder: Path, chart: str, rule: str, apart: int = 1) -> None:
        self.giving = begin(folder, chart)
        self.row = self.giving.campaign(rule)
        self.days = (_FIRST + timedelta(days=apart * n) for n in itertools.count())
        self.money: dict[str, int] = {}
        self.goods: dict[str, tuple[int, int]] = {}
        self.spent: list[Voucher] = []
        self.bank = 0

    def receive(self, fen: int) -> None:
        code = self.giving.give(Money(fen).text, next(self.days), campaign=self.row.code)
        self.money[code] = fen
        self.bank += fen

    def receive_goods(self, fen: int, pieces: int) -> None:
        done = self.giving.record(
            kind="goods", amount=Money(fen), quantity=str(pieces), measure="件", basis="invoice",
            campaign=self.row.code, day=next(self.days), paper=b"x", paper_name="x.txt",
        )  # fmt: skip
        self.giving.approve(done.draft)
        self.goods[done.row.code] = (fen, pieces)

    def hand_out(self, at: int, pieces: int) -> None:
        if not self.goods:
            return
        code = sorted(self.goods)[at % len(self.goods)]
        expense = () if self.giving.chart.startswith("union") else (
            "--expense", self.giving.account("5101"),
        )  # fmt: skip
        told = self.giving.run(
            "gift", "give", code, "--quantity", str(pieces), "--on", next(self.days).isoformat(),
            *expense, "--json",
        )  # fmt: skip
        if told.status == 0:
            self.giving.approve(told.json["draft"])

    def spend(self, fen: int, at: int | None) -> None:
        meta = {}
        if at is not None and self.money:
            meta = {"gift": sorted(self.money)[at % len(self.money)]}
        try:
            self.spent.append(
                self.giving.spend(Money(fen).text, self.row.fund, next(self.days), **meta)
            )
        except Refused:
            return  # the fund is not overdrawn
        self.bank -= fen

    def refund(self, at: int, fen: int) -> None:
        if not self.money:
            return
        code = sorted(self.money)[at % len(self.money)]
        told = self.giving.run(
            "gift", "refund", code, "--amount", Money(fen).text, "--money", self.giving.bank,
            "--on", next(self.days).isoformat(), "--json",
        )  # fmt: skip
        if told.status == 0:
            self.giving.approve(told.json["draft"])
            self.bank -= fen

    def undo(self, at: int) -> None:
        if not self.spent:
            return
        voucher = self.spent.pop(at % len(self.spent))
        self.giving.reverse(voucher, next(self.days))
        self.bank += voucher.draft.postings[0].amount.fen


_AMOUNTS = st.integers(1, 50_000)
_PLACES = st.integers(0, 5)
STEPS = st.one_of(
    st.tuples(st.just("receive"), _AMOUNTS),
    st.tuples(st.just("receive"), _AMOUNTS),
    st.tuples(st.just("receive_goods"), _AMOUNTS, st.integers(1, 9)),
    st.tuples(st.just("hand_out"), _PLACES, st.integers(1, 9)),
    st.tuples(st.just("spend"), _AMOUNTS, st.none() | _PLACES),
    st.tuples(st.just("spend"), _AMOUNTS, st.none()),
    st.tuples(st.just("refund"), _PLACES, _AMOUNTS),
    st.tuples(st.just("undo"), _PLACES),
)


@contextmanager
def lived(chart: str, rule: str, steps: list[Step], *, apart: int = 1) -> Iterator[Life]:
    """A campaign to which ``steps`` happened, each ``apart`` days after the one before."""
    with tempfile.TemporaryDirectory() as folder:
        life = Life(Path(folder) / "f", chart, rule, apart)
        try:
            for what, *said in steps:
                getattr(life, str(what))(*said)
            yield life
        finally:
            life.giving.registry.close()
