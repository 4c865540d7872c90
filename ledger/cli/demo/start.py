"""How ``books/tiny`` was made: January and February of the demonstration's unit, closed.

``python -m ledger.cli.demo.start books/tiny`` writes the book's text anew. Ids are random, so each
run gives another book that says the same; the one that is checked in is the one documents quote.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from datetime import date, datetime
from pathlib import Path
from typing import Final

from importers.drafting import claim_meta
from ledger import closing, workflow
from ledger.cli.demo.facts import Facts, found, read_facts, register
from ledger.cli.demo.month import BANK, dues
from ledger.clock import CHINA
from ledger.entry import Draft, Posting, Voucher, voucher_class
from ledger.layout import unit_folder
from ledger.money import Money, total, yuan
from ledger.period import Month
from ledger.reference import make_code
from ledger.registry import Registry, User

DUES: Final = "Income:401-会费收入"
LEVY: Final = "Income:402-拨缴经费收入"
GRANT: Final = "Income:403-上级补助收入:02-专项转移支付补助"
UPPER: Final = "Liabilities:211-应付上级经费:01-青禾区总工会"
SPORTS: Final = "Expenses:501-职工活动支出:02-文体活动支出"
PUBLICITY: Final = "Expenses:501-职工活动支出:03-宣传活动支出"
AID: Final = "Expenses:504-维权支出:04-困难职工帮扶支出"
CARE: Final = "Expenses:504-维权支出:05-送温暖支出"
BANK_FEES: Final = "Expenses:505-业务支出:04-其他业务支出"
SURPLUS: Final = "Equity:322-工会资金结余:05-累计结余"
CARRIED: Final = "Equity:321-工会资金结转:04-累计结转"


def drafts(facts: Facts) -> list[Draft]:
    """The vouchers of January and February 2026."""
    unit = facts.id

    def entry(
        day: date, narration: str, lines: list[Posting], payee: str = "", tag: str = ""
    ) -> Draft:
        # Opening balances are neither received nor paid.
        kind = "转" if tag else voucher_class(lines)
        tags = (tag,) if tag else ()
        return Draft(unit, day, kind, narration, tuple(lines), payee=payee, tags=tags)

    def paid(day: date, narration: str, account: str, amount: str, fund: str, payee: str) -> Draft:
        money = yuan(amount)
        lines = [Posting(account, money, fund), Posting(BANK, -money, fund)]
        return entry(day, narration, lines, payee)

    def levy(day: date, amount: str, month: str) -> Draft:
        own, upper = yuan(amount).split([60, 40])
        lines = [
            Posting(BANK, yuan(amount), "F02"),
            Posting(LEVY, -own, "F02"),
            Posting(UPPER, -upper, "F02"),
        ]
        return entry(day, f"税务代收 {month} 月工会经费", lines, "青禾区税务局")

    def withheld(day: date, month: str) -> Draft:
        first = dues_number(int(month), 1, len(facts.members))
        parts = [(m.id, dues(m.monthly_base)) for m in facts.members]
        lines = [Posting(BANK, total(amount for _, amount in parts), "F01")]
        lines += [
            Posting(DUES, -amount, "F01", claim_meta(id, make_code("HY", 2026, number)))
            for number, (id, amount) in enumerate(parts, start=first)
        ]
        return entry(day, f"{month} 月会费", lines, "青禾区春风小学")

    opening = [
        Posting(BANK, yuan("6000.00"), "F01"),
        Posting(BANK, yuan("38000.00"), "F02"),
        Posting(BANK, yuan("3500.00"), "F04"),
        Posting(UPPER, yuan("-4672.00"), "F02"),
        Posting(SURPLUS, yuan("-6000.00"), "F01"),
        Posting(SURPLUS, yuan("-33328.00"), "F02"),
        Posting(CARRIED, yuan("-3500.00"), "F04"),
    ]
    grant = [Posting(BANK, yuan("6000.00"), "F03"), Posting(GRANT, yuan("-6000.00"), "F03")]
    return [
        entry(date(2026, 1, 1), "年初余额", opening, tag="opening"),
        levy(date(2026, 1, 6), "11680.00", "12"),
        withheld(date(2026, 1, 7), "1"),
        paid(date(2026, 1, 9), "上缴 12 月工会经费", UPPER, "4672.00", "F02", "青禾区总工会"),
        paid(
            date(2026, 1, 14), "元旦游艺活动用品", SPORTS, "2360.00", "F01", "示例文体用品有限公司"
        ),
        paid(date(2026, 1, 20), "春节慰问品", CARE, "6600.00", "F02", "示例粮油有限公司"),
        paid(date(2026, 1, 25), "账户管理费", BANK_FEES, "15.00", "F02", "工商银行"),
        levy(date(2026, 2, 4), "12120.00", "1"),
        withheld(date(2026, 2, 5), "2"),
        paid(date(2026, 2, 9), "上缴 1 月工会经费", UPPER, "4672.00", "F02", "青禾区总工会"),
        entry(date(2026, 2, 10), "职工疗休养专项补助", grant, "青禾区总工会"),
        paid(date(2026, 2, 11), "困难职工春节帮扶", AID, "1500.00", "F04", ""),
        paid(date(2026, 2, 25), "账户管理费", BANK_FEES, "15.00", "F02", "工商银行"),
        paid(date(2026, 2, 26), "工会宣传册印制", PUBLICITY, "1280.00", "F02", "示例印务有限公司"),
    ]


def dues_number(month: int, place: int, members: int) -> int:
    """The number in a claim's code: claims are numbered through the year, by month and member."""
    return (month - 1) * members + place


def post(registry: Registry, draft: Draft, people: dict[str, User], now: datetime) -> Voucher:
    """Zhou records, Lin checks, and Gao as well above the limit."""
    draft_id = workflow.propose(registry, draft, people["zhou"], now)
    result = workflow.approve(registry, draft_id, people["lin"], now)
    if isinstance(result, workflow.Waiting):
        result = workflow.approve(registry, draft_id, people["gao"], now)
    if not isinstance(result, Voucher):
        raise TypeError(f"{draft_id} needs a third checker")
    return result


def main(target: Path) -> None:
    """Write the book into ``target``; its Beancount files are replaced."""
    facts = read_facts(target)
    with tempfile.TemporaryDirectory() as scratch:
        registry = Registry.create(
            Path(scratch) / "federation", id="qinghe", name=facts.unit["federation"]["name"]
        )
        begin = datetime(2026, 1, 1, 9, 0, 0, tzinfo=CHINA)
        found(registry, facts, begin)
        people = register(registry, facts, begin)
        for draft in drafts(facts):
            if draft.day.month == 2 and draft.day.day == 4:
                _close(registry, facts, Month(2026, 1), people)
            moment = datetime.combine(draft.day, datetime.min.time(), CHINA).replace(hour=16)
            post(registry, draft, people, moment)
        _close(registry, facts, Month(2026, 2), people)
        for path in target.rglob("*.bean"):
            path.unlink()
        folder = unit_folder(registry.folder, facts.id)
        for path in sorted(folder.rglob("*.bean")):
            place = target / path.relative_to(folder)
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
        registry.close()


def _close(registry: Registry, facts: Facts, month: Month, people: dict[str, User]) -> None:
    first = month.next().first
    now = datetime(first.year, first.month, 3, 9, 30, tzinfo=CHINA)
    closing.close_month(registry, facts.id, month, people["zhou"], now)


def opening_of_march() -> Money:
    """What the bank account holds on the first of March, by the book."""
    from ledger.cli.demo.facts import FOLDER
    from ledger.model import Model

    model = Model.open(FOLDER, FOLDER / ".cache" / "model.db")
    held = sum(cell.net for cell in model.cells(through=Month(2026, 2)) if cell.account == BANK)
    model.close()
    return Money(held)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
