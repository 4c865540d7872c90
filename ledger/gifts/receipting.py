"""Receipts of gifts: one for each arrival that is posted, numbered without gaps.

They are internal receipts: none is an official one until the finance authority's number is entered,
and that is entered once. A receipt is void when one asked and another confirmed it; where its
voucher was reversed no money stands behind it, and one is enough. What was given for a receipt that
is void may be given a receipt again.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.entry import safe_text
from ledger.errors import Refused, finding, refuse_if
from ledger.gifts.arriving import Arrival, arrivals
from ledger.gifts.sealing import canonical_text, leaf_of, open_month
from ledger.gifts.standing import known_gift
from ledger.period import Month
from ledger.registry import donors, entries, gift_receipts, gifts, oplog
from ledger.registry.gift_receipts import PREFIX, VALID, VOID, VOIDING, GiftReceiptRow
from ledger.registry.gifts import MEMO
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.errors import Finding
    from ledger.period import Period
    from ledger.registry import Registry, User
    from ledger.registry.gifts import GiftRow

#: What the operation log calls giving one, and making one void.
GIVEN: Final = "gift-receipt.give"
VOIDED: Final = "gift-receipt.void"

_CODE: Final = re.compile(rf"{PREFIX}(\d{{4}})-(\d{{4,7}})-\d", re.ASCII)
_OFFICIAL: Final = re.compile(r"(?=.*[0-9])[A-Za-z0-9][A-Za-z0-9-]{3,58}[A-Za-z0-9]")


# ---- giving ------------------------------------------------------------------------------------


def give_for(
    registry: Registry, unit: str, code: str, user: User, now: datetime
) -> list[GiftReceiptRow]:
    """Give a gift the receipts that it still lacks; all its receipts, void ones among them.

    Refused where nothing of it is in the book yet, and for what stands in the memo register.
    """
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        row = known_gift(conn, unit, code)
        funds = {row.fund, *(one.fund for one in gifts.events(conn, unit, [code]).get(code, ()))}
    refuse_if([_memo(row)] if row.kind == MEMO else [])
    came = [one for one in arrivals(registry, unit, funds - {""}) if one.gift == code]
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _give(conn, registry, unit, came, user, now)
        found = gift_receipts.of_gifts(conn, unit, [code]).get(code, [])
        refuse_if([] if found else [_nothing_came(row)])
        return found


def give_all(
    registry: Registry, unit: str, period: Period, user: User, now: datetime
) -> list[GiftReceiptRow]:
    """Give a receipt for everything that came in a period and has none, all in one transaction.

    The receipts, valid ones, of all that came in the period, by number.
    """
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        funds = gifts.funds_of(conn, unit)
    came = arrivals(registry, unit, funds, period)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        _give(conn, registry, unit, came, user, now)
        known = gift_receipts.of_gifts(conn, unit, {one.gift for one in came})
    wanted = {(one.gift, one.voucher) for one in came}
    found = [
        row
        for rows in known.values()
        for row in rows
        if row.state != VOID and (row.gift, row.voucher) in wanted
    ]
    return sorted(found, key=lambda row: (row.year, row.number))


def _give(
    conn: Connection, registry: Registry, unit: str, came: Sequence[Arrival], user: User,
    now: datetime,
) -> None:  # fmt: skip
    """Number what has no receipt; the caller holds the unit's lock."""
    new = _lacking(conn, unit, came)
    if not new:
        return
    rows_of = gifts.with_codes(conn, unit, {one.gift for one in new})
    rows = _numbered(conn, unit, new, rows_of, user, now)
    opened = donors.openings(conn, registry.vault, {row.gift: row.donor for row in rows})
    rows = [_with_leaves(row, opened.get(row.gift, ("", ""))[0]) for row in rows]
    gift_receipts.add_many(conn, rows)
    _log_given(conn, unit, rows, user, now)


def lacking(registry: Registry, unit: str, period: Period | None = None) -> list[Arrival]:
    """What came, within a period if given, and has no receipt."""
    with registry.read() as conn:
        funds = gifts.funds_of(conn, unit)
    came = arrivals(registry, unit, funds, period)
    with registry.read() as conn:
        return _lacking(conn, unit, came)


def _lacking(conn: Connection, unit: str, came: Sequence[Arrival]) -> list[Arrival]:
    """Those that stand, are of gifts that are known, and have no receipt but void ones."""
    known = gift_receipts.of_gifts(conn, unit, {one.gift for one in came})
    has = {(row.gift, row.voucher) for rows in known.values() for row in rows if row.state != VOID}
    gone = entries.reversals_of(conn, unit, {one.voucher for one in came})
    entered = gifts.with_codes(conn, unit, {one.gift for one in came})
    return [
        one
        for one in came
        if (one.gift, one.voucher) not in has and one.voucher not in gone and one.gift in entered
    ]


def _numbered(
    conn: Connection, unit: str, new: Sequence[Arrival], rows_of: dict[str, GiftRow], user: User,
    now: datetime,
) -> list[GiftReceiptRow]:  # fmt: skip
    at = now.isoformat(timespec="seconds")
    first = open_month(conn, unit, "")
    last: dict[int, int] = {}
    rows = []
    for one in new:
        month = max(first, str(Month.of(one.day)))
        year = int(month[:4])
        if year not in last:
            last[year] = gift_receipts.last_number(conn, unit, year)
        last[year] += 1
        gift = rows_of[one.gift]
        rows.append(GiftReceiptRow(
            unit, year, last[year], one.gift, one.voucher, gift.donor, one.day, gift.kind, one.fen,
            month, "", "", 0, "", user.id, at,
        ))  # fmt: skip
    return rows


def _with_leaves(row: GiftReceiptRow, opening: str) -> GiftReceiptRow:
    """What stands for it, valid and void. Of an erased donor nobody can prove anything."""
    opening = opening or secrets.token_hex(32)
    valid, void = (leaf_of(opening, canonical_text(row, void=void)) for void in (False, True))
    return replace(row, leaf=valid.hex(), void_leaf=void.hex())


def _log_given(
    conn: Connection, unit: str, rows: Sequence[GiftReceiptRow], user: User, now: datetime
) -> None:
    """One act for each year, with a digest over the leaves of the numbers that it gave."""
    by_year = defaultdict(list)
    for row in rows:
        by_year[row.year].append(row)
    acts = [
        (GIVEN, f"{of[0].code} {of[-1].code}", f"{len(of)} {leaves_digest(of)}")
        for of in by_year.values()
    ]
    oplog.record_many(conn, at=now, user=user.id, unit=unit, acts=acts)


def leaves_digest(rows: Collection[GiftReceiptRow]) -> str:
    """SHA-256 over the leaves of receipts, which the operation log keeps of each act."""
    return hashlib.sha256("".join(f"{row.leaf}\n" for row in rows).encode()).hexdigest()


# ---- one receipt -------------------------------------------------------------------------------


def receipt_called(conn: Connection, unit: str, code: str) -> GiftReceiptRow:
    """The unit's receipt of this number; Refused if there is none."""
    numbers = numbers_of(code)
    row = gift_receipts.find(conn, unit, *numbers) if numbers else None
    if row is None or row.code != code:
        raise Refused(
            finding(
                "no-gift-receipt", f"没有捐赠收据 {code[:24]}",
                f"there is no receipt of a gift {code[:24]}",
                "用 mingbai gift receipt DIR --list 查看", "see mingbai gift receipt DIR --list",
            )
        )  # fmt: skip
    return row


def numbers_of(code: str) -> tuple[int, int] | None:
    """The year and the number in a receipt's code; None if it is none."""
    found = _CODE.fullmatch(code)
    return (int(found[1]), int(found[2])) if found else None


def ask_void(
    registry: Registry, unit: str, code: str, reason: str, user: User, now: datetime
) -> GiftReceiptRow:
    """Ask that a receipt be void; its number stays. Refused without a reason, and if it is void.

    Where its voucher was reversed, no money stands behind it and it is void at once.
    """
    workflow.demand(user, "record", unit)
    reason = safe_text(reason, 300)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = receipt_called(conn, unit, code)
        refuse_if(named_faults(conn, registry, reason))
        if not reason:
            raise Refused(_bad("作废收据须写明原因", "a receipt is void for a reason",
                               "用 --reason 写明", "give it with --reason"))  # fmt: skip
        _must_be(row, VALID)
        gift_receipts.ask_void(conn, row, reason, user.id, now)
        if row.voucher in entries.reversals_of(conn, unit, [row.voucher]):
            _void(conn, row, None, user, now)
        else:
            _log(conn, row, "gift-receipt.ask-void", user, now)
        return receipt_called(conn, unit, code)


def confirm_void(
    registry: Registry, unit: str, code: str, user: User, now: datetime
) -> GiftReceiptRow:
    """Make a receipt void that somebody else asked to be. NotAllowed for who asked."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = receipt_called(conn, unit, code)
        _must_be(row, VOIDING)
        workflow.demand_other(
            conn, user, [row.void_by or ""],
            "申请人不能确认自己的申请", "nobody confirms what they asked for",
        )  # fmt: skip
        _void(conn, row, user.id, user, now)
        return receipt_called(conn, unit, code)


def keep(registry: Registry, unit: str, code: str, user: User, now: datetime) -> GiftReceiptRow:
    """A receipt that was asked to be void stays valid: a checker says no, or who asked does."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = receipt_called(conn, unit, code)
        _must_be(row, VOIDING)
        gift_receipts.keep(conn, row)
        _log(conn, row, "gift-receipt.keep", user, now)
        return receipt_called(conn, unit, code)


def enter_official(
    registry: Registry, unit: str, code: str, official: str, user: User, now: datetime
) -> GiftReceiptRow:
    """Keep the number of the finance authority's own receipt; once, and one for each."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = receipt_called(conn, unit, code)
        _must_be(row, VALID)
        refuse_if(_official_faults(conn, row, official))
        gift_receipts.set_official(conn, row, official)
        _log(conn, row, "gift-receipt.official", user, now, official)
        return receipt_called(conn, unit, code)


def _official_faults(conn: Connection, row: GiftReceiptRow, official: str) -> list[Finding]:
    if not _OFFICIAL.fullmatch(official):
        return [
            _bad(
                "财政票据号为 5 至 60 位字母、数字与连字符",
                "an official number has 5 to 60 letters, digits and hyphens",
                "照票据抄写：票据代码-票据号码",
                "copy it: the code, a hyphen, the number",
            )
        ]
    if row.official:
        return [
            _bad(
                f"收据 {row.code} 已登记财政票据号，不能更改",
                f"receipt {row.code} has its official number already; it stays",
                "登记有误的，作废此收据后另开",
                "if it is wrong, make the receipt void and give another",
            )
        ]
    other = gift_receipts.with_official(conn, row.unit, official)
    if other is not None:
        return [_bad(f"此票据号已登记在收据 {other.code}",
                     f"receipt {other.code} has that number",
                     "核对票据号", "check the number")]  # fmt: skip
    return []


def _void(
    conn: Connection, row: GiftReceiptRow, checker: str | None, user: User, now: datetime
) -> None:
    gift_receipts.make_void(conn, row, checker, open_month(conn, row.unit, row.month))
    _log(conn, row, VOIDED, user, now)


def _must_be(row: GiftReceiptRow, state: str) -> None:
    if row.state != state:
        asked = state == VOIDING
        raise Refused(
            finding(
                "gift-receipt-state",
                f"收据 {row.code} 没有待确认的作废申请" if asked
                else f"收据 {row.code} 已作废或正在申请作废",
                f"receipt {row.code} was not asked to be void" if asked
                else f"receipt {row.code} is void, or is asked to be",
                "用 mingbai gift receipt DIR --list 查看", "see mingbai gift receipt DIR --list",
            )
        )  # fmt: skip


def _log(
    conn: Connection, row: GiftReceiptRow, action: str, user: User, now: datetime, detail: str = ""
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code,
        detail=detail or row.gift,
    )  # fmt: skip


def _memo(row: GiftRow) -> Finding:
    return _bad(f"{row.code} 登记在备查簿，没有入账金额，不开收据",
                f"{row.code} stands in the memo register without an amount: it has no receipt",
                "能计量的按其种类登记", "enter what has a measure as what it is")  # fmt: skip


def _nothing_came(row: GiftRow) -> Finding:
    return _bad(f"捐赠 {row.code} 尚未入账，已入账的才开收据",
                f"nothing of gift {row.code} is in the book; receipts are for what is",
                "先审核其凭证草稿", "approve its draft first")  # fmt: skip


def _bad(zh: str, en: str, todo_zh: str, todo_en: str) -> Finding:
    return finding("bad-gift-receipt", zh, en, todo_zh, todo_en)
