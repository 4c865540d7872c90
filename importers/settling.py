"""Lines become drafts where that is certain, and questions where it is not: all of them at once.

What bears on the lines is gathered in a dozen queries, decided in memory, and written in bulk, so
that a file of a hundred thousand lines costs what its lines cost and nothing of the history.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from importers import matching
from importers.drafting import draft_of_line
from importers.keys import order_numbers, refunded_numbers
from importers.matching import Knowledge, Question, Settled
from importers.owed import dues_for
from importers.payers import PAYER, payer_account
from importers.refunds import originals
from importers.rule_table import unit_rules
from importers.subaccounts import parts_of
from importers.suggesting import suggest
from importers.transfers import SURE, transfers
from ledger import workflow
from ledger.entry import Draft, safe_text
from ledger.errors import Refused, Words
from ledger.registry import claims, member_merges, members, persons, staging

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, Vault
    from ledger.registry.staging import LineRow

_LONGEST_REASON: Final = 300


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
        known = Knowledge()
        _keep_questions(conn, registry.vault, lines, reasons, doubts, known, now)
        out.questions += [line.id for line in lines]
        return out
    # Payments before their refunds, which take back what the payment was entered as.
    refunds = [line for line in lines if line.id not in doubts and refunded_numbers(line)]
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
    _keep_questions(conn, registry.vault, lines, reasons, doubts, known, now)
    known_here = known.transfers.pairs.keys() & {line.id for line in lines}
    for line in lines if known_here else ():
        pair = known.transfers.pairs.get(line.id)
        if pair is not None and pair.other is not None and pair.other.id not in known_here:
            suggest_other_side(conn, registry.vault, line.unit, line, now)
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
    known: Knowledge,
    now: datetime,
) -> None:
    """Keep why each of these lines waits for a person, and what it probably is."""
    asked = [line for line in lines if line.id in reasons]
    free = [line for line in asked if line.id not in doubts]
    dues = dues_for(conn, vault, asked[0].unit, free) if free else []
    hints = suggest(free, dues, known.owners(free)) if dues else {}
    rows = []
    for line in asked:
        reason, hint = reasons[line.id], hints.get(line.id)
        other = known.transfers.key(line) if line.id not in doubts else None
        if other is not None:
            rows.append(staging.Proposal(line.id, "C", SURE, both(reason), None, claims=other))
            continue
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


def suggest_other_side(
    conn: Connection, vault: Vault, unit: str, line: LineRow, now: datetime
) -> None:
    """Say of the open other side of a transfer what is known of it by now."""
    rules = unit_rules(conn, vault, unit)
    pair = transfers(conn, vault, unit, [line], rules).pairs.get(line.id)
    other = None if pair is None else pair.other
    if other is None or other.state != staging.QUESTION:
        return
    # Its own words may name no account: what this side says is enough for both.
    back = transfers(conn, vault, unit, [other], rules, {other.id: line.id})
    key, asked = back.key(other), back.question(other)
    last = staging.last_proposal(conn, other.id)
    if key is None or asked is None or (last is not None and last.tier == staging.DOUBT):
        return
    if last is None or last.claims != key:
        reason = both(asked.reason)
        row = staging.Proposal(other.id, "C", asked.score, reason, None, claims=key)
        staging.propose_many(conn, [row], now)


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
        rules=unit_rules(conn, vault, unit),
    )
    known.transfers = transfers(conn, vault, unit, lines, known.rules)
    known.parts = parts_of(conn, vault, unit, lines)
    if claims.has_orders(conn, unit):
        numbers = {number for line in lines if line.fen > 0 for number in order_numbers(line)}
        known.orders = claims.with_orders(conn, unit, numbers)
    codes = {code for line in lines for code in matching.codes_in(line)}
    codes.update(known.orders.values())
    codes.update(part.code for part in known.parts.values() if part.code is not None)
    known.same = member_merges.survivors(conn)
    for row in claims.with_codes(conn, unit, codes) if codes else ():
        known.add_claim(row)
        if row.state == claims.VOID and row.code in codes:
            parts = claims.leaves_of(conn, unit, row.code)
            known.divided[row.code] = [part.code for part in parts]
            for part in parts:
                known.add_claim(part)
    names = {matching.name_of(line) for line in lines} - {""}
    known.payers = _payers(conn, vault, lines)
    for line in lines:
        # A number tells who pays; a memo may still say for whom.
        if line.id in known.parts or payer_account(line) in known.payers:
            names |= matching.names_in_memo(line)
    if names:
        known.persons = persons.find_many(conn, vault, "name", names)
    people = {
        one
        for by_text in (known.persons, known.payers)
        for found in by_text.values()
        for one in found
    }
    if people:
        known.members = members.of_persons(conn, unit, people)
    known.by_id = {row.id: row for row in known.members.values()}
    known.by_id |= members.with_ids(
        conn,
        {known.survivor(part.member) for part in known.parts.values() if part.member is not None},
    )
    if known.by_id:
        doubles = {one for one in known.same if known.survivor(one) in known.by_id}
        for row in claims.of_members(conn, unit, known.by_id.keys() | doubles):
            known.add_claim(row)
    known.refunds = originals(conn, unit, lines)
    return known


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
