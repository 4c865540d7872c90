"""What waits for a person: questions with what they probably pay, parked rows, lines drafted."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Any

from importers.drafting import OtherSide
from importers.matching import paying
from importers.rule_table import unit_rules
from importers.transfers import Transfers, is_transfer, other_line, transfers
from importers.verdict import Settled, with_fee, worth
from ledger.clearing import InTransit, left_over
from ledger.errors import Words
from ledger.money import Money
from ledger.registry import claims, member_merges, members, staging, statement_files

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection

    from importers.rules import Rule
    from ledger.registry import Registry, Vault
    from ledger.registry.claims import ClaimRow


@dataclass(frozen=True)
class Proposed:
    """What is proposed for a line: a waiting draft, or a suggestion that a person may accept.

    ``claims`` are what the suggestion would settle, all of it open, and ``sides`` its entries,
    which are empty where nothing can be accepted; ``other`` is the line of the other side of a
    transfer. ``score`` is of 100.
    """

    tier: str
    score: int
    reason: str
    draft: str = ""
    claims: tuple[str, ...] = ()
    members: tuple[str, ...] = ()
    sides: tuple[OtherSide, ...] = ()
    narration: str = ""
    runner_up: str = ""
    runner_score: int = 0
    other: int = 0

    def as_json(self) -> dict[str, Any]:
        draft: str | dict[str, Any] | None = self.draft or None
        if self.sides:
            draft = {
                "narration": self.narration,
                "claims": list(self.claims),
                "members": list(self.members),
                "postings": [
                    {"account": side.account, "amount": (-side.amount).text, "fund": side.fund}
                    for side in self.sides
                ],
            }
            if self.other:
                draft["transfer"] = self.other
        runner = {"claim": self.runner_up, "score": self.runner_score} if self.runner_up else None
        return {
            "tier": self.tier,
            "score": self.score,
            "reason": self.reason,
            "runner_up": runner,
            "draft": draft,
        }


@dataclass(frozen=True)
class OpenLine:
    """A line that waits for an answer, and what is known about it."""

    number: int
    day: str
    amount: Money
    account: str
    counterparty: str
    memo: str
    reason: str
    counterparty_account: str = ""
    state: str = staging.QUESTION
    proposal: Proposed | None = None
    sub_account: str = ""
    orders: tuple[str, ...] = ()
    fee: Money | None = None
    gross: Money | None = None

    @property
    def suggestion(self) -> Proposed | None:
        """What accepting would enter, if something is suggested."""
        may = self.state == staging.QUESTION and self.proposal is not None
        return self.proposal if may and self.proposal and self.proposal.sides else None

    def as_json(self) -> dict[str, Any]:
        """The line as ``inbox`` tells it: its facts, and what is proposed for it."""
        facts: dict[str, Any] = {
            "day": self.day,
            "amount": self.amount.text,
            "currency": self.amount.currency,
            "account": self.account,
            "counterparty": self.counterparty,
            "counterparty_account": self.counterparty_account,
            "memo": self.memo,
        }
        if self.sub_account:
            facts["sub_account"] = self.sub_account
        if self.orders:
            facts["orders"] = list(self.orders)
        if self.fee is not None:
            facts["fee"] = self.fee.text
        if self.gross is not None:
            facts["gross"] = self.gross.text
        return {
            "id": self.number,
            "line": facts,
            "state": self.state,
            "proposal": None if self.proposal is None else self.proposal.as_json(),
        }


@dataclass(frozen=True)
class Inbox:
    """Questions and parked rows; drafts are the workflow's. ``files`` are the names of the files
    that parked rows stand in, by number; ``lines`` the line behind each waiting draft; ``clearing``
    what clearing accounts have held since before this month."""

    questions: tuple[OpenLine, ...]
    parked: tuple[statement_files.ParkedRow, ...] = field(default=())
    files: dict[int, str] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    drafted: tuple[OpenLine, ...] = field(default=())
    clearing: tuple[InTransit, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        rows = sorted((*self.questions, *self.drafted), key=lambda line: line.number)
        return {
            "rows": [
                *(line.as_json() for line in rows),
                *(left.as_row() for left in self.clearing),
            ],
            "questions": [
                {
                    "line": line.number,
                    "day": line.day,
                    "amount": line.amount.text,
                    "currency": line.amount.currency,
                    "account": line.account,
                    "counterparty": line.counterparty,
                    "memo": line.memo,
                    "reason": line.reason,
                }
                for line in self.questions
            ],
            "parked": [
                {
                    "file": row.file,
                    "name": self.files.get(row.file, ""),
                    "row": row.row,
                    "reason": row.reason,
                    "cells": list(row.cells),
                }
                for row in self.parked
            ],
        }


def inbox(registry: Registry, unit: str, today: date | None = None) -> Inbox:
    """What waits for a person in this unit; with ``today``, clearing accounts among it."""
    with registry.read() as conn:
        states = (staging.QUESTION, staging.DRAFTED)
        rows = staging.lines(conn, registry.vault, unit, states=states)
        said = staging.last_proposals(conn, unit, states)
        parked = tuple(statement_files.parked(conn, registry.vault, unit))
        files = statement_files.file_names(conn, registry.vault, unit, {row.file for row in parked})
        behind = staging.lines_behind(conn, unit)
        waiting = {line: draft for draft, line in behind.items()}
        asked = [row for row in rows if row.state == staging.QUESTION]
        owed = Owed.of(conn, registry.vault, unit, asked, said)
    opened = [
        OpenLine(
            row.id,
            row.day.isoformat(),
            Money(row.fen, row.currency),
            row.account,
            row.text.counterparty,
            row.text.memo,
            said[row.id].reason if row.id in said else "",
            row.text.counterparty_account,
            row.state,
            _proposed(row, said.get(row.id), waiting.get(row.id, ""), owed),
            row.text.sub_account,
            tuple(row.text.orders.split()),
            Money(row.text.fee, row.currency) if row.text.fee else None,
            Money(row.text.gross, row.currency) if row.text.gross else None,
        )
        for row in rows
    ]
    questions = tuple(line for line in opened if line.state == staging.QUESTION)
    drafted = tuple(line for line in opened if line.state == staging.DRAFTED)
    left = () if today is None else tuple(left_over(registry, unit, today))
    return Inbox(questions, parked, files, behind, drafted, left)


@dataclass
class Owed:
    """What suggestions name: claims by code and by list, the numbers of their members, transfers;
    and the rules, by which a fee inside a row is entered."""

    claims: dict[str, ClaimRow] = field(default_factory=dict)
    lists: dict[str, list[ClaimRow]] = field(default_factory=dict)
    numbers: dict[str, str] = field(default_factory=dict)
    transfers: Transfers = field(default_factory=Transfers)
    rules: list[Rule] = field(default_factory=list)

    @classmethod
    def of(
        cls,
        conn: Connection,
        vault: Vault,
        unit: str,
        rows: Sequence[staging.LineRow],
        said: Mapping[int, staging.Proposal],
    ) -> Owed:
        kept = {row.id: said[row.id].claims or "" for row in rows if row.id in said}
        moved = [row for row in rows if is_transfer(kept.get(row.id))]
        codes = {
            code for claims in kept.values() if not is_transfer(claims) for code in claims.split()
        }
        found = cls(rules=unit_rules(conn, vault, unit) if any(kept.values()) else [])
        told = {row.id: other_line(kept[row.id]) for row in moved}
        found.transfers = transfers(conn, vault, unit, moved, found.rules, told)
        if not codes:
            return found
        for claim in claims.with_codes(conn, unit, codes):
            found.claims[claim.code] = claim
            if claim.list_code is not None:
                found.lists.setdefault(claim.list_code, []).append(claim)
        ids = {claim.member for claim in found.claims.values() if claim.member is not None}
        # What a double owes who was merged is the other member's to pay.
        same = member_merges.survivors(conn)
        who = members.with_ids(conn, {same.get(id, id) for id in ids})
        found.numbers = {id: who[same.get(id, id)].number for id in ids if same.get(id, id) in who}
        return found

    def settles(self, line: staging.LineRow, said: staging.Proposal) -> Settled | None:
        """What accepting a suggestion enters; None unless it is open, and exactly the amount."""
        made = self._made(line, said)
        whole = None if made is None else with_fee(line, made, self.rules)
        return whole if isinstance(whole, Settled) else None

    def _made(self, line: staging.LineRow, said: staging.Proposal) -> Settled | None:
        if is_transfer(said.claims):
            # The other side may have changed since: then another one, or none, is suggested.
            same = self.transfers.key(line) == said.claims
            return self.transfers.settled(line) if same else None
        codes = (said.claims or "").split()
        of_list = codes[0] if len(codes) == 1 and codes[0] not in self.claims else ""
        if of_list:
            rows = self.lists.get(of_list, [])
        else:
            rows = [self.claims[code] for code in codes if code in self.claims]
            if len(rows) != len(codes):
                return None
        fits = rows and all(
            row.state == claims.OPEN and row.currency == line.currency for row in rows
        )
        if not fits or sum(row.fen for row in rows) != worth(line).fen:
            return None
        return paying(rows, "C", said.score, Words(said.reason, said.reason), of_list)


def _proposed(
    row: staging.LineRow, said: staging.Proposal | None, draft: str, owed: Owed
) -> Proposed | None:
    if row.state == staging.DRAFTED:
        if said is not None and said.draft == draft:
            return Proposed(said.tier, said.score, said.reason, draft)
        return Proposed("H", 100, "由人回答 answered by a person", draft)
    if said is None:
        return None
    found = owed.settles(row, said) if said.claims else None
    if found is None:
        return Proposed(
            said.tier, said.score, said.reason,
            runner_up=said.runner_up or "", runner_score=said.runner_score or 0,
        )  # fmt: skip
    whose = {owed.claims[code].member for code in found.claims}
    return Proposed(
        said.tier, said.score, said.reason, "", found.claims,
        tuple(sorted(owed.numbers[one] for one in whose if one in owed.numbers)),
        found.sides, found.narration, said.runner_up or "", said.runner_score or 0,
        other_line(said.claims),
    )  # fmt: skip
