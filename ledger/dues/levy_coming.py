"""What comes of a levy, and by which way: from the employer, the tax office, or public finance.

What came is what is shared, not what was due. An amount that is announced takes the place of what
the employer would have paid itself; the rest of what is owed stays claimed under another list.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from ledger import workflow
from ledger.dues.levying import STANDING, Desk, employer_called, register_in
from ledger.errors import Finding, Refused, finding
from ledger.money import Money, total
from ledger.registry import claims, employers, levies
from ledger.registry.levies import CHANNELS, DIRECT, TAX, LevyClaim

if TYPE_CHECKING:
    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.registry.employers import EmployerRow


@dataclass(frozen=True, slots=True)
class Coming:
    """What comes of one employer's month. ``payroll`` is what the announcement says, if it does;
    ``name`` and ``credit_code`` register an employer that nobody knew."""

    employer: str
    amount: Money
    payroll: Money | None = None
    credit_code: str = ""


@dataclass(frozen=True, slots=True)
class Announced:
    """The list that one deposit will settle, and what ought to be looked at."""

    code: str
    channel: str
    amount: Money
    claims: tuple[str, ...]
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """How an employer's month stands: ``received`` by channel, in fen."""

    employer: str
    rule: str
    month: str
    payroll: Money | None
    due: Money
    received: dict[str, int]
    open: Money

    @property
    def outstanding(self) -> Money:
        """What has not come."""
        return Money(max(0, self._missing))

    @property
    def overpaid(self) -> Money:
        """What came beyond what is due, paid ahead or by mistake."""
        return Money(max(0, -self._missing))

    @property
    def _missing(self) -> int:
        return self.due.fen - sum(self.received.values())


def announce(
    registry: Registry,
    unit: str,
    month: Month,
    coming: Sequence[Coming],
    channel: str,
    user: User,
    now: datetime,
    code: str = "",
    *,
    register: bool = False,
) -> Announced:
    """Expect amounts under one code; the same again takes the place of what was announced.

    Refused if the code's payment has come, or the code is another list's.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        desk = Desk(conn, registry, unit, user, now)
        return announce_in(desk, month, coming, channel, code, register=register)


def announce_in(
    desk: Desk,
    month: Month,
    coming: Sequence[Coming],
    channel: str,
    code: str = "",
    *,
    register: bool = False,
) -> Announced:
    """:func:`announce` within a desk's transaction, for who has asked for the right."""
    if channel not in CHANNELS or any(one.amount.fen <= 0 for one in coming) or not coming:
        raise Refused(_nothing())
    found: list[Finding] = []
    who = [_employer(desk, one, register=register) for one in coming]
    if len({row.id for row in who}) != len(who):
        raise Refused(_twice())
    code = code or _code_of(desk, who, month, channel)
    touched = _replace(desk, code, channel)
    codes: list[str] = []
    for row, one in zip(who, coming, strict=True):
        rule = desk.rule_of(row, month)
        found += _payroll(desk, row, month, one, channel)
        desk.void_direct(row.id, rule, month)
        codes += desk.claim(row.id, rule, month, one.amount, code, channel)
        touched[row.id] = (row, month)
    for row, of in touched.values():
        rule = desk.rule_of(row, of)
        if desk.needed(row.id, rule, of) > 0:
            desk.follow(row, rule, of)
    amount = total(one.amount for one in coming)
    desk.log("levy.announce", code, f"{channel}, {len(coming)} employers, {amount.text}")
    return Announced(code, channel, amount, tuple(codes), tuple(found))


def _employer(desk: Desk, one: Coming, *, register: bool) -> EmployerRow:
    for word in (one.credit_code, one.employer):
        found = employers.called(desk.conn, desk.registry.vault, desk.unit, word) if word else None
        if found is not None:
            return found
    if register:
        # Whoever pays the levy through the tax office and is not known otherwise: nobody said that
        # it has a union, so that what comes is held until somebody does.
        return register_in(desk, one.employer, one.credit_code, None)
    return employer_called(desk.conn, desk.registry, desk.unit, one.employer)


def _code_of(desk: Desk, who: Sequence[EmployerRow], month: Month, channel: str) -> str:
    """The code of the list that the employer has in hand, else a new one."""
    if channel == DIRECT and len(who) == 1:
        for one in levies.claims_of(desk.conn, desk.unit, employer=who[0].id, months=[str(month)]):
            row = one.claim
            if one.channel == DIRECT and row.state == claims.OPEN and row.list_code:
                return row.list_code
    return desk.next_code("DS" if channel == TAX else "BL", month.year)


def _replace(desk: Desk, code: str, channel: str) -> dict[str, tuple[EmployerRow, Month]]:
    """Take back what was announced under a code before; whose months that touches."""
    from ledger.period import Month

    old = levies.claims_of(desk.conn, desk.unit, list_code=code)
    rows = claims.of_list(desk.conn, desk.unit, code)
    if len(old) != len(rows) or any(one.channel != channel for one in old):
        raise Refused(_other(code))
    if any(row.state != claims.OPEN for row in rows):
        raise Refused(_paid(code))
    claims.void_list(desk.conn, desk.unit, code)
    touched = {}
    for one in old:
        row = employers.called(desk.conn, desk.registry.vault, desk.unit, one.employer)
        if row is not None:
            touched[row.id] = (row, Month.parse(one.claim.month))
    return touched


def _payroll(
    desk: Desk, row: EmployerRow, month: Month, one: Coming, channel: str
) -> list[Finding]:
    """Declare the payroll that an announcement says, if the employer declared none itself."""
    if one.payroll is None:
        return []
    rule = desk.rule_of(row, month)
    known = [
        due
        for due in levies.dues(desk.conn, desk.unit, [str(month)], row.id)
        if due.rule == rule
    ]  # fmt: skip
    if not known:
        desk.declare(row, month, one.payroll, f"按{channel}清单")
        return []
    if known[-1].payroll_fen == one.payroll.fen:
        return []
    mine = Money(known[-1].payroll_fen).grouped
    return [
        finding(
            "payroll-differs",
            f"缴费单位 {row.id}：申报工资总额 {mine}，清单 {one.payroll.grouped}",
            f"employer {row.id} declared a payroll of {mine}, the list says {one.payroll.grouped}",
            "请单位核对；更正用 mingbai levy declare",
            "ask the employer; a correction is entered with mingbai levy declare",
            severity="warning",
        )
    ]


def standings(registry: Registry, unit: str, months: Sequence[Month]) -> list[Standing]:
    """How every employer that declared or paid stands, by employer and month."""
    names = [str(month) for month in months]
    with registry.read() as conn:
        dues = levies.dues(conn, unit, names)
        rows = levies.claims_of(conn, unit, months=names)
    owed: dict[tuple[str, str, str], list[levies.DueRow]] = {}
    for due in dues:
        owed.setdefault((due.employer, due.month, due.rule), []).append(due)
    claimed: dict[tuple[str, str, str], list[LevyClaim]] = {}
    for one in rows:
        if one.claim.state in STANDING:
            key = (one.employer, one.claim.month, one.claim.rule)
            claimed.setdefault(key, []).append(one)
    found = []
    for employer, month, rule in sorted({*owed, *claimed}):
        versions = owed.get((employer, month, rule), [])
        stands = claimed.get((employer, month, rule), [])
        received: dict[str, int] = {}
        for one in stands:
            if one.claim.state == claims.PAID:
                received[one.channel] = received.get(one.channel, 0) + one.claim.fen
        waits = sum(o.claim.fen for o in stands if o.claim.state in (claims.OPEN, claims.DRAFTED))
        found.append(
            Standing(
                employer, rule, month, Money(versions[-1].payroll_fen) if versions else None,
                Money(sum(row.fen for row in versions)), received, Money(waits),
            )
        )  # fmt: skip
    return found


def _nothing() -> Finding:
    return finding(
        "nothing-comes", "没有到账金额，或渠道不明", "nothing is to come, or by no known way",
        f"渠道为 {'、'.join(CHANNELS)} 之一，金额大于零",
        f"the ways are {', '.join(CHANNELS)}; amounts are above zero",
    )  # fmt: skip


def _twice() -> Finding:
    return finding(
        "employer-twice", "同一缴费单位出现两次", "an employer stands there twice",
        "每个单位合并为一行", "put what one employer paid into one row",
    )  # fmt: skip


def _other(code: str) -> Finding:
    return finding(
        "list-code-taken", f"编号 {code} 已用于另一种清单",
        f"list code {code} is that of a list of another kind",
        "换一个编号，或留空由系统给出", "give another code, or none",
    )  # fmt: skip


def _paid(code: str) -> Finding:
    return finding(
        "payroll-paid", f"清单 {code} 的款项已到账或正在入账，不能更改",
        f"the payment of list {code} has come or is being entered: it cannot be changed",
        "新的清单用新的编号；要更正请先冲销或撤回",
        "give a new list a new code; to correct this one, reverse or withdraw first",
    )  # fmt: skip
