"""A treasurer's desk for tests: the unit ``tiny`` with two bank accounts, and statements for them.

Statements are written from true movements, in layouts that banks use: with or without serials,
balances and times of day, as CSV or as a workbook, oldest or newest first.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import openpyxl

from importers import staging
from importers.read import read_bytes
from importers.staging import Imported
from ledger import workflow
from ledger.money import Money, yuan
from ledger.registry import claims, imports, members, persons
from ledger.registry import staging as kept
from ledger.registry.persons import PersonData
from ledger.registry.staging import LineRow
from tests.house import BANK, CASH, DUES, UNIT, House

NUMBER = "6200000000000000018"
OTHER_NUMBER = "6200000000000000026"


@dataclass(frozen=True)
class Move:
    """A true movement and the balance after it, in fen."""

    at: datetime
    fen: int
    held: int = 0
    name: str = "示例商贸有限公司"
    account: str = "6222000000001111"
    memo: str = "往来款"
    ref: str = ""
    more: tuple[tuple[str, str], ...] = ()  # columns of its own, by their heads


def history(fens: Sequence[int], *, opening: int = 100_000, per_day: int = 2) -> list[Move]:
    """Movements from 2 March on, ``per_day`` of them each day, with balances and serials."""
    moves, held = [], opening
    for place, fen in enumerate(fens):
        held += fen
        day, turn = divmod(place, per_day)
        at = datetime(2026, 3, 2, 9, 0, 0) + timedelta(days=day, minutes=turn)
        moves.append(Move(at, fen, held, memo=f"第{place}笔", ref=f"88{place:08d}"))
    return moves


@dataclass(frozen=True)
class Layout:
    """What a layout shows of a movement."""

    serials: bool = True
    balances: bool = True
    times: bool = True
    accounts: bool = True
    newest_first: bool = False
    number: str = NUMBER
    title: str = "账户明细查询"
    currency: str = ""
    opening: bool = False

    def rows(self, moves: Sequence[Move]) -> list[list[str]]:
        head = ["交易时间" if self.times else "交易日期", "收入金额", "支出金额"]
        head += ["账户余额"] if self.balances else []
        head += ["对方户名", *(["对方账号"] if self.accounts else []), "摘要"]
        head += ["交易流水号"] if self.serials else []
        head += ["币种"] if self.currency else []
        more = list(dict.fromkeys(name for move in moves for name, _ in move.more))
        head += more
        rows = []
        for move in moves:
            came, went = (move.fen, 0) if move.fen > 0 else (0, -move.fen)
            at = move.at.strftime("%Y-%m-%d %H:%M:%S" if self.times else "%Y-%m-%d")
            row = [at, Money(came).text if came else "", Money(went).text if went else ""]
            row += [Money(move.held).text] if self.balances else []
            row += [move.name, *([move.account] if self.accounts else []), move.memo]
            row += [move.ref] if self.serials else []
            row += [self.currency] if self.currency else []
            row += [dict(move.more).get(name, "") for name in more]
            rows.append(row)
        above = [[self.title], [f"账号：{self.number}"]]
        if self.opening and moves:
            first, last = moves[0], moves[-1]
            above.append([f"期初余额：{Money(first.held - first.fen).text}"])
            above.append([f"期末余额：{Money(last.held).text}"])
        return [*above, head, *(rows[::-1] if self.newest_first else rows)]

    def csv(self, moves: Sequence[Move], encoding: str = "gb18030") -> bytes:
        return "\r\n".join(",".join(row) for row in self.rows(moves)).encode(encoding)

    def xlsx(self, moves: Sequence[Move]) -> bytes:
        book = openpyxl.Workbook()
        sheet = book.active
        assert sheet is not None
        for row in self.rows(moves):
            sheet.append(row)
        out = io.BytesIO()
        book.save(out)
        return out.getvalue()


FULL = Layout()
BALANCES = Layout(serials=False)
BARE = Layout(serials=False, balances=False, times=False)


class Desk:
    """What a treasurer does, in short words."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.registry = house.registry
        self.vault = house.registry.vault
        with self.registry.write() as conn:
            for account, label, number in (
                (BANK, "基本户", NUMBER),
                (CASH, "第二户", OTHER_NUMBER),
            ):
                imports.add_account(
                    conn, self.vault,
                    imports.MoneyAccount(UNIT, account, "bank", label, number, "F01"),
                )  # fmt: skip
        self.days = 0

    def read_in(
        self, data: bytes, name: str = "statement.csv", account: str | None = None
    ) -> Imported:
        return staging.import_statement(
            self.registry, UNIT, read_bytes(data, name), data, self.house.maker, self.house.now,
            account=account,
        )  # fmt: skip

    def rules(self, text: str) -> int:
        return staging.replace_rules(self.registry, UNIT, text, self.house.maker, self.house.now)

    def lines(self, *states: str) -> list[LineRow]:
        with self.registry.read() as conn:
            return kept.lines(conn, self.vault, UNIT, states=states or None)

    def fens(self) -> list[int]:
        return [line.fen for line in self.lines()]

    def questions(self) -> list[staging.OpenLine]:
        return list(staging.inbox(self.registry, UNIT).questions)

    def drafts(self) -> list[workflow.Waiting]:
        return workflow.waiting(self.registry, UNIT)

    def member(self, name: str, number: str) -> str:
        with self.registry.write() as conn:
            person = persons.add(conn, self.vault, PersonData(name), self.house.now)
            return members.add(
                conn, person=person, unit=UNIT, number=number, joined=date(2020, 1, 1)
            )

    def claim(
        self, code: str, amount: str, member: str | None = None, *, month: str = "2026-03",
        list_code: str | None = None,
    ) -> None:  # fmt: skip
        row = claims.ClaimRow(
            UNIT, code, "dues", member, DUES, "F01", month, yuan(amount).fen, "CNY", claims.OPEN,
            list_code,
        )  # fmt: skip
        with self.registry.write() as conn:
            claims.add_many(conn, [row])

    def claim_state(self, code: str) -> str:
        with self.registry.read() as conn:
            row = claims.find(conn, UNIT, code)
        assert row is not None
        return row.state

    def one(self, amount: str, **fields: object) -> Imported:
        """A statement of one movement, of its own day."""
        self.days += 1
        at = datetime(2026, 3, 1, 10, 0, 0) + timedelta(days=self.days)
        fen = yuan(amount).fen if not amount.startswith("-") else -yuan(amount[1:]).fen
        held = self.held + fen
        self.held = held
        ref = str(fields.pop("ref", f"99{self.days:08d}"))
        move = replace(Move(at, fen, held, ref=ref), **fields)  # type: ignore[arg-type]
        return self.read_in(Layout(opening=True).csv([move]), f"one-{self.days}.csv")

    held = 5_000_00

    def approve_all(self) -> Iterator[str]:
        for waits in self.drafts():
            result = workflow.approve(self.registry, waits.id, self.house.checker, self.house.now)
            assert not isinstance(result, workflow.Waiting)
            yield result.number
