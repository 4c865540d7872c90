"""Whether a draft keeps within the contracts that it names, in work that does not grow with a book.

What vouchers moved on a milestone is a sum that every voucher moves in its own transaction. A
milestone is not paid beyond its amount; before it is accepted nothing moves on it but what the
contract lets move in advance. So received ≤ accepted + advance ≤ the contract's sum, always.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from ledger.contracts.marks import Named, moved_by, named
from ledger.errors import Finding, finding
from ledger.money import CNY, Money
from ledger.registry import claims, contracts, entries
from ledger.registry.contracts import (
    OPEN,
    SUPPLIER,
    ContractRow,
    MilestoneRow,
    StandingRow,
    VersionRow,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from sqlalchemy import Connection

    from ledger.entry import Draft


@dataclass(frozen=True)
class Facts:
    """A contract as it stands now; what moved on its milestones is positive."""

    row: ContractRow
    version: VersionRow | None
    stones: Mapping[str, MilestoneRow]
    standings: Mapping[str, StandingRow]
    moved: Mapping[str, int]

    @property
    def accepted(self) -> dict[str, date]:
        """By milestone, the day on which it was accepted."""
        return {
            code: one.accepted for code, one in self.standings.items() if one.accepted is not None
        }

    def ahead(self, milestone: str = "") -> int:
        """What moved in advance: on what is not accepted, and on ``milestone`` itself, in fen."""
        accepted = self.accepted
        return sum(
            fen for code, fen in self.moved.items() if code == milestone or code not in accepted
        )

    def left(self, milestone: str, day: date) -> int:
        """What may still move on a milestone on a day, in fen."""
        assert self.version is not None  # noqa: S101 - callers looked
        room = self.stones[milestone].fen - self.moved[milestone]
        since = self.accepted.get(milestone)
        if since is not None and since <= day:
            return room
        return min(room, self.version.advance_fen - self.ahead(milestone))


def facts_of(conn: Connection, row: ContractRow) -> Facts:
    """How a contract stands now, asked in a handful of questions whatever its book holds."""
    version = contracts.version_of(conn, row.unit, row.code, row.version)
    stones = contracts.milestones(conn, row.unit, row.code, row.version)
    standings = contracts.standings(conn, row.unit, row.code)
    return Facts(
        row, version, {one.milestone: one for one in stones},
        {one.milestone: one for one in standings},
        {
            one.milestone: one.fen if one.fen is not None else _sum_of(conn, row, one.milestone)
            for one in standings
        },
    )  # fmt: skip


def _sum_of(conn: Connection, row: ContractRow, milestone: str) -> int:
    """What moved on a milestone by the journal itself, which is kept for the next question."""
    from ledger.canonical_reader import parse_voucher

    debit = sum(
        moved_by(named(parse_voucher(text.decode()).draft)).get(milestone, 0)
        for text in entries.texts_naming(conn, row.unit, milestone)
    )
    contracts.set_moved(conn, row.unit, milestone, row.sign * debit)
    return row.sign * debit


# ---- may it be posted? -------------------------------------------------------------------------


def check(conn: Connection, draft: Draft) -> list[Finding]:
    """Findings against what a draft says of contracts; a reversal takes back what was right."""
    lines = named(draft)
    if not lines or draft.reverses is not None:
        return []
    of = contracts.contracts_of(conn, draft.unit, {one.milestone for one in lines})
    rows = contracts.exactly(
        conn, draft.unit, {one.contract for one in lines if one.contract} | set(of.values())
    )
    found: list[Finding] = []
    grouped: dict[str, list[Named]] = defaultdict(list)
    for one in lines:
        code = of.get(one.milestone, one.contract)
        if (one.milestone and one.milestone not in of) or code not in rows:
            found.append(_unknown(one))
        elif one.contract not in ("", code):
            found.append(_of_another(one, code))
        else:
            grouped[code].append(one)
    for code, parts in grouped.items():
        found += _faults(facts_of(conn, rows[code]), parts, draft.day)
    return found


def _faults(facts: Facts, lines: Sequence[Named], day: date) -> list[Finding]:
    row, version = facts.row, facts.version
    if row.state != OPEN or version is None:
        return [_not_open(row)]
    if day < version.signed:
        return [_too_early(row, version)]
    for one in lines:
        fault = _line_fault(facts, version, one)
        if fault:
            return [fault]
    found = []
    moved = moved_by(lines)
    for milestone, debit in moved.items():
        fen = row.sign * debit
        if facts.moved[milestone] + fen < 0:
            found.append(_below_nothing(row, milestone))
        elif fen > 0 and fen > facts.left(milestone, day):
            found.append(_beyond(facts, version, milestone, day, fen))
    if sum(row.sign * debit > 0 for debit in moved.values()) > 1:
        # Two advances in one voucher share one limit; apart they are easy to read as well.
        found.append(_one_each(row))
    return found


def _line_fault(facts: Facts, version: VersionRow, one: Named) -> Finding | None:
    row, posting = facts.row, one.posting
    if one.milestone:
        if one.milestone not in facts.stones:
            return _unknown(one)
        right = posting.account == version.account and posting.fund == version.fund
        return None if right and posting.amount.currency == CNY else _elsewhere(row, version)
    if row.role == SUPPLIER and not posting.account.startswith("Income:"):
        return None  # what it costs to serve
    if row.role != SUPPLIER and not posting.account.startswith("Expenses:"):
        return None  # the money's own side may say which contract it is for
    return _no_milestone(row)


# ---- posted ------------------------------------------------------------------------------------


def on_posted(conn: Connection, draft: Draft) -> None:
    """A voucher of this draft is being entered: what moved on its milestones moves with it."""
    moved = moved_by(named(draft))
    of = contracts.contracts_of(conn, draft.unit, moved) if moved else {}
    for code, row in contracts.exactly(conn, draft.unit, set(of.values())).items():
        facts = facts_of(conn, row)
        for milestone in of:
            if of[milestone] != code or milestone not in facts.moved:
                continue
            now = facts.moved[milestone] + row.sign * moved[milestone]
            contracts.set_moved(conn, row.unit, milestone, now)
            if row.role == SUPPLIER and milestone in facts.accepted and milestone in facts.stones:
                expect(conn, facts, milestone, facts.stones[milestone].fen - now)


def expect(conn: Connection, facts: Facts, milestone: str, fen: int) -> None:
    """Let a claim wait for what is left of an accepted milestone, so that the bank's line finds it.

    One that a draft is taking, or that was paid, stays as it is.
    """
    row, version, stone = facts.row, facts.version, facts.stones[milestone]
    assert version is not None  # noqa: S101 - nothing is accepted of a contract without one
    claim = claims.find(conn, row.unit, milestone)
    if claim is None and fen > 0 and row.state == OPEN:
        new = claims.ClaimRow(
            row.unit, milestone, "contract", None, version.account, version.fund,
            f"{stone.due.year:04d}-{stone.due.month:02d}", fen, CNY, claims.OPEN, None,
        )  # fmt: skip
        claims.add_many(conn, [new])
    elif claim is not None and claim.state in (claims.OPEN, claims.VOID):
        claims.expect(conn, row.unit, milestone, fen if row.state == OPEN else 0)


# ---- findings ----------------------------------------------------------------------------------


def _unknown(one: Named) -> Finding:
    what = (one.milestone or one.contract)[:24]
    return finding(
        "no-contract", f"没有合同或节点 {what}", f"there is no contract or milestone {what}",
        "用 mingbai contract list 查看", "see mingbai contract list",
    )  # fmt: skip


def _of_another(one: Named, code: str) -> Finding:
    return finding(
        "contract-milestone", f"节点 {one.milestone[:24]} 属于合同 {code}，不属于所写的合同",
        f"milestone {one.milestone[:24]} is one of {code}, not of the contract that is named",
        "改写合同编号", "name that contract",
    )  # fmt: skip


def _not_open(row: ContractRow) -> Finding:
    return finding(
        "contract-not-open", f"合同 {row.code} 的状态是 {row.state}，不能收付",
        f"contract {row.code} is {row.state}: nothing is received or paid for it",
        "待确认的合同请另一人用 mingbai contract confirm 确认",
        "one that waits is confirmed by another person: mingbai contract confirm",
    )  # fmt: skip


def _too_early(row: ContractRow, version: VersionRow) -> Finding:
    return finding(
        "contract-day", f"合同 {row.code} 签于 {version.signed}，此前不能收付",
        f"contract {row.code} was signed on {version.signed}; nothing moves before",
        "核对日期", "check the day",
    )  # fmt: skip


def _elsewhere(row: ContractRow, version: VersionRow) -> Finding:
    return finding(
        "contract-account", f"合同 {row.code} 应记入 {version.account} 资金 {version.fund}",
        f"contract {row.code} is entered on {version.account}, fund {version.fund}",
        "改用合同的科目与资金，人民币", "use the contract's account and fund, in yuan",
    )  # fmt: skip


def _no_milestone(row: ContractRow) -> Finding:
    return finding(
        "no-milestone", f"合同 {row.code} 的收付须写明节点",
        f"what is received or paid for contract {row.code} names its milestone",
        "用 mingbai contract receive 或 pay 提出草稿",
        "propose it with mingbai contract receive or pay",
    )  # fmt: skip


def _below_nothing(row: ContractRow, milestone: str) -> Finding:
    return finding(
        "contract-below", f"合同 {row.code} 节点 {milestone} 退回的多于已收付的",
        f"contract {row.code}, milestone {milestone}: more goes back than ever moved",
        "核对金额", "check the amount",
    )  # fmt: skip


def _beyond(facts: Facts, version: VersionRow, milestone: str, day: date, fen: int) -> Finding:
    row, stone = facts.row, facts.stones[milestone]
    most = Money(max(0, facts.left(milestone, day))).grouped
    amount, moved = Money(stone.fen).grouped, Money(facts.moved[milestone]).grouped
    since = facts.accepted.get(milestone)
    if since is not None and since <= day:
        return finding(
            "contract-beyond",
            f"合同 {row.code} 节点 {stone.number}：金额 {amount}，已收付 {moved}，至多再 {most}",
            f"contract {row.code}, milestone {stone.number}: {amount}, {moved} moved already, "
            f"at most {most} more",
            "核对金额，或经决议变更合同：mingbai contract amend",
            "check the amount, or amend the contract by a decision: mingbai contract amend",
        )
    advance = Money(version.advance_fen).grouped
    return finding(
        "not-accepted",
        f"合同 {row.code} 节点 {stone.number} 在 {day} 尚未验收；约定预付 {advance}，"
        f"至多 {most}，本次 {Money(fen).grouped}",
        f"contract {row.code}: milestone {stone.number} is not accepted on {day}; of the advance "
        f"of {advance} at most {most} may move, this is {Money(fen).grouped}",
        "先交付并由另一人验收：mingbai contract deliver、accept",
        "have it delivered, and accepted by another person: mingbai contract deliver, accept",
    )


def _one_each(row: ContractRow) -> Finding:
    return finding(
        "one-milestone", f"合同 {row.code}：一张凭证只写一个节点",
        f"contract {row.code}: a voucher is for one milestone",
        "按节点分开填制", "enter one voucher for each milestone",
    )  # fmt: skip
