"""Lines become drafts where that is certain, and questions where it is not: all of them at once.

What bears on the lines is gathered in a dozen queries, decided in memory, and written in bulk, so
that a file of a hundred thousand lines costs what its lines cost and nothing of the history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from importers import matching
from importers.drafting import draft_of_line
from importers.matching import Knowledge, Original, Question, Settled, own_account
from importers.owed import dues_for
from importers.payers import PAYER, payer_account
from importers.rule_table import rule_of
from importers.suggesting import suggest
from ledger import workflow
from ledger.draft_text import draft_from_json
from ledger.entry import Draft, safe_text
from ledger.errors import Refused, Words
from ledger.registry import claims, drafts, imports, members, persons, staging

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, Vault
    from ledger.registry.staging import LineRow

#: Alipay's refunds are called ``<serial of the payment>_<something>``.
_SUFFIXED: Final = re.compile(r"([0-9A-Za-z]{6,64})_[0-9A-Za-z_]+")
_SERIAL: Final = re.compile(r"[0-9A-Za-z]{8,64}")
_LONGEST_REASON: Final = 300
#: A transfer between own accounts arrives within three days.
_TRANSIT: Final = timedelta(days=3)
#: Payments are refunded within a year, by the wallets' terms; nothing older is looked at.
_REFUNDABLE: Final = timedelta(days=400)


#: How many lines are settled before their drafts are written: memory does not grow with the file.
_AT_ONCE: Final = 5_000

#: Hears how many lines are settled, and of how many.
Told = Callable[[int, int], None]


def silent(_settled: int, _lines: int) -> None:
    """Nobody is told."""


@dataclass
class Outcome:
    """The drafts that lines became, and the numbers of those that are questions."""

    drafts: list[str] = field(default_factory=list)
    questions: list[int] = field(default_factory=list)


def settle_lines(
    conn: Connection,
    registry: Registry,
    lines: Sequence[LineRow],
    papers: Mapping[int, str],
    maker: str,
    now: datetime,
    doubts: Mapping[int, Words] | None = None,
    unproven: Words | None = None,
    tell: Told = silent,
) -> Outcome:
    """Settle ``lines`` of one unit; ``papers`` are the digests of their files, by file.

    ``doubts`` are lines that may be those of another file, by number, with the reason: they wait
    for a person. With ``unproven`` all of them wait, for that reason. ``tell`` hears how far it is.
    """
    out = Outcome()
    if not lines:
        return out
    doubts = doubts or {}
    if unproven is not None:
        reasons = {line.id: unproven for line in lines} | dict(doubts)
        _keep_questions(conn, registry.vault, lines, reasons, doubts, now)
        out.questions += [line.id for line in lines]
        return out
    # Payments before their refunds, which take back what the payment was entered as.
    refunds = [line for line in lines if line.id not in doubts and _serials(line)]
    later = {line.id for line in refunds}
    payments = [line for line in lines if line.id not in later]
    for done, group in ((0, payments), (len(payments), refunds)):
        _settle_group(
            conn, registry, group, papers, maker, now, doubts, out,
            lambda more, done=done: tell(done + more, len(lines)),  # type: ignore[misc]
        )  # fmt: skip
    return out


def _settle_group(
    conn: Connection,
    registry: Registry,
    lines: Sequence[LineRow],
    papers: Mapping[int, str],
    maker: str,
    now: datetime,
    doubts: Mapping[int, Words],
    out: Outcome,
    tell: Callable[[int], None],
) -> None:
    if not lines:
        return
    known = gather(conn, registry.vault, lines[0].unit, [x for x in lines if x.id not in doubts])
    reasons: dict[int, Words] = dict(doubts)
    for start in range(0, len(lines), _AT_ONCE):
        part = lines[start : start + _AT_ONCE]
        _settle_part(conn, registry, part, known, papers, maker, now, reasons, out)
        tell(start + len(part))
    _keep_questions(conn, registry.vault, lines, reasons, doubts, now)
    out.questions += [line.id for line in lines if line.id in reasons]


def _settle_part(
    conn: Connection,
    registry: Registry,
    lines: Sequence[LineRow],
    known: Knowledge,
    papers: Mapping[int, str],
    maker: str,
    now: datetime,
    reasons: dict[int, Words],
    out: Outcome,
) -> None:
    """Settle some of the lines; why the others wait is added to ``reasons``."""
    found: list[tuple[LineRow, Settled, Draft]] = []
    for line in lines:
        if line.id in reasons:
            continue
        result = matching.settle(line, known)
        if isinstance(result, Question):
            reasons[line.id] = result.reason
            continue
        try:
            draft = _draft(line, result, papers[line.file])
        except Refused as fault:
            reasons[line.id] = fault.findings[0].what
            continue
        known.take(result.claims)
        found.append((line, result, draft))
    entered = workflow.propose_each(conn, registry, [d for _, _, d in found], maker, now)
    proposals: list[staging.Proposal] = []
    drafted: list[int] = []
    taken: list[str] = []
    for (line, result, _), answer in zip(found, entered, strict=True):
        if not isinstance(answer, str):
            reasons[line.id] = answer[0].what
            continue
        out.drafts.append(answer)
        taken += result.claims
        reason = both(result.reason)
        proposals.append(staging.Proposal(line.id, result.tier, result.score, reason, answer))
        if line.state != staging.DRAFTED:
            drafted.append(line.id)
    claims.set_state(conn, lines[0].unit, taken, claims.DRAFTED)
    staging.propose_many(conn, proposals, now)
    staging.set_states(conn, drafted, staging.DRAFTED)


def _keep_questions(
    conn: Connection,
    vault: Vault,
    lines: Sequence[LineRow],
    reasons: Mapping[int, Words],
    doubts: Mapping[int, Words],
    now: datetime,
) -> None:
    """Keep why each of these lines waits for a person, and what it probably is."""
    asked = [line for line in lines if line.id in reasons]
    free = [line for line in asked if line.id not in doubts]
    hints = suggest(free, dues_for(conn, vault, asked[0].unit, free)) if free else {}
    rows = []
    for line in asked:
        reason, hint = reasons[line.id], hints.get(line.id)
        if hint is None:
            tier = staging.DOUBT if line.id in doubts else "C"
            rows.append(staging.Proposal(line.id, tier, 0, both(reason), None))
            continue
        if reason != matching.NOTHING_FITS:
            hint = replace(
                hint,
                reason=Words(f"{reason.zh}；{hint.reason.zh}", f"{reason.en}; {hint.reason.en}"),
            )
        rows.append(
            staging.Proposal(
                line.id, "C", hint.score, both(hint.reason), None,
                claims=None if hint.due is None else hint.due.key,
                runner_up=None if hint.runner_up is None else hint.runner_up.key,
                runner_score=None if hint.runner_up is None else hint.runner_score,
            )
        )  # fmt: skip
    staging.propose_many(conn, rows, now)
    staging.set_states(conn, [x.id for x in asked if x.state != staging.QUESTION], staging.QUESTION)


@lru_cache(maxsize=4096)  # the lines of a rule have the same reason
def both(words: Words) -> str:
    """A reason as it is kept, in both languages."""
    return safe_text(f"{words.zh} {words.en}", _LONGEST_REASON)


def _draft(line: LineRow, found: Settled, paper: str) -> Draft:
    return draft_of_line(
        line,
        found.sides,
        narration=found.narration,
        payee=found.payee,
        meta=found.meta,
        links=found.links,
        papers=(paper,),
    )


# ---- what bears on the lines -------------------------------------------------------------------


def gather(conn: Connection, vault: Vault, unit: str, lines: Sequence[LineRow]) -> Knowledge:
    """Everything that the registry knows about ``lines`` of a unit."""
    known = Knowledge(
        rules=[
            rule_of(row.terms, f"rule {row.position}", row.position)
            for row in imports.rules(conn, vault, unit)
        ],
        own={
            "".join(char for char in row.number if char.isdigit()): row.account
            for row in imports.accounts(conn, vault, unit)
        },
    )
    known.pairs = _pairs(conn, unit, known.own, lines)
    codes = {code for line in lines for code in matching.codes_in(line)}
    if codes:
        for row in claims.with_codes(conn, unit, codes):
            known.add_claim(row)
    names = {matching.name_of(line) for line in lines} - {""}
    if names:
        known.persons = persons.find_many(conn, vault, "name", names)
    known.payers = _payers(conn, vault, lines)
    people = {
        one
        for by_text in (known.persons, known.payers)
        for found in by_text.values()
        for one in found
    }
    if people:
        known.members = members.of_persons(conn, unit, people)
        for row in claims.of_members(conn, unit, {m.id for m in known.members.values()}):
            known.add_claim(row)
    known.refunds = _refunds(conn, unit, lines)
    return known


def _pairs(
    conn: Connection, unit: str, own: Mapping[str, str], lines: Sequence[LineRow]
) -> dict[int, tuple[int, ...]]:
    """The lines of the other account, of the opposite amount and near in time, by line."""
    moved = [(line, own_account(line, own)) for line in lines]
    found: dict[int, tuple[int, ...]] = {}
    for account in sorted({account for _, account in moved if account is not None}):
        mine = [line for line, other in moved if other == account]
        days = [line.day for line in mine]
        there = staging.traces(conn, unit, account, min(days) - _TRANSIT, max(days) + _TRANSIT)
        by_fen: dict[int, list[staging.Trace]] = {}
        for trace in there:
            by_fen.setdefault(trace.fen, []).append(trace)
        for line in mine:
            found[line.id] = tuple(
                trace.id
                for trace in by_fen.get(-line.fen, [])
                if trace.currency == line.currency and abs(trace.day - line.day) <= _TRANSIT
            )
    return found


def _payers(conn: Connection, vault: Vault, lines: Sequence[LineRow]) -> dict[str, list[str]]:
    """Who pays from the lines' accounts, as people confirmed or members told."""
    accounts = {payer_account(line) for line in lines} - {""}
    if not accounts:
        return {}
    found: dict[str, set[str]] = {}
    for kind in (PAYER, "account"):
        for account, people in persons.find_many(conn, vault, kind, accounts).items():
            found.setdefault(account, set()).update(people)
    return {account: sorted(people) for account, people in found.items()}


def _refunds(conn: Connection, unit: str, lines: Sequence[LineRow]) -> dict[int, Original]:
    """The payments that lines name as the ones they take back."""
    named: dict[int, tuple[LineRow, set[str]]] = {}
    for line in lines:
        serials = _serials(line)
        if serials:
            named[line.id] = (line, serials)
    if not named:
        return {}
    since = min(line.day for line, _ in named.values()) - _REFUNDABLE
    found: dict[int, Original] = {}
    sources: set[str] = set()
    for account in {line.account for line, _ in named.values()}:
        refs = {ref for line, refs in named.values() if line.account == account for ref in refs}
        originals = staging.with_refs(conn, unit, account, refs, since)
        for line, serials in named.values():
            if line.account != account:
                continue
            hits = [hit for ref in serials for hit in originals.get(ref, []) if hit[0] != line.id]
            if len(hits) == 1:
                number, fen, import_id, state = hits[0]
                found[line.id] = Original(number, fen, import_id)
                if state in (staging.DRAFTED, staging.POSTED):
                    sources.add(f"bank:{import_id}")
    states = (drafts.WAITING, drafts.RETURNED, drafts.POSTED)
    entered = drafts.by_sources(conn, unit, sources, states)
    for number, one in found.items():
        row = entered.get(f"bank:{one.import_id}")
        if row is not None:
            postings = draft_from_json(row.payload).postings
            found[number] = Original(one.number, one.fen, one.import_id, postings)
    return found


def _serials(line: LineRow) -> set[str]:
    """The serials of other payments that a line names, if it is a refund."""
    suffixed = _SUFFIXED.fullmatch(line.bank_ref)
    if suffixed is not None:
        return {suffixed[1]}
    if "退" not in line.text.memo + line.text.status:
        return set()
    return set(_SERIAL.findall(line.text.memo)) - {line.bank_ref}
