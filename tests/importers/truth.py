"""What truly happened on an account, and whether a reading says so.

A generator writes movements in some bank's way; :func:`judge` compares. Its two laws are those of
the issue: no row is lost, and none is read with the wrong sign, amount, day or balance.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta

from importers.line import Reading
from ledger.money import Money

OWN = "6222021001122334455"
OWN_NAME = "春风社区工会委员会"
NAMES = (
    "张 示例",
    "李试",
    "欧阳 例子",
    "虚构建筑工程有限公司",
    "Example Trading Ltd",
    "阿不都·样本",
)


@dataclass(frozen=True)
class Movement:
    """One true movement, in fen, and the balance after it. ``red`` is a reversal, 冲正.

    ``token`` stands in the row's remark, whatever the layout, so that it is known again.
    """

    at: datetime
    fen: int
    held: int
    name: str
    account: str
    ref: str
    token: str
    red: bool = False

    @property
    def came(self) -> bool:
        return self.fen > 0

    @property
    def size(self) -> str:
        return yuan(abs(self.fen))

    @property
    def said_came(self) -> bool:
        """On which side a bank prints it that prints reversals in red: on the side they undo."""
        return self.came != self.red

    @property
    def said(self) -> str:
        return yuan(-abs(self.fen) if self.red else abs(self.fen))


def yuan(fen: int) -> str:
    return Money(fen).text


def grouped(fen: int) -> str:
    return Money(fen).grouped


def movements(count: int, seed: int = 1, *, red: bool = True) -> list[Movement]:
    """A month with equal pairs, fees of cents, amounts over a hundred million, and reversals."""
    dice = random.Random(seed)
    found: list[Movement] = []
    at, held = datetime(2026, 3, 1, 8, 0), 123_456_78
    for place in range(count):
        at += timedelta(minutes=dice.randint(0, 1200))
        undone = False
        choice = dice.random()
        if choice < 0.1 and found:
            fen = found[-1].fen
        elif choice < 0.2 and found and red:
            fen, undone = -dice.choice(found).fen, True
        else:
            fen = dice.choice([1, 2500, 3750, dice.randint(1, 10**7), 12_345_678_901])
            fen *= dice.choice([1, 1, -1])
        if held + fen < 0:
            fen, undone = abs(fen), False
        held += fen
        found.append(
            Movement(
                at, fen, held, dice.choice(NAMES), f"62{dice.randint(10**16, 10**17)}",
                f"2026{place:04d}{dice.randint(10**11, 10**12)}", f"ZN{place:03d}Z", undone,
            )
        )  # fmt: skip
    return found


def judge(reading: Reading, rows: list[Movement]) -> list[str]:
    """What the reading says that is not true; empty if every row is a true line, or parked."""
    true = {row.token: row for row in rows}
    faults: list[str] = []
    seen: Counter[str] = Counter()
    for line in reading.lines:
        token = _token((line.memo,))
        row = true.get(token)
        if row is None:
            faults.append(f"a line that never was: {line}")
            continue
        seen[token] += 1
        if line.amount.fen != row.fen:
            faults.append(f"{token} moved {row.fen}, was read as {line.amount.fen}")
        if line.day != row.at.date():
            faults.append(f"{token} was on {row.at}, was read as {line.booked_at}")
        if line.balance_after is not None and line.balance_after.fen != row.held:
            faults.append(f"{token} left {row.held}, was read as {line.balance_after.fen}")
        if line.counterparty_account == OWN or line.counterparty == OWN_NAME:
            faults.append(f"{token} names its own account as the other side")
        if line.bank_ref and line.bank_ref != row.ref:
            faults.append(f"{token} is {row.ref}, was read as {line.bank_ref}")
    for parked in reading.parked:
        if token := _token(parked.raw):
            seen[token] += 1
    faults += [f"{token} is lost" for token in true if not seen[token]]
    faults += [f"{token} stands {seen[token]} times" for token in seen if seen[token] > 1]
    return faults


def whole(reading: Reading, rows: list[Movement]) -> bool:
    """Whether every movement became a line, and nothing was parked."""
    return len(reading.lines) == len(rows) and not reading.parked


def _token(cells: tuple[str, ...]) -> str:
    found = re.search(r"ZN[0-9]{3}Z", " ".join(cells))
    return found[0] if found else ""
