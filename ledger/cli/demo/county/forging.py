"""Faults that the posting path refuses, planted past it: in the journal, the registry, the text.

This is what somebody with the machine in hand could do. Nothing here is called by the program.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.assets import accounts, sums
from ledger.assets.adding import add
from ledger.assets.charging import last_day
from ledger.assets.marks import ASSET
from ledger.assets.said import SaidAsset
from ledger.assets.suspects import EARLY
from ledger.bookchain import read_book
from ledger.canonical_reader import parse_voucher
from ledger.cli.demo.county.acts import approve_waiting, payment
from ledger.cli.demo.county.answers import CHECK, COLLECTION, EXPLAIN, SUSPECTS, Fault
from ledger.cli.demo.county.names import BANK, OTHER, PARTY
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, yuan
from ledger.registry import claims, fund_sums, ids, members, papers, persons, units

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User

#: The member of the Party branch whose pay is exactly what the first rate goes up to.
_ON_THE_EDGE: Final = ("yiyuan", "yiy0001")
_FUND: Final = "Z02"
_TRAINING: Final = "Expenses:505-业务支出:01-培训支出"


class Forger:
    """Plants faults below the program, one after another."""

    def __init__(self, registry: Registry, people: dict[str, User], month: Month) -> None:
        self._registry = registry
        self._people = people
        self._month = month

    def forge(self) -> list[Fault]:
        """All of them; each in a unit of its own, so that none hides another."""
        last = self._month.previous()
        return [
            self._missing_paper(), self._own_checker(), self._overdrawn(), self._after_close(last),
            self._altered(last), self._exempted(last), self._wrong_tier(last), self._named(),
            self._early(),
        ]  # fmt: skip

    def _voucher(
        self, unit: str, day: date, narration: str, account: str, fund: str, amount: Money,
        *, checkers: tuple[str, ...] = ("lin", "gao"), besides: tuple[Posting, ...] = (),
    ) -> Voucher:  # fmt: skip
        """A voucher that goes straight into the journal: nobody looks at it."""
        draft = payment(
            unit, day, narration, account, fund, amount, payee="示例商行",
            source=f"user:{narration}", besides=besides,
        )  # fmt: skip
        now = datetime(self._month.year, self._month.month, 28, 23, 10, tzinfo=CHINA)
        with open_pen(self._registry, unit, now) as pen:
            return pen.voucher(
                draft, id=ids.new("v"), maker=self._people["zhou"].id,
                checkers=tuple(self._people[login].id for login in checkers),
                key=f"forged:{unit}:{day}",
            )  # fmt: skip

    # ---- into the journal ----------------------------------------------------------------------

    def _own_checker(self) -> Fault:
        unit, amount = "zhongxue", yuan("3280.00")
        day = self._month.first.replace(day=18)
        made = self._voucher(unit, day, "办公用品", OTHER, "F02", amount, checkers=("zhou",))
        return Fault(
            "same-maker-and-checker", "制单人与审核人为同一人", unit, made.number, amount,
            "zhou 制单又审核", "zhou made the voucher and checked it", CHECK, "beancount", True,
        )  # fmt: skip

    def _overdrawn(self) -> Fault:
        """A bill of which the fund pays all that it holds and one fen more."""
        unit, amount = "xian", Money(1)
        held = self._held(unit, _FUND)
        day = self._month.first.replace(day=19)
        rest = yuan("1200.00") - amount
        besides = (Posting(_TRAINING, rest, "F02"), Posting(BANK, -rest, "F02"))
        made = self._voucher(
            unit, day, "培训资料", _TRAINING, _FUND, Money(held + amount.fen), besides=besides
        )
        return Fault(
            "restricted-fund-overdrawn", "限定资金透支一分", unit, made.number, amount,
            f"资金 {_FUND} 支出超过结存 0.01", f"fund {_FUND} spends 0.01 more than it holds",
            CHECK, "beancount", True,
        )  # fmt: skip

    def _held(self, unit: str, fund: str) -> int:
        with self._registry.read() as conn:
            return fund_sums.resources_before(conn, unit, fund, "CNY", self._month.next().first)

    def _after_close(self, last: Month) -> Fault:
        unit, amount = "huanwei", yuan("1460.00")
        day = last.first.replace(day=22)
        made = self._voucher(unit, day, "补记活动用品", OTHER, "F02", amount)
        return Fault(
            "back-dated-after-close", "结账后倒填日期", unit, made.number, amount,
            f"{last} 已结账，其后记入", f"entered into {last} after that month was closed",
            CHECK, "entry-after-close", True,
        )  # fmt: skip

    def _named(self) -> Fault:
        unit, amount = "chachang", yuan("500.00")
        with self._registry.read() as conn:
            row = min(members.all_members(conn, unit), key=lambda one: one.number)
            person = persons.read(conn, self._registry.vault, row.person)
        if person is None:
            raise LookupError(row.number)
        day = self._month.first.replace(day=20)
        made = self._voucher(unit, day, f"慰问{person.name}", OTHER, "F02", amount)
        return Fault(
            "leaked-name", "摘要泄露姓名", unit, made.number, amount,
            "摘要写有会员姓名", "the narration holds a member's name", below=True,
        )  # fmt: skip

    def _early(self) -> Fault:
        """A thing that is bought in the next month was charged in this one."""
        unit, cost = "weisheng", yuan("7200.00")
        day = self._month.next().first.replace(day=5)
        now = datetime(day.year, day.month, day.day, 15, tzinfo=CHINA)
        zhou = self._people["zhou"]
        said = SaidAsset(
            unit, "台式计算机", "computer", day, "bought", "F02", cost, keeper="zhou",
            place="办公室", money=BANK,
        )  # fmt: skip
        added = add(self._registry, said, zhou, now)
        approve_waiting(self._registry, unit, self._people, now, [added.draft])
        amount = Money(cost.fen // (added.row.life_months or 1))
        roles = ("fund", "accumulated")
        there = accounts.ready(self._registry, unit, roles, zhou, now)
        draft = Draft(
            unit, last_day(self._month), "转", "计提折旧",
            (
                Posting(there["fund"], amount, "F02"),
                Posting(there["accumulated"], -amount, "F02", ((ASSET, added.row.code),)),
            ),
            source="user:计提折旧",
        )  # fmt: skip
        with open_pen(self._registry, unit, now) as pen:
            made = pen.voucher(
                draft, id=ids.new("v"), maker=zhou.id, checkers=(self._people["lin"].id,),
                key=f"forged:{unit}:{day}",
            )  # fmt: skip
            sums.on_posted(pen.conn, draft)
        return Fault(
            "depreciation-early", "提前计提折旧", unit, made.number, amount,
            f"{added.row.code} 购于 {day}，{self._month} 月已计提折旧",
            f"{added.row.code} was bought on {day}, and charged for {self._month} already",
            SUSPECTS, EARLY, True,
        )  # fmt: skip

    # ---- into files ----------------------------------------------------------------------------

    def _missing_paper(self) -> Fault:
        unit = "yiyuan"
        with self._registry.read() as conn:
            paper = papers.all_papers(conn, unit)[0]
        path = papers.path_of(self._registry, unit, paper)
        path.unlink()
        backed = [one for one in self._vouchers(unit) if paper.digest in one.draft.papers]
        numbers = [one.number for one in backed]
        amount = Money(
            sum(p.amount.fen for one in backed for p in one.draft.postings if p.amount.fen > 0)
        )
        name = path.relative_to(self._registry.folder).as_posix()
        return Fault(
            "missing-document", "附件缺失", unit, " ".join(numbers), amount,
            f"{len(numbers)} 张凭证所附的原件 {name} 不在",
            f"the paper behind {len(numbers)} vouchers is gone: {name}",
            CHECK, "paper",
            True,
        )  # fmt: skip

    def _vouchers(self, unit: str) -> list[Voucher]:
        book, _ = read_book(unit_folder(self._registry.folder, unit))
        return [
            parse_voucher(entry.text.decode()) for _, entry in book.entries
            if entry.kind == "voucher"
        ]  # fmt: skip

    def _altered(self, last: Month) -> Fault:
        """One digit of a closed month's voucher, in the text alone."""
        unit, amount = "fangzhi", yuan("1000.00")
        name = f"{last.year:04d}/{last.month:02d}.bean"
        path = unit_folder(self._registry.folder, unit) / name
        text = path.read_text(encoding="utf-8")
        start = text.index("\n  Expenses:")
        line = text[start : text.index(" CNY", start)]
        shown = line.rsplit(" ", 1)[1]
        more = (yuan(shown) + amount).text
        path.write_text(text.replace(line, line.replace(shown, more), 1), encoding="utf-8")
        return Fault(
            "altered-history", "改动历史", unit, f"units/{unit}/{name}", amount,
            f"{last} 的一笔支出在账簿文字中多了 1,000.00",
            f"a payment of {last} is 1,000.00 more in the book's text",
            CHECK, "witnesses-differ", True,
        )  # fmt: skip

    # ---- into the registry ---------------------------------------------------------------------

    def _exempted(self, last: Month) -> Fault:
        """A due that is owed no more, though nothing exempts from it."""
        with self._registry.write() as conn:
            owed = [
                row
                for unit in units.all_units(conn)
                if unit.id not in (_ON_THE_EDGE[0], "fangzhi")
                for row in claims.open_in(conn, unit.id, f"{last.year}-01", str(last))
                if row.kind == claims.DUES and row.member
            ]
            one = max(owed, key=lambda row: (row.month, row.unit, row.code))
            claims.void(conn, one.unit, [one.code], self._month.first)
        return Fault(
            "wrong-exemption", "不当免交", one.unit, f"{one.member} {one.month}", Money(one.fen),
            "没有减免依据，应收被注销", "a claim is void, and nothing exempts from it",
            COLLECTION, "", True,
        )  # fmt: skip

    def _wrong_tier(self, last: Month) -> Fault:
        """Pay of exactly 3,000 is charged by the rate above it."""
        unit, number = _ON_THE_EDGE
        with self._registry.write() as conn:
            member = members.by_numbers(conn, unit, {number})[number]
            # What the first rate gives is 15.00; the second one, which begins above 3,000, 30.00.
            done = conn.exec_driver_sql(
                "UPDATE assessment SET fen = 3000, total_fen = 3000 "  # noqa: S608 - own words
                f"WHERE unit = '{unit}' AND member = '{member.id}' AND rule = '{PARTY}' "
                f"AND month = '{last}' AND fen = 1500"
            )
        if done.rowcount != 1:
            raise LookupError(f"{number} {last}")
        return Fault(
            "tier-boundary", "档次边界错误", unit, f"{member.id} {last}", Money(1500),
            "基数正好 3,000，应按 0.5% 计 15.00，却按 1% 计 30.00",
            "a base of exactly 3,000 owes 15.00 at 0.5 %, and was charged 30.00 at 1 %",
            EXPLAIN, "", True,
        )  # fmt: skip
