"""Importing: a statement's lines become drafts by reference, name or rule, or wait as questions.

Importing the same bytes again changes nothing; files that overlap bring in what is new; two equal
payments on one day stay two. Nothing is proposed by itself from a file whose proofs fail or prove
nothing: such lines are questions, all of them. One import is one transaction.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from importers import continuity, keys, rule_table
from importers.accounts import money_account
from importers.answering import (
    OfMember,
    accept_suggestion,
    answer,
    answer_member,
    dispose,
    question,
    set_aside,
)
from importers.continuity import Ends
from importers.identity import import_ids
from importers.inbox import Inbox, OpenLine, inbox
from importers.settling import Outcome, Told, settle_lines, silent
from importers.undoing import being_undone, undo
from ledger import workflow
from ledger.collecting import uncollected
from ledger.entry import safe_text
from ledger.errors import Finding, Words, finding, refuse_if
from ledger.registry import imports, oplog, papers, staging, statement_files

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from importers.line import BankLine, Reading
    from importers.rules import Rule
    from ledger.registry import Registry, User

__all__ = [
    "GRADES",
    "Imported",
    "Inbox",
    "Matched",
    "OfMember",
    "OpenLine",
    "accept_suggestion",
    "answer",
    "answer_member",
    "dispose",
    "grade_of",
    "import_statement",
    "inbox",
    "match_again",
    "question",
    "replace_rules",
    "rules_of",
    "set_aside",
    "undo",
]

GRADES = ("A", "B")  # proofs that let lines become drafts by themselves


@dataclass(frozen=True)
class Imported:
    """What importing one file did. ``number`` is the file's, by which an import is undone."""

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
    number: int = 0

    def as_json(self) -> dict[str, Any]:
        return {
            "file": self.file,
            "number": self.number,
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
    tell: Told = silent,
) -> Imported:
    """Stage a reading and draft what is certain. ``data`` are the file's bytes, kept as a paper.

    ``account`` is a ledger account, its code or its label; without it the account number or the
    kind of the statement decides. Refused if that is not one money account of the unit, if the
    statement is of another account number, or if it was imported for another account.
    ``tell`` hears how many lines are settled, and of how many.
    """
    workflow.demand(user, "record", unit)
    with uncollected(), registry.write() as conn:
        # Two imports at once: the second one sees all that the first one did.
        registry.lock_unit(conn, unit)
        money = money_account(imports.accounts(conn, registry.vault, unit), reading, account)
        refuse_if(being_undone(conn, unit, money.account, reading))
        before = statement_files.find_digest(conn, unit, reading.digest)
        if before is not None:
            refuse_if(_elsewhere(before, money, reading.file))
            return _imported_before(before, reading)
        paper = papers.store_in(conn, registry, unit, data, reading.file, user=user.id, now=now)
        return _Import(conn, registry, reading, money, user, now, paper).run(tell)


def _imported_before(before: statement_files.FileRow, reading: Reading) -> Imported:
    return Imported(
        reading.file, before.account, reading.profile, before.proofs, before.grade,
        0, len(reading.lines), len(reading.parked), again=True, number=before.id,
    )  # fmt: skip


def _elsewhere(
    before: statement_files.FileRow, money: imports.MoneyAccount, file: str
) -> list[Finding]:
    if before.account == money.account:
        return []
    return [
        finding(
            "imported-elsewhere",
            f"此文件已导入科目 {before.account}（文件编号 {before.id}）",
            f"this file was imported for {before.account}, as file {before.id}",
            "一份对账单只属于一个科目；导错时先用 mingbai undo 撤销",
            "a statement is of one account; if that one was wrong, undo it with mingbai undo",
            file=file,
        )
    ]


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
        self._findings: list[Finding] = list(reading.findings)
        self._known = 0

    def run(self, tell: Told) -> Imported:
        reading, money = self._reading, self._money
        ends = Ends(
            reading.file, reading.start, reading.end,
            None if reading.opening is None else reading.opening.fen,
            None if reading.closing is None else reading.closing.fen,
        )  # fmt: skip
        p5, gaps = continuity.continuity(self._conn, money.unit, money.account, ends)
        proofs = {**reading.proofs, "P5": p5}
        grade = grade_of(proofs)
        self._findings += gaps
        if grade not in GRADES:
            self._findings.append(_unproven(reading.file, proofs))
        file = self._add_file(ends, proofs, grade)
        # Nearly all lines of a file that proves itself become drafts: they are entered as what they
        # will be, and the few others made questions, within this transaction.
        state = staging.DRAFTED if grade in GRADES else staging.QUESTION
        lines, doubts = self._add_lines(file, ends, state)
        settled = settle_lines(
            self._conn, self._registry, lines, {file: self._paper}, self._user.id, self._now,
            doubts,
            None if grade in GRADES else _NOT_PROVEN,
            tell,
        )  # fmt: skip
        oplog.record(
            self._conn, at=self._now, user=self._user.id, unit=money.unit,
            action="statement.import", object=f"sha256:{reading.digest}",
            detail=f"file {file}, {len(lines)} lines, grade {grade}",
        )  # fmt: skip
        return Imported(
            reading.file, money.account, reading.profile, proofs, grade,
            len(lines), self._known, len(reading.parked), tuple(settled.drafts),
            tuple(settled.questions), findings=tuple(self._findings), number=file,
        )  # fmt: skip

    def _add_file(self, ends: Ends, proofs: dict[str, str], grade: str) -> int:
        reading = self._reading
        row = statement_files.FileRow(
            unit=self._money.unit,
            account=self._money.account,
            digest=reading.digest,
            profile=reading.profile,
            start=reading.start,
            end=reading.end,
            opening_fen=ends.opening_fen,
            closing_fen=ends.closing_fen,
            proofs=proofs,
            grade=grade,
            rows=len(reading.lines) + len(reading.parked),
            user=self._user.id,
            at=self._now.isoformat(timespec="seconds"),
        )
        file = statement_files.add_file(self._conn, self._vault, row, reading.file)
        raw: list[tuple[int, tuple[str, ...], str | None]] = [
            (line.row, line.raw, None) for line in reading.lines
        ]
        raw += [(parked.row, parked.raw, parked.finding.rule) for parked in reading.parked]
        statement_files.add_raw(
            self._conn, self._vault, file, sorted(raw, key=lambda item: item[0])
        )
        return file

    def _add_lines(
        self, file: int, ends: Ends, state: str
    ) -> tuple[list[staging.LineRow], dict[int, Words]]:
        """Enter what is new, and say which of it may be known by another layout's ids."""
        unit, account = self._money.unit, self._money.account
        lines = self._reading.lines[:: -1 if self._reading.descending else 1]
        ids = import_ids(lines, account)
        known = staging.known_ids(self._conn, unit, account, ids)
        fresh = [place for place, import_id in enumerate(ids) if import_id not in known]
        compared = continuity.compare(self._conn, unit, account, ends, lines, ids, fresh)
        self._findings += compared.findings
        fresh = [place for place in fresh if place not in compared.known]
        self._known = len(lines) - len(fresh)
        numbers = staging.next_lines(self._conn, len(fresh))
        rows = [
            self._row(file, place, lines[place], ids[place], number, state)
            for place, number in zip(fresh, numbers, strict=True)
        ]
        staging.add_lines(self._conn, self._vault, rows)
        keys.keep(self._conn, rows)
        doubts = {
            row.id: compared.doubts[row.place] for row in rows if row.place in compared.doubts
        }
        return rows, doubts

    def _row(
        self, file: int, place: int, line: BankLine, import_id: str, number: int, state: str
    ) -> staging.LineRow:
        return staging.LineRow(
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
                safe_text(line.sub_account, 80),
                " ".join(line.orders),
                0 if line.fee is None else line.fee.fen,
                0 if line.gross is None else line.gross.fen,
            ),
            state=state,
            id=number,
        )


_NOT_PROVEN = Words("对账单未能证明自身，逐笔确认", "the statement does not prove itself")


def grade_of(proofs: dict[str, str]) -> str:
    """How far a statement proves itself: A by balances, B by counts and totals, C not at all.

    A proof that fails makes it C, whatever else holds.
    """
    if "fail" in proofs.values():
        return "C"
    if "pass" in (proofs.get("P3"), proofs.get("P4")):
        return "A"
    return "B" if "pass" in (proofs.get("P1"), proofs.get("P2")) else "C"


def _unproven(file: str, proofs: dict[str, str]) -> Finding:
    failed = "、".join(name for name, result in proofs.items() if result == "fail")
    return finding(
        "unproven",
        f"证明 {failed} 不成立，各笔都须确认"
        if failed
        else "对账单没有可核对的余额或合计，各笔都须确认",
        f"proof {failed} fails: every line is a question"
        if failed
        else "the statement has no balances or totals to prove it: every line is a question",
        "核对文件是否完整、是否被改动；能从银行导出带余额的版式更好",
        "check that it is whole and unaltered; a layout with balances is better",
        file=file,
        severity="warning",
    )


# ---- again, with what is known by now ----------------------------------------------------------


@dataclass(frozen=True)
class Matched:
    """What matching the open questions again did."""

    drafts: tuple[str, ...]
    questions: tuple[int, ...]

    def as_json(self) -> dict[str, Any]:
        return {"drafts": list(self.drafts), "questions": list(self.questions)}


def match_again(registry: Registry, unit: str, user: User, now: datetime) -> Matched:
    """Settle the questions that nobody has answered yet by the rules and claims of today.

    A file whose gap was filled since proves itself now. Lines that once were drafts and were taken
    back are left to people, and so are lines that another file may have brought in already.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        lines = staging.untouched(conn, registry.vault, unit)
        files = {
            number: row
            for number in {line.file for line in lines}
            if (row := statement_files.file_by_number(conn, unit, number)) is not None
        }
        proven = {number for number, row in files.items() if _proves_now(conn, row)}
        done = settle_lines(
            conn, registry, [line for line in lines if line.file in proven],
            {number: row.digest for number, row in files.items()}, user.id, now,
        ) if proven else Outcome()  # fmt: skip
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="statement.match",
            object=f"{len(lines)} lines", detail=f"{len(done.drafts)} drafts",
        )  # fmt: skip
        left = tuple(line.id for line in lines if line.file not in proven) + tuple(done.questions)
        return Matched(tuple(done.drafts), tuple(sorted(left)))


def _proves_now(conn: Connection, row: statement_files.FileRow) -> bool:
    if row.grade in GRADES:
        return True
    if row.proofs.get("P5") != "fail":
        return False
    ends = Ends("", row.start, row.end, row.opening_fen, row.closing_fen, row.id)
    p5, _ = continuity.continuity(conn, row.unit, row.account, ends)
    proofs = {**row.proofs, "P5": p5}
    grade = grade_of(proofs)
    statement_files.set_proofs(conn, row.id, proofs, grade)
    return grade in GRADES


def rules_of(registry: Registry, unit: str) -> list[tuple[int, Rule]]:
    """The unit's rules by number, in the order in which they are tried."""
    with registry.read() as conn:
        rows = imports.rules(conn, registry.vault, unit)
    return [
        (row.position, rule_table.rule_of(row.terms, f"rule {row.position}", row.position))
        for row in rows
    ]


def replace_rules(
    registry: Registry,
    unit: str,
    data: bytes | str,
    user: User,
    now: datetime,
    name: str = "rules.toml",
) -> int:
    """Put a rule table in place of the old one; how many rules it has. All of it, or nothing."""
    workflow.demand(user, "record", unit)
    tables = rule_table.read_rules(data, name)
    rows = [
        imports.RuleRow(place, str(terms["title"]), terms, now.date(), None, user.id)
        for place, terms in enumerate(tables, start=1)
    ]
    with registry.write() as conn:
        refuse_if(rule_table.faults_in_unit(conn, registry.vault, unit, tables, name, now.date()))
        imports.set_rules(conn, registry.vault, unit, rows)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="rules.replace", object=str(len(rows))
        )
    return len(rows)
