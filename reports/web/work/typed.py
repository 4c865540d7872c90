"""What forms say: amounts, days, months, accounts; and findings that name the field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, overload

from flask import request

from ledger.choosing import resolve_account
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.registry import claims, entries, members
from reports.web.access import desk
from reports.web.work.members import FIRST_YEAR, LAST_YEAR, bad_field, day_typed
from reports.web.work.shown import words

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from sqlalchemy import Connection

    from ledger.registry.members import MemberRow


def text(name: str, longest: int = 100) -> str:
    return safe_text(request.form.get(name, ""), longest).strip()


def amount(name: str, faults: list[Finding], *, needed: bool = True) -> Money | None:
    """An amount above zero, as it is typed; None where it is empty."""
    typed = text(name, 30)
    if not typed and not needed:
        return None
    try:
        found = yuan(typed)
    except ValueError:
        found = Money(0)
    if found.fen <= 0:
        faults.append(bad_field("金额须大于零，写作 1,234.50", "an amount is above zero: 1,234.50"))
        return None
    return found


def needed_amount(name: str = "amount") -> Money:
    """An amount above zero; Refused if there is none."""
    faults: list[Finding] = []
    found = amount(name, faults)
    if found is None:
        raise Refused(*faults)
    return found


def digits(typed: str, longest: int = 9) -> int | None:
    """A number without a sign, of at most so many digits; None for anything else.

    Other scripts have digits too, such as ``²``, which are no number of ours.
    """
    if not (typed.isascii() and typed.isdigit() and len(typed) <= longest):
        return None
    return int(typed)


@overload
def period(name: str = "period", *, needed: Literal[True] = True) -> Period: ...
@overload
def period(name: str = "period", *, needed: bool) -> Period | None: ...
def period(name: str = "period", *, needed: bool = True) -> Period | None:
    """A year, quarter or month; None where it is empty and need not be there, else Refused."""
    typed = text(name, 10)
    if not typed and not needed:
        return None
    try:
        return Period.parse(typed)
    except ValueError as fault:
        raise Refused(
            finding(
                "bad-period", "期间写作 2026、2026-Q1 或 2026-03",
                "a period is written 2026, 2026-Q1 or 2026-03", "改正期间", "correct the period",
            )
        ) from fault  # fmt: skip


def fund(name: str = "fund") -> str:
    """The code of a fund, which its list shows before its name."""
    return text(name, 60).split(" ", 1)[0]


def day(name: str = "day") -> date:
    """The day of the form; today if it is empty, Refused if it cannot be read."""
    faults: list[Finding] = []
    found = day_typed(name, faults)
    if faults:
        raise Refused(*faults)
    return found or desk().clock().date()


def month_of(typed: str, default: Month) -> Month:
    """A month of an address; the default where it is none."""
    try:
        return _month(typed) if typed else default
    except ValueError:
        return default


def _month(typed: str) -> Month:
    found = Month.parse(typed)
    if not FIRST_YEAR <= found.year <= LAST_YEAR:
        raise ValueError(f"no month of ours: {typed[:20]}")
    return found


def month_typed(name: str = "month") -> Month:
    try:
        return _month(text(name, 10))
    except ValueError:
        raise Refused(bad_field("月份写作 2026-03", "a month is written 2026-03")) from None


def account(conn: Connection, unit: str, typed: str) -> str:
    """An account by code, initials or name; Refused if it is none."""
    try:
        return resolve_account(typed, entries.accounts(conn, unit))
    except ValueError as fault:
        zh, en = words(str(fault))
        raise Refused(
            finding("bad-account", zh, en or zh, "从列表中选一个科目", "choose one of the list")
        ) from fault


def account_named(unit: str, name: str, longest: int = 100) -> str:
    """The account that a field names; Refused if it is none."""
    with desk().registry.read() as conn:
        return account(conn, unit, text(name, longest))


def member_named(conn: Connection, unit: str, typed: str) -> MemberRow | None:
    """The unit's member of a number or an id, or the one whose claim's code it is."""
    found = members.by_number(conn, unit, typed) if typed else None
    if found is None and typed:
        found = members.find(conn, typed)
    if found is None and typed:
        claim = claims.find(conn, unit, typed.upper())
        if claim is not None and claim.member is not None:
            found = members.find(conn, claim.member)
    return found if found is not None and found.unit == unit else None


def no_member(typed: str) -> Finding:
    return finding(
        "no-member", f"没有编号或缴费码为 {typed[:24]} 的会员", f"there is no member {typed[:24]}",
        "核对会员编号；编号见「会员」页", "check the number; the members' page has them",
    )  # fmt: skip


def chosen(names: Mapping[str, object], typed: str) -> str:
    """A choice that is offered; empty where it is none."""
    return typed if typed in names else ""
