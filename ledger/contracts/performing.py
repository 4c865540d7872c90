"""What becomes of a contract: delivered, accepted by another person, received for or paid, closed.

Money comes and goes by drafts as always, which name the contract and the milestone.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import settlement, workflow
from ledger.contracts.checking import Facts, expect, facts_of
from ledger.contracts.marks import CONTRACT, MILESTONE, PARTY, named
from ledger.contracts.signing import known
from ledger.draft_text import draft_from_json
from ledger.entry import Posting, build_draft, meta_of, safe_text, voucher_class
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.lines import line_of
from ledger.money import Money
from ledger.registry import claims, contracts, drafts, oplog, papers
from ledger.registry.contracts import (
    ACCEPTED,
    CLOSED,
    DELIVERED,
    OPEN,
    REFUSED,
    SUPPLIER,
    ContractRow,
    MilestoneRow,
    StandingRow,
    VersionRow,
)
from ledger.usecheck import PURPOSE

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is said of a milestone: on which day, with which paper (its name and bytes)."""

    day: date
    paper: tuple[str, bytes] | None = None
    note: str = ""


def deliver(
    registry: Registry, unit: str, code: str, number: int, said: Evidence, user: User, now: datetime
) -> None:
    """Say that a milestone was delivered, with its paper. Who records may."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row, facts, stone, standing = _asked(conn, registry, unit, code, number)
        faults = _evidence_faults(facts, said, now, paper=True)
        if standing.delivered is not None:
            faults.append(_not_so(stone, "已登记交付", "was said to be delivered already"))
        refuse_if(faults)
        contracts.set_delivered(conn, unit, stone.milestone, said.day, user.id)
        _event(conn, registry, row, DELIVERED, stone, said, user, now)


def accept(
    registry: Registry, unit: str, code: str, number: int, said: Evidence, user: User, now: datetime
) -> None:
    """Accept a milestone that was delivered, with the paper that says so. Who approves may.

    NotAllowed for the one who said that it was delivered. From now on it may be received for or
    paid, and a supplier's claim of its code waits for the money.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        row, facts, stone, standing = _asked(conn, registry, unit, code, number)
        faults = _evidence_faults(facts, said, now, paper=True)
        if standing.delivered is None or standing.accepted is not None:
            faults.append(_not_so(stone, "尚未交付或已验收", "is not delivered, or was accepted"))
        elif said.day < standing.delivered:
            faults.append(_bad_day(f"验收不早于交付日 {standing.delivered}",
                                   f"it was delivered on {standing.delivered}"))  # fmt: skip
        refuse_if(faults)
        workflow.demand_other(
            conn, user, [standing.reporter or ""],
            "交付登记人不能自己验收", "nobody accepts what they delivered",
        )  # fmt: skip
        contracts.set_accepted(conn, unit, stone.milestone, said.day)
        _event(conn, registry, row, ACCEPTED, stone, said, user, now)
        if row.role == SUPPLIER:
            expect(conn, facts, stone.milestone, stone.fen - facts.moved[stone.milestone])


def refuse(
    registry: Registry, unit: str, code: str, number: int, said: Evidence, user: User, now: datetime
) -> None:
    """Refuse what was delivered, or take an acceptance back; it has to be delivered again.

    Refused without a reason, and where more moved on it than the contract lets move in advance.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        row, facts, stone, standing = _asked(conn, registry, unit, code, number)
        faults = _evidence_faults(facts, said, now, paper=False)
        if standing.delivered is None:
            faults.append(_not_so(stone, "尚未交付", "is not delivered"))
        if not safe_text(said.note):
            faults.append(_not_so(stone, "退回须写明原因", "is refused for a reason: say it"))
        ahead = facts.ahead(stone.milestone)
        if facts.version is not None and ahead > facts.version.advance_fen:
            faults.append(_not_so(stone, "已收付，先冲销", "was paid for: reverse that first"))
        if _waiting(conn, row, stone.milestone):
            faults.append(_not_so(stone, "有草稿待办", "has drafts that wait"))
        refuse_if(faults)
        contracts.set_delivered(conn, unit, stone.milestone, None, None)
        contracts.set_accepted(conn, unit, stone.milestone, None)
        claim = claims.find(conn, unit, stone.milestone)
        if claim is not None and claim.state == claims.OPEN:
            claims.void(conn, unit, [stone.milestone], said.day)
        _event(conn, registry, row, REFUSED, stone, said, user, now)


def move(
    registry: Registry, unit: str, code: str, number: int, amount: Money, money: str, day: date,
    user: User, now: datetime, *, kept: tuple[str, ...] = (), purpose: str = "",
) -> str:  # fmt: skip
    """Propose the draft of what a milestone brings (supplier) or costs (buyer); its id.

    ``kept`` are digests of papers that are stored. Refused beyond what may move by then, waiting
    drafts counted.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row, facts, stone, _ = _asked(conn, registry, unit, code, number)
        version = _in_force(facts)
        refuse_if(_money_faults(money))
        waits = _waiting(conn, row, stone.milestone)
        most = max(0, facts.left(stone.milestone, day) - waits)
        if amount.fen > most and facts.left(stone.milestone, day) >= amount.fen:
            raise Refused(_waits(stone, Money(waits), Money(most)))
        own = _lines_of(conn, row, version, stone, amount, purpose)
        back = amount if row.role == SUPPLIER else -amount
        lines = (own, Posting(money, back, version.fund))
        moved = facts.moved[stone.milestone]
        draft = build_draft(
            unit=unit, day=day, kind=voucher_class(lines), postings=lines, papers=kept,
            source=f"contract:move:{stone.milestone}:{day}:{amount.text}:{moved}",
            narration=safe_text(f"{version.purpose} 节点{number} {stone.deliverable}"),
        )  # fmt: skip
        id = workflow.propose_in(conn, registry, draft, user.id, now)
        settlement.on_drafted(conn, draft)
        return id


def spend(
    registry: Registry, unit: str, code: str, account: str, amount: Money, money: str, day: date,
    narration: str, user: User, now: datetime, *, fund: str = "", decision: str = "",
    kept: tuple[str, ...] = (), purpose: str = "",
) -> str:  # fmt: skip
    """Propose the draft of what it costs the supplier to serve; its id."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = known(conn, unit, code)
        facts = facts_of(conn, row)
        version = _in_force(facts)
        faults = list(_money_faults(money))
        if row.role != SUPPLIER or not account.startswith("Expenses:"):
            faults.append(
                finding(
                    "bad-cost", "成本是供方的支出：作为购买方用 pay",
                    "a cost is a supplier's spending; a buyer uses pay",
                    "改用支出科目", "name an account of spending",
                )
            )  # fmt: skip
        refuse_if(faults)
        said = {CONTRACT: code, "decision": safe_text(decision) or None, PURPOSE: purpose or None}
        lines = (
            Posting(account, amount, fund or version.fund, meta_of(said)),
            Posting(money, -amount, fund or version.fund),
        )
        draft = build_draft(
            unit=unit, day=day, kind=voucher_class(lines), postings=lines, papers=kept,
            narration=safe_text(f"{version.purpose} 成本 {narration}"),
        )  # fmt: skip
        return workflow.propose_in(conn, registry, draft, user.id, now)


def close(
    registry: Registry, unit: str, code: str, said: Evidence, user: User, now: datetime
) -> None:
    """End a contract, served to the end or not: nothing more is received or paid for it.

    Refused without a reason, while drafts that name it wait, and for one that is not open.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        facts = facts_of(conn, row)
        version = _in_force(facts)
        faults = _evidence_faults(facts, said, now, paper=False)
        if said.day < version.signed or not safe_text(said.note):
            faults.append(_bad_day("终止须在签订以后，并写明原因",
                                   "it ends after it was signed, for a reason"))  # fmt: skip
        if any(_waiting(conn, row, milestone) for milestone in facts.stones):
            faults.append(
                finding(
                    "drafts-wait", f"合同 {code} 有草稿待办", f"drafts of contract {code} wait",
                    "审核或撤回草稿", "approve or withdraw them",
                )
            )  # fmt: skip
        refuse_if(faults)
        contracts.set_state(conn, row, CLOSED, row.version)
        waits = claims.exactly(conn, unit, facts.stones)
        claims.void(
            conn, unit, [one.code for one in waits.values() if one.state == claims.OPEN], said.day
        )
        _event(conn, registry, row, CLOSED, None, said, user, now)


# ---- inside ------------------------------------------------------------------------------------


def _asked(
    conn: Connection, registry: Registry, unit: str, code: str, number: int
) -> tuple[ContractRow, Facts, MilestoneRow, StandingRow]:
    registry.lock_unit(conn, unit)
    row = known(conn, unit, code)
    facts = facts_of(conn, row)
    _in_force(facts)
    for stone in facts.stones.values():
        if stone.number == number:
            return row, facts, stone, facts.standings[stone.milestone]
    raise Refused(
        finding(
            "no-milestone", f"合同 {code} 没有节点 {number}",
            f"contract {code} has no milestone {number}",
            "用 mingbai contract show 查看", "see mingbai contract show",
        )
    )  # fmt: skip


def _in_force(facts: Facts) -> VersionRow:
    row = facts.row
    if row.state != OPEN or facts.version is None:
        raise Refused(
            finding(
                "contract-not-open", f"合同 {row.code} 的状态是 {row.state}",
                f"contract {row.code} is {row.state}",
                "待确认的请另一人用 mingbai contract confirm 确认",
                "one that waits is confirmed by another person: mingbai contract confirm",
            )
        )  # fmt: skip
    return facts.version


def _lines_of(
    conn: Connection, row: ContractRow, version: VersionRow, stone: MilestoneRow, amount: Money,
    purpose: str,
) -> Posting:  # fmt: skip
    """The posting that names the contract; with the claim where it settles that whole."""
    claim = claims.find(conn, row.unit, stone.milestone)
    whole = claim is not None and claim.state == claims.OPEN and claim.fen == amount.fen
    buyer = row.role != SUPPLIER
    said = {
        CONTRACT: row.code, MILESTONE: stone.milestone, PARTY: row.party,
        "claim": stone.milestone if whole and not buyer else None,
        "decision": version.decision if buyer else None, PURPOSE: purpose or None,
    }  # fmt: skip
    return Posting(version.account, amount if buyer else -amount, version.fund, meta_of(said))


def _waiting(conn: Connection, row: ContractRow, milestone: str) -> int:
    """What drafts that wait, or were returned, would move on a milestone, in fen."""
    return sum(
        row.sign * one.posting.amount.fen
        for waits in drafts.in_states(conn, row.unit, drafts.UNDECIDED)
        if milestone in waits.payload
        for one in named(draft_from_json(waits.payload))
        if one.milestone == milestone
    )


def _event(
    conn: Connection, registry: Registry, row: ContractRow, kind: str, stone: MilestoneRow | None,
    said: Evidence, user: User, now: datetime,
) -> None:  # fmt: skip
    digest = ""
    if said.paper is not None:
        name, data = said.paper
        digest = papers.store_in(conn, registry, row.unit, data, name, user=user.id, now=now)
    milestone = stone.milestone if stone is not None else ""
    contracts.add_event(
        conn, row, kind, said.day, user.id, now, milestone=milestone,
        note=safe_text(said.note)[:300], paper=digest,
    )  # fmt: skip
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=f"contract.{kind}", object=row.code,
        detail=milestone,
    )  # fmt: skip


# ---- findings ----------------------------------------------------------------------------------


def _evidence_faults(facts: Facts, said: Evidence, now: datetime, *, paper: bool) -> list[Finding]:
    found = []
    signed = facts.version.signed if facts.version is not None else said.day
    if not signed <= said.day <= now.date():
        found.append(
            _bad_day(f"日期须在 {signed} 与今天之间", f"the day is from {signed} to today")
        )
    given = said.paper is not None and 0 < len(said.paper[1]) <= papers.LARGEST
    if (paper or said.paper is not None) and not given:
        found.append(
            finding(
                "no-paper", "须附文件（不空，不超过 64 MB）", "it has a paper, up to 64 MB",
                "附上成果或验收单", "give the deliverable, or the report of acceptance",
            )
        )  # fmt: skip
    return found


def _money_faults(money: str) -> list[Finding]:
    if line_of(money).money:
        return []
    return [
        finding(
            "no-money-account", f"收付款科目须是现金、银行或额度：{money[:80]}",
            f"money moves on an account of cash, bank or quota: {money[:80]}",
            "改用货币资金科目", "name such an account",
        )
    ]  # fmt: skip


def _waits(stone: MilestoneRow, waits: Money, most: Money) -> Finding:
    return finding(
        "drafts-wait",
        f"节点 {stone.number} 有待审核的草稿 {waits.grouped}，至多再 {most.grouped}",
        f"drafts of {waits.grouped} wait for milestone {stone.number}: at most {most.grouped} more",
        "先审核或撤回草稿", "approve or withdraw them first",
    )  # fmt: skip


def _not_so(stone: MilestoneRow, zh: str, en: str) -> Finding:
    return finding(
        "milestone-state", f"节点 {stone.number} {zh}", f"milestone {stone.number} {en}",
        "用 mingbai contract show 查看", "see mingbai contract show",
    )  # fmt: skip


def _bad_day(zh: str, en: str) -> Finding:
    return finding("bad-day", zh, en, "核对后重试", "check it and try again")
