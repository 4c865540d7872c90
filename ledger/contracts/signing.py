"""What a contract says: signing it, amending it in versions, and a second person who confirms.

Nothing is received or paid for a version that only its maker has seen. The sum of the milestones is
the contract's sum, in every version; what was accepted or moved already stays as it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.contracts.checking import Facts, facts_of
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.money import Money, total
from ledger.reference import make_code
from ledger.registry import contracts, counterparties, decisions, entries, oplog, papers, persons
from ledger.registry.contracts import (
    APPROVED,
    BUYER,
    CONFIRMED,
    DRAFT,
    MILESTONE_PREFIX,
    OPEN,
    ROLES,
    SIGNED,
    SUPPLIER,
    WITHDRAWN,
    ContractRow,
    MilestoneRow,
    VersionRow,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

MOST_MILESTONES: Final = 60
#: What no purchase of services is: its price is earned, not granted, given or owed by members.
_NO_SERVICE: Final = ("补助", "拨款", "拨缴", "捐赠", "会费", "党费")
_SERVICE: Final = "提供服务"


@dataclass(frozen=True, slots=True)
class Planned:
    """A milestone as the contract says it."""

    due: date
    amount: Money
    deliverable: str


@dataclass(frozen=True, slots=True)
class Terms:
    """What a version of a contract says. ``advance`` is the share that may move before acceptance;
    ``paper`` the contract itself: its file's name and bytes."""

    purpose: str
    account: str
    fund: str
    amount: Money
    signed: date
    starts: date
    ends: date
    decision: str
    milestones: tuple[Planned, ...]
    paper: tuple[str, bytes] | None
    advance: Fraction = Fraction(0)
    reason: str = ""

    @property
    def advance_fen(self) -> int:
        """The agreed advance, rounded down to the fen: it is a limit."""
        return int(self.amount.fen * self.advance)


def sign(
    registry: Registry, unit: str, number: str, role: str, party: str, terms: Terms, user: User,
    now: datetime,
) -> ContractRow:  # fmt: skip
    """Enter a contract that was signed, to be confirmed by another person. Who records may.

    Refused where milestones do not add up to its sum, for a subsidy account, an account or fund
    that is not open, no decision, no paper, days out of order, and a contract that is there.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        head = ContractRow(
            unit, "", safe_text(number)[:60], role, safe_text(party)[:120], SIGNED, 0
        )
        refuse_if([*_head_faults(conn, registry, head), *_faults(conn, registry, head, terms, now)])
        row = replace(
            head, code=contracts.next_code(conn, unit, terms.signed.year),
            party=counterparties.named(conn, unit, head.party, user.id, now),
        )  # fmt: skip
        contracts.add(conn, row)
        _add_version(conn, registry, row, 1, terms, (), user, now)
        _log(conn, row, "contract.sign", terms.amount.text, user, now)
    return row


def amend(
    registry: Registry, unit: str, code: str, terms: Terms, user: User, now: datetime
) -> VersionRow:
    """Enter another version, to be confirmed by another person; one that waits gives way to it.

    Refused as :func:`sign`, without a reason, and where it takes back what was accepted or moved.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        facts = facts_of(conn, row)
        faults = [*_faults(conn, registry, row, terms, now), *_kept_faults(facts, terms)]
        if not safe_text(terms.reason):
            faults.append(_bad("变更须写明原因", "an amendment has a reason"))
        if row.state not in (OPEN, SIGNED):
            faults.append(_bad(f"合同已是 {row.state}", f"the contract is {row.state}"))
        refuse_if(faults)
        every = contracts.versions(conn, unit, code)
        for waits in every:
            if waits.state == DRAFT:
                contracts.set_version(conn, waits, WITHDRAWN, user.id, now)
        before = contracts.milestones(conn, unit, code, row.version or every[-1].version)
        version = _add_version(
            conn, registry, row, every[-1].version + 1, terms,
            [one.milestone for one in before], user, now,
        )  # fmt: skip
        _log(conn, row, "contract.amend", terms.amount.text, user, now)
    return version


def confirm(
    registry: Registry, unit: str, code: str, user: User, now: datetime, *, seen: int | None = None
) -> VersionRow:
    """Put the version that waits in force. Who approves may; NotAllowed for its maker.

    ``seen`` is the version that was looked at; Refused if another one waits by now.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        version = _waiting(conn, row)
        if seen not in (None, version.version):
            raise Refused(_bad("待确认的已是另一版", "another version waits by now"))
        workflow.demand_other(
            conn, user, [version.maker],
            "登记人不能确认自己登记的合同", "nobody confirms what they entered",
        )  # fmt: skip
        stones = contracts.milestones(conn, unit, code, version.version)
        planned = tuple(Planned(one.due, Money(one.fen), one.deliverable) for one in stones)
        refuse_if(_moved_faults(facts_of(conn, row), planned, version))
        contracts.set_version(conn, version, APPROVED, user.id, now)
        contracts.set_state(conn, row, OPEN, version.version)
        contracts.begin(conn, unit, code, [one.milestone for one in stones])
        contracts.add_event(
            conn, row, CONFIRMED, now.date(), user.id, now, note=f"v{version.version}"
        )
        _log(conn, row, "contract.confirm", Money(version.fen).text, user, now)
    return version


def withdraw(registry: Registry, unit: str, code: str, user: User, now: datetime) -> None:
    """Take the version that waits back: who records, or who would confirm it."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        contracts.set_version(conn, _waiting(conn, row), WITHDRAWN, user.id, now)
        if not row.version:
            contracts.set_state(conn, row, WITHDRAWN, 0)
        _log(conn, row, "contract.withdraw", "", user, now)


def _add_version(
    conn: Connection, registry: Registry, row: ContractRow, version: int, terms: Terms,
    codes: Sequence[str], user: User, now: datetime,
) -> VersionRow:  # fmt: skip
    name, data = terms.paper or ("", b"")
    digest = papers.store_in(conn, registry, row.unit, data, name, user=user.id, now=now)
    new = VersionRow(
        row.unit, row.code, version, DRAFT, safe_text(terms.purpose)[:200], terms.account,
        terms.fund, terms.amount.fen, terms.advance_fen, terms.signed, terms.starts, terms.ends,
        safe_text(terms.decision)[:120], safe_text(terms.reason)[:300], digest, user.id,
        now.isoformat(timespec="seconds"),
    )  # fmt: skip
    first = contracts.next_milestone(conn, row.unit, terms.signed.year)
    fresh = iter(range(first, first + MOST_MILESTONES))
    stones = [
        MilestoneRow(
            row.unit, row.code, version, place,
            codes[place - 1] if place <= len(codes)
            else make_code(MILESTONE_PREFIX, terms.signed.year, next(fresh)),
            one.due, one.amount.fen, safe_text(one.deliverable)[:200],
        )
        for place, one in enumerate(terms.milestones, start=1)
    ]  # fmt: skip
    contracts.add_version(conn, new, stones)
    return new


def known(conn: Connection, unit: str, code: str) -> ContractRow:
    """The unit's contract of this code; CannotRun if there is none."""
    row = contracts.find(conn, unit, code)
    if row is None:
        raise none(code)
    return row


def _waiting(conn: Connection, row: ContractRow) -> VersionRow:
    for version in contracts.versions(conn, row.unit, row.code):
        if version.state == DRAFT:
            return version
    raise Refused(
        finding(
            "nothing-waits", f"合同 {row.code} 没有待确认的版本",
            f"no version of contract {row.code} waits",
            "用 mingbai contract show 查看", "see mingbai contract show",
        )
    )  # fmt: skip


def _log(
    conn: Connection, row: ContractRow, action: str, detail: str, user: User, now: datetime
) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code, detail=detail
    )


# ---- findings ----------------------------------------------------------------------------------


def _head_faults(conn: Connection, registry: Registry, row: ContractRow) -> Iterator[Finding]:
    if row.role not in ROLES:
        yield _bad("角色为 supplier 或 buyer", "the unit is supplier or buyer")
    if not row.number or not row.party:
        yield _bad("须写明合同编号与对方", "its number and the other side are named")
    if persons.names_in(conn, registry.vault, row.party):
        yield _bad("对方是已登记的人员：这里只写单位", "the other side is an organisation")
    names = counterparties.names(conn, row.unit)
    for one in contracts.of_unit(conn, row.unit):
        same = (one.number, names.get(one.party)) == (row.number, row.party)
        if same and one.state != WITHDRAWN:
            yield _bad(f"此合同已登记：{one.code}", f"it was entered already: {one.code}")


def _faults(
    conn: Connection, registry: Registry, row: ContractRow, terms: Terms, now: datetime
) -> Iterator[Finding]:
    yield from _place_faults(conn, row, terms)
    planned = terms.milestones
    if terms.amount.fen <= 0 or not 0 <= terms.advance <= 1:
        yield _bad("金额须大于零，预付比例在 0 与 1 之间",
                   "its sum is above nothing, the advance a share of it")  # fmt: skip
    if not 1 <= len(planned) <= MOST_MILESTONES or any(one.amount.fen <= 0 for one in planned):
        yield _bad(f"节点须有 1 至 {MOST_MILESTONES} 个，金额大于零",
                   f"it has 1 to {MOST_MILESTONES} milestones, each above nothing")  # fmt: skip
    elif total(one.amount for one in planned) != terms.amount:
        whole = total(one.amount for one in planned).grouped
        yield _bad(f"节点合计 {whole}，合同金额 {terms.amount.grouped}，应相等",
                   f"the milestones come to {whole}, not to the contract's sum")  # fmt: skip
    dues = [one.due for one in planned]
    if dues != sorted(dues) or any(due < terms.signed for due in dues):
        yield _bad("节点的期限须依次，不早于签订日", "milestones follow each other, after signing")
    if not terms.starts <= terms.ends or terms.signed > now.date():
        yield _bad("起止须依次，签订日不晚于今天",
                   "it ends after it starts, and was signed by today")  # fmt: skip
    texts = [terms.purpose, *(one.deliverable for one in planned)]
    if not all(map(safe_text, texts)):
        yield _bad("须写明事项与每个节点的成果", "its purpose and every deliverable are named")
    if persons.names_in(conn, registry.vault, "\n".join(texts)):
        yield _bad("文字中有已登记人员的姓名", "the texts hold a registered person's name")
    if not safe_text(terms.decision):
        yield _bad("须写明决策文号", "the decision is named")
    if terms.paper is None or not 0 < len(terms.paper[1]) <= papers.LARGEST:
        yield _bad("须附合同文本（不空，不超过 64 MB）", "the contract itself is its paper")
    if row.role == BUYER:
        decided = decisions.exactly(conn, row.unit, [safe_text(terms.decision)])
        for one in decided.values():
            if not one.carried or one.ceiling_fen < terms.amount.fen:
                yield _bad(
                    f"决策 {one.number} 上限 {Money(one.ceiling_fen).grouped}，未通过或不够",
                    f"decision {one.number} ({Money(one.ceiling_fen).grouped}) was not carried, "
                    "or is below the sum",
                )


def _place_faults(conn: Connection, row: ContractRow, terms: Terms) -> Iterator[Finding]:
    every = entries.accounts(conn, row.unit)
    account = every.get(terms.account)
    if account is None or account.closed is not None:
        yield _bad(f"没有可用的科目 {terms.account[:80]}", f"no such account: {terms.account[:80]}")
    elif row.role == SUPPLIER:
        yield from _income_faults(terms.account, list(every))
    elif not terms.account.startswith("Expenses:"):
        yield _bad("购买服务记入支出科目", "what is bought is entered on an account of spending")
    fund = entries.funds(conn, row.unit, [terms.fund]).get(terms.fund)
    if fund is None or fund.closed is not None:
        yield _bad(f"没有可用的资金 {terms.fund[:40]}", f"there is no fund {terms.fund[:40]}")


def _income_faults(account: str, every: Sequence[str]) -> Iterator[Finding]:
    """What a supplier earns is income from services, where the chart has such; never a subsidy."""
    services = [name for name in every if name.startswith("Income:") and _SERVICE in name]
    if services and account not in services:
        yield _bad(
            f"购买服务的收入记入 {services[0]}，不是补助、捐赠或其他收入",
            f"what a service earns goes to {services[0]}, and is no subsidy, gift or other income",
        )
    elif not account.startswith("Income:") or any(word in account for word in _NO_SERVICE):
        yield _bad(
            "政府购买服务是提供服务的收入，不是补助、拨款、捐赠或会费",
            "a purchase of services is income from services: no subsidy, grant, gift or dues",
        )


def _kept_faults(facts: Facts, terms: Terms) -> Iterator[Finding]:
    """What was accepted, or moved, stays as it was."""
    stones = sorted(facts.stones.values(), key=lambda one: one.number)
    for stone in stones:
        after = terms.milestones[stone.number - 1 : stone.number]
        touched = facts.accepted.get(stone.milestone) or facts.moved.get(stone.milestone)
        if touched and (not after or after[0].amount.fen != stone.fen):
            yield _bad(
                f"节点 {stone.number} 已验收或已收付，金额不再改变",
                f"milestone {stone.number} was accepted or paid for: its amount stays",
            )
    if facts.version is not None and any(facts.moved.values()):
        before = (facts.version.account, facts.version.fund)
        if before != (terms.account, terms.fund):
            yield _bad("已有收付，科目与资金不再改变", "money moved: account and fund stay")


def _moved_faults(
    facts: Facts, planned: Sequence[Planned], version: VersionRow
) -> Iterator[Finding]:
    """What happened since the version was entered may not contradict it."""
    terms = Terms(
        version.purpose, version.account, version.fund, Money(version.fen), version.signed,
        version.starts, version.ends, version.decision, tuple(planned), None,
    )  # fmt: skip
    yield from _kept_faults(facts, terms)
    ahead = facts.ahead()
    if ahead > version.advance_fen:
        yield _bad(
            f"已预付 {Money(ahead).grouped}，多于约定的 {Money(version.advance_fen).grouped}",
            f"{Money(ahead).grouped} moved in advance, {Money(version.advance_fen).grouped} agreed",
        )


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-contract", zh, en, "改正后重试", "correct it and try again")


def none(code: str) -> CannotRun:
    return CannotRun(
        finding(
            "no-contract", f"没有合同 {code[:24]}", f"there is no contract {code[:24]}",
            "用 mingbai contract list 查看", "see mingbai contract list",
        )
    )  # fmt: skip
