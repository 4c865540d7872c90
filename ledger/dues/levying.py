"""What employers owe on their payrolls: declared, claimed in shares, corrected by differences.

An employer's levy of a month is one list of claims, a claim for each share: one deposit of the
whole settles all of them, the unit's own share to income, those of upper unions to liabilities at
once. What is claimed follows what is declared: more is claimed under a new list, less takes back
what is still open, and what was paid is never touched. An employer without a union of its own
owes preparation money by another rule, which is held for the union to come.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.dues.assessing import rulebook_for
from ledger.errors import Refused, Words, finding
from ledger.money import CNY, Money
from ledger.reference import make_code
from ledger.registry import claim_lists, claims, employers, levies, oplog, units
from ledger.registry.claims import ClaimRow
from ledger.registry.levies import DIRECT, DueRow, LevyClaim, ShareRow
from ledger.rules.levy import Levy, levy_due, shares_of
from ledger.rules.rate_tables import RateTable, SplitTable
from ledger.rules.table import Place

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.period import Month
    from ledger.registry import Registry, User
    from ledger.registry.employers import EmployerRow
    from ledger.rules.rulebook import Rulebook

#: The rules: of employers with a union, and of those that have none yet.
LEVY: Final = "union-levy"
PREPARATION: Final = "union-preparation"
#: The one part of preparation money: all of it is held.
HELD: Final = "held"
#: What the kinds of claims are called, by the way the money comes.
KINDS: Final = {"direct": "levy", "tax": "levy-tax", "fiscal": "levy-fiscal"}
HELD_KIND: Final = "levy-held"
_CLAIM, _LIST = "BJ", "BL"
#: States in which a claim stands for a part of what is owed.
STANDING: Final = (claims.OPEN, claims.DRAFTED, claims.PAID, claims.WRITTEN_OFF)


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one declared payroll came to. ``fen`` is the difference to what was owed before."""

    employer: str
    month: str
    row: DueRow
    levy: Levy
    fen: int
    list_code: str | None
    codes: tuple[str, ...] = ()

    @property
    def arithmetic(self) -> Words:
        return self.levy.rated.arithmetic

    def as_json(self) -> dict[str, Any]:
        head = self.levy.rated.table.head
        return {
            "employer": self.employer,
            "month": self.month,
            "rule": self.row.rule,
            "table": head.key,
            "source": self.levy.rated.source,
            "confidence": head.confidence,
            "payroll": Money(self.row.payroll_fen).text,
            "due": Money(self.row.total_fen).text,
            "difference": Money(self.fen).text,
            "arithmetic": self.arithmetic.zh,
            "list": self.list_code,
            "claims": list(self.codes),
        }


@dataclass(frozen=True, slots=True)
class Declared:
    """A payroll as it was declared; ``employer`` is an id, a name or a credit code."""

    employer: str
    payroll: Money


def employer_called(conn: Connection, registry: Registry, unit: str, word: str) -> EmployerRow:
    """The one employer of this id, name or credit code; Refused if there is none."""
    found = employers.called(conn, registry.vault, unit, word)
    if found is None:
        raise Refused(
            finding(
                "no-employer",
                "没有登记这一缴费单位，或名称不唯一",
                "no employer is registered by this id, name or credit code, or several are",
                "用 mingbai levy employer 登记；mingbai levy employers 列出",
                "register it with mingbai levy employer; mingbai levy employers lists them",
            )
        )
    return found


class Desk:
    """Entering levies of one unit within one transaction."""

    def __init__(
        self, conn: Connection, registry: Registry, unit: str, user: User, now: datetime
    ) -> None:
        self.conn = conn
        self.registry = registry
        self.unit = unit
        self.user = user
        self.now = now
        self._book: Rulebook = rulebook_for(registry, unit)[0]
        self._place: Place = Place.of(units.find(conn, unit))
        self._accounts: dict[str, dict[str, ShareRow]] = {}
        self._numbers: dict[str, int] = {}

    # ---- rules ---------------------------------------------------------------------------------

    def split(self, month: Month) -> SplitTable:
        return self._book.in_force(SplitTable, LEVY, month.first, self._place)

    def levy(self, rule: str, payroll: Money, month: Month) -> Levy:
        table = self._book.in_force(RateTable, rule, month.first, self._place)
        return levy_due(payroll, table, self.split(month) if rule == LEVY else None)

    def parts(self, rule: str, amount: Money, month: Month) -> tuple[list[tuple[str, Money]], str]:
        """The parts of an amount that comes, and the table that shares it."""
        if rule == PREPARATION:
            return [(HELD, amount)], ""
        table = self.split(month)
        return [(s.part.to, s.amount) for s in shares_of(amount, table)], table.head.key

    def target(self, rule: str, part: str) -> ShareRow:
        """Where a part is entered; Refused if nobody said so."""
        if rule not in self._accounts:
            self._accounts[rule] = {r.part: r for r in levies.shares(self.conn, self.unit, rule)}
        row = self._accounts[rule].get(part)
        if row is None:
            raise Refused(
                finding(
                    "no-levy-share",
                    f"未设定 {rule} 的「{part}」部分记入何处",
                    f"nobody said where the part {part} of {rule} is entered",
                    f"mingbai levy scheme DIR --unit {self.unit} {rule} --share {part} 科目 资金",
                    f"mingbai levy scheme DIR --unit {self.unit} {rule} --share {part} ACCOUNT F",
                )
            )
        return row

    def rule_of(self, employer: EmployerRow, month: Month) -> str:
        """By which rule an employer owes a month: with a union by its first day, or without.

        A month that was declared keeps its rule, whatever is learnt of the union later: what it
        paid as preparation money is released, not owed once more.
        """
        dues = levies.dues(self.conn, self.unit, [str(month)], employer.id)
        if dues:
            return dues[0].rule
        return LEVY if employer.has_union(month.first) else PREPARATION

    # ---- declared ------------------------------------------------------------------------------

    def declare(
        self, employer: EmployerRow, month: Month, payroll: Money, said_by: str
    ) -> Declaration:
        """Enter a payroll, or the difference that a corrected one makes, and claim by it."""
        rule = self.rule_of(employer, month)
        levy = self.levy(rule, payroll, month)
        before = [
            row
            for row in levies.dues(self.conn, self.unit, [str(month)], employer.id)
            if row.rule == rule
        ]
        last = before[-1] if before else None
        head = levy.rated.table.head
        fen = levy.amount.fen - (last.total_fen if last else 0)
        row = DueRow(
            self.unit, employer.id, rule, str(month), last.number + 1 if last else 0,
            payroll.fen, fen, levy.amount.fen, head.key, head.digest,
            f"{levy.rated.source}；{said_by}"[:300],
        )  # fmt: skip
        if last is not None and (last.payroll_fen, last.table_key) == (payroll.fen, head.key):
            return Declaration(employer.id, str(month), last, levy, 0, None)
        levies.add_due(self.conn, row, user=self.user.id, now=self.now)
        code, codes = self.follow(employer, rule, month)
        return Declaration(employer.id, str(month), row, levy, fen, code, codes)

    def follow(
        self, employer: EmployerRow, rule: str, month: Month
    ) -> tuple[str | None, tuple[str, ...]]:
        """Claim what is owed and stands in no claim; take back what is claimed too much."""
        need = self.needed(employer.id, rule, month)
        parent = None
        if need < 0:
            parent = self.void_direct(employer.id, rule, month)
            need = self.needed(employer.id, rule, month)
        if need <= 0:
            return None, ()
        code = self.next_code(_LIST, month.year)
        return code, self.claim(employer.id, rule, month, Money(need), code, DIRECT, parent)

    def needed(self, employer: str, rule: str, month: Month) -> int:
        """What is owed for the month and stands in no claim; negative where more does."""
        dues = levies.dues(self.conn, self.unit, [str(month)], employer)
        owed = sum(row.fen for row in dues if row.rule == rule)
        return owed - sum(
            one.claim.fen
            for one in self._claims(employer, rule, month)
            if one.claim.state in STANDING
        )

    def void_direct(self, employer: str, rule: str, month: Month) -> str | None:
        """Take back what is still open of what the employer would pay itself; a code of it."""
        found = [
            one.claim
            for one in self._claims(employer, rule, month)
            if one.channel == DIRECT and one.claim.state == claims.OPEN
        ]
        # Out of its list as well, so that the list's code may be used for what comes instead.
        for code in dict.fromkeys(row.list_code for row in found if row.list_code):
            claims.void_list(self.conn, self.unit, code)
        return found[-1].code if found else None

    def claim(
        self,
        employer: str,
        rule: str,
        month: Month,
        amount: Money,
        list_code: str,
        channel: str,
        parent: str | None = None,
    ) -> tuple[str, ...]:
        """Claims of an amount that is to come in one deposit, a claim for each share."""
        parts, split_key = self.parts(rule, amount, month)
        kind = HELD_KIND if rule == PREPARATION else KINDS[channel]
        rows = []
        for part, share in parts:
            if not share:
                continue
            to = self.target(rule, part)
            code = self.next_code(_CLAIM, month.year)
            row = ClaimRow(
                self.unit, code, kind, None, to.account, to.fund, str(month), share.fen, CNY,
                claims.OPEN, list_code, rule, _due_day(month), None, parent,
            )  # fmt: skip
            rows.append(LevyClaim(row, employer, part, channel, split_key))
        claims.add_many(self.conn, [row.claim for row in rows])
        levies.add_claims(self.conn, rows)
        return tuple(row.claim.code for row in rows)

    def next_code(self, prefix: str, year: int) -> str:
        head = f"{prefix}{year}-"
        if head not in self._numbers:
            if prefix != _CLAIM:
                known = claims.list_codes(self.conn, self.unit)
                known |= claim_lists.all_lists(self.conn, self.registry.vault, self.unit).keys()
                numbers = [int(code.split("-")[1]) for code in known if code.startswith(head)]
                # Void claims left their list. A list has a claim at least, so that this number is
                # above all that were ever given.
                ever = claims.last_number(self.conn, self.unit, f"{_CLAIM}{year}-")
                self._numbers[head] = max([*numbers, ever])
            else:
                self._numbers[head] = claims.last_number(self.conn, self.unit, head)
        self._numbers[head] += 1
        return make_code(prefix, year, self._numbers[head])

    def _claims(self, employer: str, rule: str, month: Month) -> list[LevyClaim]:
        found = levies.claims_of(self.conn, self.unit, employer=employer, months=[str(month)])
        return [one for one in found if one.claim.rule == rule]

    def log(self, action: str, thing: str, detail: str) -> None:
        oplog.record(
            self.conn, at=self.now, user=self.user.id, unit=self.unit, action=action,
            object=thing[:120], detail=detail,
        )  # fmt: skip


def declare(
    registry: Registry,
    unit: str,
    month: Month,
    declared: Sequence[Declared],
    user: User,
    now: datetime,
    said_by: str = "单位申报",
) -> list[Declaration]:
    """Enter payrolls of a month, all or none; unchanged ones again change nothing."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        desk = Desk(conn, registry, unit, user, now)
        done = [
            desk.declare(
                employer_called(conn, registry, unit, one.employer), month, one.payroll, said_by
            )
            for one in declared
        ]
        desk.log("levy.declare", str(month), f"{len(done)} payrolls")
    return done


def register(
    registry: Registry,
    unit: str,
    name: str,
    credit_code: str,
    user: User,
    now: datetime,
    *,
    union_since: date | None,
) -> EmployerRow:
    """Enter an employer; Refused if the unit has one of that name or credit code."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        desk = Desk(conn, registry, unit, user, now)
        return register_in(desk, name, credit_code, union_since)


def register_in(desk: Desk, name: str, credit_code: str, union_since: date | None) -> EmployerRow:
    """:func:`register` within a desk's transaction."""
    vault = desk.registry.vault
    words = [word for word in (name.strip(), credit_code.strip()) if word]
    taken = any(employers.called(desk.conn, vault, desk.unit, word) for word in words)
    if not name.strip() or len(name) > 120 or len(credit_code) > 40 or taken:
        raise Refused(
            finding(
                "bad-employer",
                "缴费单位没有名称、过长，或已登记",
                "the employer has no name, too long a one, or is registered already",
                "mingbai levy employers 列出已登记的单位",
                "mingbai levy employers lists those that are registered",
            )
        )
    row = employers.add(
        desk.conn, vault, desk.unit, name.strip(), credit_code.strip(),
        union_since=union_since, user=desk.user.id, now=desk.now,
    )  # fmt: skip
    desk.log("levy.employer", row.id, str(union_since or "no union"))
    return row


def _due_day(month: Month) -> date:
    """The rule says that the levy is paid monthly and names no day: the month's last."""
    return month.period.last
