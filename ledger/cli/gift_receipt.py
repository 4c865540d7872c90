"""mingbai gift receipt: receipts of gifts are given, printed, made void, listed and verified."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.cli import acting
from ledger.cli.files import make_folder, write
from ledger.errors import CannotRun, finding
from ledger.money import Money

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.registry import Registry, User
    from ledger.registry.gift_receipts import GiftReceiptRow

_STATES = {"valid": "有效 valid", "voiding": "申请作废 asked to be void", "void": "作废 void"}


def add_command(parts: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add ``receipt`` to the parts of ``gift``."""
    one = parts.add_parser(
        "receipt", help="捐赠收据：开具、打印、作废、清单、核验 receipts of gifts"
    )
    acting.add_folder(one)
    one.add_argument(
        "words", metavar="GIFT", nargs="*",
        help="捐赠编号或收据号；都不写则列出 a gift or a receipt: JZ2026-0001-7, JS2026-0001-4; "
        "none lists",
    )  # fmt: skip
    acting.add_unit(one, required=False)
    one.add_argument(
        "-o", "--output", type=Path, metavar="F", help="PDF，--all 时为文件夹 or a folder for all"
    )
    what = one.add_mutually_exclusive_group()
    what.add_argument(
        "--all", action="store_true", help="期间内的全部 of everything that came in the period"
    )
    what.add_argument("--list", action="store_true", help="清单与缺号 list, with missing numbers")
    what.add_argument("--void", metavar="NUMBER", help="申请作废，编号保留 ask that it be void")
    what.add_argument("--confirm", metavar="NUMBER", help="另一人确认作废 confirm that it is void")
    what.add_argument("--keep", metavar="NUMBER", help="不作废 it stays valid after all")
    what.add_argument(
        "--official", nargs=2, metavar=("NUMBER", "OFFICIAL"),
        help="登记财政票据号，一次 enter the finance authority's number, once",
    )  # fmt: skip
    what.add_argument(
        "--verify", metavar="TEXT|FILE", help="核验二维码文本，不需登录 verify a code's text"
    )
    one.add_argument(
        "--period", type=acting.period, metavar="P", help="2026、2026-Q1 或 2026-03 a period"
    )
    one.add_argument(
        "--again", action="store_true", help="已打印过的也补打 print again what was printed"
    )
    one.add_argument("--reason", default="", metavar="TEXT", help="作废原因 why it is void")
    acting.add_json(one)
    acting.add_user(one)
    one.set_defaults(run=run, rest="words")


def run(options: argparse.Namespace) -> int:
    word = acting.one_word(options.words)
    if options.verify is not None:
        return _verify(options)
    if not options.unit:
        raise _usage("须以 --unit 写明单位", "say which unit with --unit")
    if word and (options.all or options.list or options.void or options.confirm or options.keep
                 or options.official):  # fmt: skip
        raise _usage("捐赠编号不与这些选项同用", "a gift stands alone, without these options")
    with acting.signed_in(options) as (registry, user, now):
        unit = acting.known_unit(registry, options.unit)
        if word:
            return _one(options, registry, unit, word, user, now)
        if options.all:
            return _all(options, registry, unit, user, now)
        if options.void or options.confirm or options.keep or options.official:
            return _act(options, registry, unit, user, now)
        return _list(options, registry, unit, user)


# ---- giving and printing -----------------------------------------------------------------------


def _one(
    options: argparse.Namespace, registry: Registry, unit: str, word: str, user: User,
    now: datetime,
) -> int:  # fmt: skip
    """A gift's receipts, given where they are missing; or one receipt by its number."""
    from ledger import workflow
    from ledger.gifts import receipting
    from ledger.registry.gift_receipts import VOID
    from reports.gift_receipts import receipt_pages
    from reports.pdf.gift_receipt import draw_gift_receipts

    if receipting.numbers_of(word):
        workflow.demand(user, "browse", unit)
        with registry.read() as conn:
            rows = [receipting.receipt_called(conn, unit, word)]
    else:
        rows = receipting.give_for(registry, unit, word, user, now)
    if options.output is not None:
        stands = [row for row in rows if row.state != VOID] or rows
        pages = receipt_pages(registry, unit, stands, user, now)
        write(options.output, draw_gift_receipts(pages))
    with registry.read() as conn:
        rows = [receipting.receipt_called(conn, unit, row.code) for row in rows]
    acting.told(options, {"receipts": [_told(row) for row in rows]}, list(map(_line, rows)))
    return 0


def _all(
    options: argparse.Namespace, registry: Registry, unit: str, user: User, now: datetime
) -> int:
    from ledger import workflow
    from ledger.gifts import receipting
    from reports.gift_receipts import receipt_pages
    from reports.pdf.gift_receipt import draw_gift_receipts

    workflow.demand(user, "record", unit)
    if options.period is None:
        raise _usage("须以 --period 写明期间", "say which period with --period")
    if options.output is not None:
        make_folder(options.output)
    rows = receipting.give_all(registry, unit, options.period, user, now)
    printed = []
    if options.output is not None:
        wanted = [row for row in rows if options.again or not row.printed]
        for page in receipt_pages(registry, unit, wanted, user, now):
            write(options.output / f"{page.code}.pdf", draw_gift_receipts([page]))
            printed.append(page.code)
    before = sum(1 for row in rows if row.printed)
    said = [f"{options.period}：{len(rows)} 份收据 receipts"]
    if options.output is not None:
        said.append(f"  打印 printed {len(printed)}，此前已打印 printed before {before}")
    told = {"receipts": [_told(row) for row in rows], "printed": printed}
    acting.told(options, told, said)
    return 0


# ---- void, official ----------------------------------------------------------------------------


def _act(
    options: argparse.Namespace, registry: Registry, unit: str, user: User, now: datetime
) -> int:
    from ledger.gifts import receipting

    if options.void:
        row = receipting.ask_void(registry, unit, options.void, options.reason, user, now)
        said = "已作废 void" if row.state == "void" else "待另一人确认 waits for somebody else"
    elif options.confirm:
        row = receipting.confirm_void(registry, unit, options.confirm, user, now)
        said = "已作废，编号保留 void; its number stays"
    elif options.keep:
        row = receipting.keep(registry, unit, options.keep, user, now)
        said = "仍然有效 it stays valid"
    else:
        code, official = options.official
        row = receipting.enter_official(registry, unit, code, official, user, now)
        said = f"已登记财政票据号 entered: {row.official}"
    acting.told(options, _told(row), [f"{row.code}  {said}"])
    return 0


# ---- list and verify ---------------------------------------------------------------------------


def _list(options: argparse.Namespace, registry: Registry, unit: str, user: User) -> int:
    from ledger import workflow
    from ledger.gifts.receipt_check import gaps
    from ledger.gifts.receipting import lacking
    from ledger.registry import gift_receipts

    workflow.demand(user, "browse", unit)
    with registry.read() as conn:
        rows = gift_receipts.of_unit(conn, unit)
    missing = gaps(rows)
    without = lacking(registry, unit, options.period)
    if options.period is not None:
        rows = [row for row in rows if row.day in options.period]
    told = {
        "receipts": [_told(row) for row in rows],
        "gaps": {str(year): numbers for year, numbers in missing.items()},
        "lacking": [
            {"gift": one.gift, "voucher": one.voucher, "day": one.day.isoformat(),
             "amount": Money(one.fen).text}
            for one in without
        ],
    }  # fmt: skip
    valid = [row for row in rows if row.state != gift_receipts.VOID]
    said = list(map(_line, rows))
    said.append(
        f"{len(rows)} 份收据 receipts，有效 valid {len(valid)}，"
        f"合计 total {Money(sum(row.fen for row in valid)).grouped}"
    )
    said += [
        f"  {year} 年缺号 missing: {'、'.join(map(str, numbers))}"
        for year, numbers in missing.items()
    ] or ["  编号连续，无缺号 no number is missing"]
    if without:
        said.append(f"  {len(without)} 笔已入账未开收据 have none yet："
                    f"{' '.join(one.gift for one in without[:10])}")  # fmt: skip
    acting.told(options, told, said)
    return 0


def _verify(options: argparse.Namespace) -> int:
    from ledger.gifts.proving import LIMITS, judge

    with acting.opened_as_is(options.folder) as registry:
        verdict = judge(registry, _text_of(options.verify))
    head = "已证明 proven" if verdict.proven else "未证明 not proven"
    said = [f"{head}：{verdict.reason.zh} {verdict.reason.en}"]
    if verdict.proven:
        facts = dict(verdict.fields)
        said.append(f"  {facts['unit']}  {facts['receipt']}  {facts['day']}  "
                    f"{facts['gift']}  {facts['voucher']}  {facts['amount']}")  # fmt: skip
        said += [f"  注意 note: {one.zh} {one.en}" for one in (*verdict.notes, LIMITS)]
    acting.told(options, verdict.as_json(), said)
    return 0 if verdict.proven else 1


def _text_of(said: str) -> str:
    """The text itself, or what is in the file of that name; whitespace around it is nothing."""
    from ledger.gifts.proving import LONGEST, VERSION

    if said.startswith(f"{VERSION}|") or len(said) > 255 or not Path(said).is_file():
        return said.strip()
    with Path(said).open("rb") as file:
        return file.read(LONGEST + 100).decode(errors="replace").strip()


# ---- shown -------------------------------------------------------------------------------------


def _told(row: GiftReceiptRow) -> dict[str, Any]:
    return {
        "receipt": row.code, "gift": row.gift, "voucher": row.voucher, "donor": row.donor,
        "day": row.day.isoformat(), "kind": row.kind, "amount": Money(row.fen).text,
        "state": row.state, "reason": row.void_reason, "sealed_with": row.month,
        "void_with": row.void_month, "printed": row.printed, "official": row.official,
        "given_by": row.user, "void_by": row.void_by, "void_confirmed_by": row.void_checker,
    }  # fmt: skip


def _line(row: GiftReceiptRow) -> str:
    parts: Sequence[str] = (
        row.code, row.day.isoformat(), row.gift, row.voucher, row.kind, row.donor,
        Money(row.fen).grouped, _STATES[row.state], f"打印 prints {row.printed}",
        row.official and f"财政票据 official {row.official}", row.void_reason,
    )  # fmt: skip
    return "  ".join(part for part in parts if part)


def _usage(zh: str, en: str) -> CannotRun:
    return CannotRun(finding("usage", zh, en, "用 --help 查看写法", "see --help"))
