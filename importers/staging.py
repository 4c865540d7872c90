"""Importing: a statement's lines become drafts by reference, name or rule, or wait as questions.

Importing the same bytes again changes nothing; files that overlap bring in what is new; two equal
payments on one day stay two. Nothing is proposed by itself from a file whose proofs fail or prove
nothing: such lines are questions, all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from importers import matching, rules
from importers.drafting import OtherSide, draft_of_line
from importers.identity import import_ids
from ledger import workflow
from ledger.account import account_code
from ledger.entry import meta_of, safe_text
from ledger.errors import Finding, Refused, Words, finding
from ledger.money import Money
from ledger.registry import claims, imports, oplog, papers, staging

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from importers.line import Reading
    from ledger.registry import Registry, User

GRADES = ("A", "B")  # proofs that let lines become drafts by themselves


@dataclass(frozen=True)
class Imported:
    """What importing one file did."""

    file: str
    account: str
    profile: str
    proofs: dict[str, str]
    grade: str
    new: int
    known: int
    parked: int
    drafts: tuple[str, ...] = ()
    questions: tuple[int, ...] = ()
    again: bool = False
    findings: tuple[Finding, ...] = ()

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "imported": not self.again,
            "account": self.account,
            "profile": self.profile,
            "proofs": self.proofs,
            "grade": self.grade,
            "lines": {"new": self.new, "known": self.known, "parked": self.parked},
            "drafts": list(self.drafts),
            "questions": list(self.questions),
            "findings": [found.as_json() for found in self.findings],
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


@dataclass(frozen=True)
class Inbox:
    """Questions and parked rows; drafts are the workflow's."""

    questions: tuple[OpenLine, ...]
    parked: tuple[staging.ParkedRow, ...] = field(default=())

    def as_json(self) -> dict[str, Any]:
        return {
            "questions": [
                {
                    "line": line.number,
                    "day": line.day,
                    "amount": line.amount.text,
                    "account": line.account,
                    "counterparty": line.counterparty,
                    "memo": line.memo,
                    "reason": line.reason,
                }
                for line in self.questions
            ],
            "parked": [
                {"file": row.file, "row": row.row, "reason": row.reason, "cells": list(row.cells)}
                for row in self.parked
            ],
        }


# ---- import ------------------------------------------------------------------------------------


def import_statement(
    registry: Registry,
    unit: str,
    reading: Reading,
    data: bytes,
    user: User,
    now: datetime,
    *,
    account: str | None = None,
) -> Imported:
    """Stage a reading and draft what is certain. ``data`` are the file's bytes, kept as a paper.

    ``account`` is a ledger account or its code; without it the account number or the kind of the
    statement decides. Refused if that is not one money account of the unit.
    """
    workflow.demand(user, "record", unit)
    with registry.read() as conn:
        money = _money_account(imports.accounts(conn, registry.vault, unit), reading, account)
        before = staging.find_file(conn, unit, money.account, reading.digest)
    if before is not None:
        return Imported(
            reading.file, money.account, reading.profile, before.proofs, before.grade,
            0, len(reading.lines), len(reading.parked), again=True,
        )  # fmt: skip
    paper = papers.store_bytes(registry, unit, data, reading.file, user=user.id, now=now)
    with registry.write() as conn:
        return _Import(conn, registry, reading, money, user, now, paper).run()


class _Import:
    """One import, in one transaction."""

    def __init__(
        self,
        conn: Connection,
        registry: Registry,
        reading: Reading,
        money: imports.MoneyAccount,
        user: User,
        now: datetime,
        paper: str,
    ) -> None:
        self._conn = conn
        self._registry = registry
        self._vault = registry.vault
        self._reading = reading
        self._money = money
        self._user = user
        self._now = now
        self._paper = paper
        self._drafts: list[str] = []
        self._questions: list[int] = []

    def run(self) -> Imported:
        reading, money = self._reading, self._money
        proofs = dict(reading.proofs)
        proofs["P5"] = self._continuity()
        grade = grade_of(proofs)
        row = staging.FileRow(
            unit=money.unit,
            account=money.account,
            digest=reading.digest,
            profile=reading.profile,
            start=reading.start,
            end=reading.end,
            opening_fen=None if reading.opening is None else reading.opening.fen,
            closing_fen=None if reading.closing is None else reading.closing.fen,
            proofs=proofs,
            grade=grade,
            rows=len(reading.lines) + len(reading.parked),
            user=self._user.id,
            at=self._now.isoformat(timespec="seconds"),
        )
        file = staging.add_file(self._conn, self._vault, row, reading.file)
        raw: list[tuple[int, Sequence[str], str | None]] = [
            (line.row, line.raw, None) for line in reading.lines
        ]
        raw += [(parked.row, parked.raw, parked.finding.rule) for parked in reading.parked]
        staging.add_raw(self._conn, self._vault, file, sorted(raw, key=lambda item: item[0]))
        fresh = self._add_lines(file)
        table = [
            rules.rule_of(rule.terms, f"rule {rule.position}")
            for rule in imports.rules(self._conn, self._vault, money.unit)
        ]
        for line in fresh:
            self._settle(line, table, grade)
        oplog.record(
            self._conn, at=self._now, user=self._user.id, unit=money.unit,
            action="statement.import", object=f"sha256:{reading.digest}",
            detail=f"{len(fresh)} lines, grade {grade}",
        )  # fmt: skip
        return Imported(
            reading.file, money.account, reading.profile, proofs, grade,
            len(fresh), len(reading.lines) - len(fresh), len(reading.parked),
            tuple(self._drafts), tuple(self._questions), findings=tuple(reading.findings),
        )  # fmt: skip

    def _continuity(self) -> str:
        """P5: the statement before this one ended with what this one begins with."""
        reading = self._reading
        if reading.opening is None or reading.start is None:
            return "n/a"
        earlier = [
            row
            for row in staging.files(self._conn, self._money.unit, self._money.account)
            if row.end is not None and row.closing_fen is not None and row.end < reading.start
        ]
        if not earlier:
            return "n/a"
        return "pass" if earlier[-1].closing_fen == reading.opening.fen else "fail"

    def _add_lines(self, file: int) -> list[staging.LineRow]:
        lines = self._reading.lines
        ids = import_ids(lines, self._money.account)
        known = staging.known_ids(self._conn, self._money.unit, self._money.account, ids)
        fresh = []
        order = list(zip(lines, ids, strict=True))
        for place, (line, import_id) in enumerate(
            order[::-1] if self._reading.descending else order
        ):
            if import_id in known:
                continue
            row = staging.LineRow(
                unit=self._money.unit,
                account=self._money.account,
                import_id=import_id,
                file=file,
                row=line.row,
                place=place,
                day=line.day,
                fen=line.amount.fen,
                currency=line.amount.currency,
                balance_fen=None if line.balance_after is None else line.balance_after.fen,
                bank_ref=safe_text(line.bank_ref, 80),
                text=staging.LineText(
                    safe_text(line.counterparty),
                    safe_text(line.counterparty_account),
                    safe_text(line.memo),
                    safe_text(line.status),
                    line.booked_at,
                ),
            )
            number = staging.add_line(self._conn, self._vault, row)
            fresh.append(replace(row, id=number))
        return fresh

    def _settle(self, line: staging.LineRow, table: list[rules.Rule], grade: str) -> None:
        found = (
            matching.settle(self._conn, self._vault, line, table)
            if grade in GRADES
            else matching.Question(
                Words("对账单未能证明自身，逐笔确认", "the statement does not prove itself")
            )
        )
        if isinstance(found, matching.Settled):
            reason = self._draft(line, found)
            if reason is None:
                return
        else:
            reason = found.reason
        staging.propose(
            self._conn, line.id, tier="C", score=0, reason=_both(reason), draft=None,
            now=self._now,
        )  # fmt: skip
        self._questions.append(line.id)

    def _draft(self, line: staging.LineRow, found: matching.Settled) -> Words | None:
        """Propose the draft; why it could not be, otherwise."""
        try:
            draft = draft_of_line(
                line,
                found.sides,
                narration=found.narration,
                payee=found.payee,
                meta=found.meta,
                papers=(self._paper,),
            )
            draft_id = workflow.propose_in(
                self._conn, self._registry, draft, self._user.id, self._now
            )
        except Refused as fault:
            return fault.findings[0].what
        claims.set_state(self._conn, line.unit, found.claims, claims.DRAFTED)
        staging.propose(
            self._conn, line.id, tier=found.tier, score=found.score, reason=_both(found.reason),
            draft=draft_id, now=self._now,
        )  # fmt: skip
        self._drafts.append(draft_id)
        return None


def grade_of(proofs: dict[str, str]) -> str:
    """How far a statement proves itself: A by balances, B by counts and totals, C not at all.

    A proof that fails makes it C, whatever else holds.
    """
    if "fail" in proofs.values():
        return "C"
    if "pass" in (proofs.get("P3"), proofs.get("P4")):
        return "A"
    return "B" if "pass" in (proofs.get("P1"), proofs.get("P2")) else "C"


def _both(words: Words) -> str:
    return safe_text(f"{words.zh} {words.en}")


def _money_account(
    known: list[imports.MoneyAccount], reading: Reading, wanted: str | None
) -> imports.MoneyAccount:
    if wanted is not None:
        fitting = [
            row for row in known if wanted in (row.account, account_code(row.account), row.label)
        ]
    else:
        digits = "".join(char for char in reading.account if char.isdigit())
        fitting = [row for row in known if digits and row.number.endswith(digits[-8:])]
        if not fitting and reading.kind:
            fitting = [row for row in known if row.kind == reading.kind]
    if len(fitting) == 1:
        return fitting[0]
    choices = ", ".join(f"{account_code(row.account)} {row.account}" for row in known) or "-"
    raise Refused(
        finding(
            "which-account",
            "不能确定对账单属于哪个科目",
            "it is not certain which account the statement is for",
            f"用 --account 写明科目或代码：{choices}",
            f"name the account or its code with --account: {choices}",
            file=reading.file,
        )
    )


# ---- questions ---------------------------------------------------------------------------------


def inbox(registry: Registry, unit: str) -> Inbox:
    """What waits for an answer in a unit."""
    with registry.read() as conn:
        rows = staging.lines(conn, registry.vault, unit, states=(staging.QUESTION,))
        questions = []
        for row in rows:
            known = staging.proposals(conn, row.id)
            questions.append(
                OpenLine(
                    row.id, row.day.isoformat(), Money(row.fen, row.currency), row.account,
                    row.text.counterparty, row.text.memo, known[0].reason if known else "",
                )
            )  # fmt: skip
        return Inbox(tuple(questions), tuple(staging.parked(conn, registry.vault, unit)))


def question(registry: Registry, unit: str, number: int) -> staging.LineRow:
    """A line that waits for an answer; Refused if there is none of that number."""
    with registry.read() as conn:
        return _question_in(conn, registry, unit, number)


def _question_in(conn: Connection, registry: Registry, unit: str, number: int) -> staging.LineRow:
    line = staging.find_line(conn, registry.vault, unit, number)
    if line is None or line.state != staging.QUESTION:
        raise Refused(
            finding(
                "no-question",
                f"没有待回答的流水 {number}",
                f"no line {number} waits for an answer",
                "用 mingbai inbox 查看待办",
                "see what waits with mingbai inbox",
            )
        )
    return line


def answer(
    registry: Registry,
    unit: str,
    number: int,
    sides: Sequence[OtherSide],
    user: User,
    now: datetime,
    *,
    narration: str = "",
    payee: str = "",
    decision: str = "",
    papers: tuple[str, ...] = (),
) -> str:
    """Draft a line as a person says; the draft's id. The statement itself is its first paper."""
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        line = _question_in(conn, registry, unit, number)
        file = next(f for f in staging.files(conn, unit, line.account) if f.id == line.file)
        default = "银行收款" if line.fen > 0 else "银行付款"
        draft = draft_of_line(
            line,
            sides,
            narration=narration or default,
            payee=payee,
            meta=meta_of({"decision": decision}),
            papers=tuple(dict.fromkeys((*papers, file.digest))),
        )
        draft_id = workflow.propose_in(conn, registry, draft, user.id, now)
        claims.set_state(conn, unit, workflow.claims_of(draft), claims.DRAFTED)
        staging.decide(conn, number, user=user.id, kind="draft", note="", draft=draft_id, now=now)
    return draft_id


def set_aside(
    registry: Registry, unit: str, number: int, user: User, now: datetime, reason: str
) -> None:
    """Take a line out of the questions without a draft; the reconciliation goes on showing it."""
    workflow.demand(user, "record", unit)
    if not reason.strip():
        raise Refused(
            finding(
                "no-reason",
                "搁置须写明原因",
                "setting a line aside needs a reason",
                "用 --reason 写明原因",
                "give the reason with --reason",
            )
        )
    with registry.write() as conn:
        _question_in(conn, registry, unit, number)
        note = safe_text(reason)
        staging.decide(conn, number, user=user.id, kind="set-aside", note=note, draft=None, now=now)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="line.set-aside", object=str(number)
        )


def replace_rules(
    registry: Registry, unit: str, text: str, user: User, now: datetime, name: str = "rules.toml"
) -> int:
    """Put a rule table in place of the old one; how many rules it has. All of it, or nothing."""
    workflow.demand(user, "record", unit)
    tables = rules.read_rules(text, name)
    rows = [
        imports.RuleRow(place, str(terms["title"]), terms, now.date(), None, user.id)
        for place, terms in enumerate(tables, start=1)
    ]
    with registry.write() as conn:
        imports.set_rules(conn, registry.vault, unit, rows)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="rules.replace", object=str(len(rows))
        )
    return len(rows)
