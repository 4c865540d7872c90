"""Working papers 审计工作底稿: what an auditor drew or ran, kept, and noted item by item.

Nothing is taken back: a note that was wrong is followed by another one. What an auditor draws and
looks for is read by auditors alone, so that nobody prepares for it; notes may name persons, and are
sealed.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from ledger import workflow
from ledger.audit.sampling import MUS, RANDOM
from ledger.entry import safe_text
from ledger.errors import Refused, Words, finding
from ledger.money import Money
from ledger.registry import audit_papers, oplog
from ledger.registry.audit_papers import RUN, SAMPLE, ItemRow, MarkRow, PaperRow

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from ledger.audit.drawing import DrawnSample
    from ledger.audit.running import Run
    from ledger.errors import Finding
    from ledger.registry import Registry, User

SEEN, EXCEPTION, CLEARED = "seen", "exception", "cleared"
MARK_WORDS: Final = {
    SEEN: Words("已查，无异常", "seen, as it should be"),
    EXCEPTION: Words("有异常", "an exception"),
    CLEARED: Words("异常已说明", "an exception that was cleared"),
}
METHOD_WORDS: Final = {
    MUS: Words("货币单元抽样", "by monetary units"),
    RANDOM: Words("随机抽样", "at random"),
}
KIND_WORDS: Final = {SAMPLE: Words("抽样", "a sample"), RUN: Words("审计程序", "procedures")}
_LONGEST_NOTE: Final = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """An item with its notes in order: mark, text, who and when; the last one counts."""

    row: ItemRow
    notes: tuple[tuple[str, str, str, str], ...]

    @property
    def mark(self) -> str:
        """How it stands; empty while nobody looked at it."""
        return self.notes[-1][0] if self.notes else ""

    def as_json(self) -> dict[str, Any]:
        told: dict[str, Any] = {"place": self.row.place, "voucher": self.row.ref, "mark": self.mark}
        if self.row.test:
            told["test"] = self.row.test
        if self.row.fen is not None:
            told["amount"] = Money(self.row.fen).text
        told["notes"] = [
            {"mark": mark, "text": text, "user": user, "at": at}
            for mark, text, user, at in self.notes
        ]
        return told


@dataclass(frozen=True, slots=True)
class Paper:
    """A working paper with its items."""

    row: PaperRow
    items: tuple[Item, ...]

    @property
    def terms(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.row.terms)
        return found

    def counts(self) -> dict[str, int]:
        """How many items stand at each mark; ``""`` for those that nobody looked at."""
        found = dict.fromkeys(["", *MARK_WORDS], 0)
        for item in self.items:
            found[item.mark] += 1
        return found

    def as_json(self) -> dict[str, Any]:
        return {
            "unit": self.row.unit, "code": self.row.code, "kind": self.row.kind,
            "id": self.row.id, "terms": self.terms, "entries": self.row.entries,
            "chain": self.row.chain, "user": self.row.user, "at": self.row.at,
            "items": [item.as_json() for item in self.items],
        }  # fmt: skip


def keep_sample(registry: Registry, drawn: DrawnSample, user: User, now: datetime) -> PaperRow:
    """Keep a sample as a working paper; the same one again is the paper that there is.

    Raises: NotAllowed without the right to audit the unit.
    """
    one = drawn.sample
    terms = {**one.terms(), "period": str(drawn.terms.period or "")}
    vouchers = [("", drawn_.ref, drawn_.fen) for drawn_ in one.drawn]
    return _keep(
        registry, (drawn.terms.unit, SAMPLE, one.id), terms, (drawn.entries, drawn.chain),
        vouchers, user, now,
    )  # fmt: skip


def keep_run(registry: Registry, run: Run, user: User, now: datetime) -> list[PaperRow]:
    """Keep what procedures told of, a paper for each unit; the same results again make no other.

    Raises: NotAllowed without the right to audit one of the units; nothing is then kept.
    """
    for unit in run.units:
        workflow.demand(user, "audit", unit)
    kept = []
    for unit in run.units:
        hits = [
            (result.procedure.name, hit.ref, None if hit.amount is None else hit.amount.fen)
            for result in run.results
            for hit in result.hits
            if hit.unit == unit
        ]
        terms = {"tests": {one.procedure.name: one.digest for one in run.results}}
        text = json.dumps([unit, terms, hits], ensure_ascii=False, sort_keys=True)
        id = hashlib.sha256(text.encode()).hexdigest()
        where = (unit, RUN, id)
        kept.append(_keep(registry, where, terms, run.heads.get(unit, (0, "")), hits, user, now))
    return kept


def _keep(
    registry: Registry, what: tuple[str, str, str], terms: dict[str, Any], head: tuple[int, str],
    items: Sequence[tuple[str, str, int | None]], user: User, now: datetime,
) -> PaperRow:  # fmt: skip
    unit, kind, id = what
    workflow.demand(user, "audit", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        known = audit_papers.same(conn, unit, id, user.id)
        if known is not None:
            return known
        code = audit_papers.next_code(conn, unit, now.year)
        row = PaperRow(
            unit, code, kind, id, json.dumps(terms, ensure_ascii=False, sort_keys=True), *head,
            user.id, now.isoformat(timespec="seconds"),
        )  # fmt: skip
        rows = [ItemRow(unit, code, place, *item) for place, item in enumerate(items, start=1)]
        audit_papers.add(conn, row, rows)
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action=f"audit.{kind}", object=code,
            detail=str(len(rows)),
        )  # fmt: skip
    return row


def note(
    registry: Registry, unit: str, code: str, place: int, mark: str, text: str, user: User,
    now: datetime,
) -> Item:  # fmt: skip
    """Note what was found of an item. An exception, and what clears it, is said in words.

    Raises: NotAllowed without the right to audit the unit; Refused for what is no item or mark.
    """
    workflow.demand(user, "audit", unit)
    said = safe_text(text, _LONGEST_NOTE)
    if mark not in MARK_WORDS or (mark != SEEN and not said):
        raise Refused(_bad_mark())
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        paper = audit_papers.find(conn, unit, code)
        found = {} if paper is None else {
            row.place: row for row in audit_papers.items(conn, unit, code)
        }  # fmt: skip
        if place not in found:
            raise Refused(_no_item(code, place))
        number = len(audit_papers.marks(conn, unit, code).get(place, ())) + 1
        sealed = registry.vault.seal(said.encode(), context=_context(unit, code, place, number))
        at = now.isoformat(timespec="seconds")
        audit_papers.add_mark(
            conn, MarkRow(unit, code, place, number, mark, sealed, user.id, at)
        )  # fmt: skip
        oplog.record(
            conn, at=now, user=user.id, unit=unit, action="audit.mark", object=f"{code}/{place}",
            detail=mark,
        )  # fmt: skip
    return next(one for one in read(registry, unit, code, user).items if one.row.place == place)


def read(registry: Registry, unit: str, code: str, user: User) -> Paper:
    """A working paper with its items and notes.

    Raises: NotAllowed without the right to audit the unit; Refused if there is none.
    """
    workflow.demand(user, "audit", unit)
    with registry.read() as conn:
        row = audit_papers.find(conn, unit, code)
        if row is None:
            raise Refused(_no_paper(code))
        items = audit_papers.items(conn, unit, code)
        marks = audit_papers.marks(conn, unit, code)
    return Paper(
        row,
        tuple(
            Item(one, tuple(_note(registry, mark) for mark in marks.get(one.place, ())))
            for one in items
        ),
    )


def _note(registry: Registry, row: MarkRow) -> tuple[str, str, str, str]:
    context = _context(row.unit, row.code, row.place, row.number)
    return row.mark, registry.vault.unseal(row.sealed, context=context).decode(), row.user, row.at


def _context(unit: str, code: str, place: int, number: int) -> str:
    return f"audit-paper {unit} {code} {place} {number}"


def _bad_mark() -> Finding:
    return finding(
        "bad-mark", "标记为 seen、exception 或 cleared，后两种须写明",
        "a mark is seen, exception or cleared; the last two are said in words",
        "写明看到了什么", "say what was seen",
    )  # fmt: skip


def _no_item(code: str, place: int) -> Finding:
    return finding(
        "no-item", f"底稿 {code[:24]} 没有第 {place} 项", f"paper {code[:24]} has no item {place}",
        "mingbai audit papers 列出", "mingbai audit papers lists them",
    )  # fmt: skip


def _no_paper(code: str) -> Finding:
    return finding(
        "no-paper", f"没有底稿 {code[:24]}", f"there is no working paper {code[:24]}",
        "mingbai audit papers 列出", "mingbai audit papers lists them",
    )  # fmt: skip
