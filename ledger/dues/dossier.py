"""What is known of a member for one kind of dues, as it is kept: a line of JSON.

Facts in the order of their days, as :mod:`ledger.rules.facts` has them, and beside them what no
rule asks for: who employs the member, and what they consented to.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, TypeVar

from ledger.period import Month
from ledger.rules.facts import (
    Base,
    Chosen,
    Frequency,
    MemberFacts,
    Reduction,
    StatusSince,
    Stay,
)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Employer:
    """Who employs the member from a day on; empty for nobody."""

    name: str
    since: date


@dataclass(frozen=True, slots=True)
class Consent:
    """What a member agreed to (``payroll-deduction``, ``named-in-roll``) until it is taken back."""

    what: str
    since: date
    until: date | None = None

    def holds_on(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day < self.until)


@dataclass(frozen=True, slots=True)
class Dossier:
    """A member's facts, and what is known beside them."""

    facts: MemberFacts
    employers: tuple[Employer, ...] = ()
    consents: tuple[Consent, ...] = ()


def dossier_to_json(dossier: Dossier) -> str:
    """One line of JSON; parts of which nothing is known are left out."""
    facts = dossier.facts
    parts: dict[str, list[list[Any]]] = {
        "stays": [
            [_day(s.start), _day(s.end), s.came, s.went, _month(s.came_paid), _month(s.went_paid)]
            for s in facts.stays
        ],
        "statuses": [[s.status, _day(s.since)] for s in facts.statuses],
        "bases": [[b.fen, _day(b.since), b.kind, b.refixed, b.decision] for b in facts.bases],
        "chosen": [[c.fen, _day(c.since), c.decision] for c in facts.chosen],
        "frequencies": [[f.kind, _day(f.since), f.consent] for f in facts.frequencies],
        "reductions": [
            [r.fen, _month(r.start), _month(r.end), r.reason, r.study, r.approval]
            for r in facts.reductions
        ],
        "employers": [[e.name, _day(e.since)] for e in dossier.employers],
        "consents": [[c.what, _day(c.since), _day(c.until)] for c in dossier.consents],
    }
    known = {name: rows for name, rows in parts.items() if rows}
    return json.dumps(known, ensure_ascii=False, separators=(",", ":"))


def dossier_from_json(member: str, text: str) -> Dossier:
    """What :func:`dossier_to_json` wrote."""
    parts = json.loads(text)
    return Dossier(
        _facts(member, parts),
        tuple(Employer(name, _of_day(since)) for name, since in parts.get("employers", ())),
        tuple(
            Consent(what, _of_day(since), _maybe_day(until))
            for what, since, until in parts.get("consents", ())
        ),
    )


def facts_from_json(member: str, text: str) -> MemberFacts:
    """The facts alone, for assessing many."""
    return _facts(member, _decoded(text)[0])


def _facts(member: str, parts: dict[str, list[list[Any]]]) -> MemberFacts:
    get = parts.get
    bases, chosen, reductions = get("bases"), get("chosen"), get("reductions")
    return MemberFacts(
        member,
        tuple([_stay(*one) for one in get("stays", ())]),
        tuple([_status(*one) for one in get("statuses", ())]),
        ()
        if bases is None
        else tuple(
            [
                Base(fen, _of_day(since), kind, refixed, decision)
                for fen, since, kind, refixed, decision in bases
            ]
        ),
        ()
        if chosen is None
        else tuple([Chosen(fen, _of_day(since), said) for fen, since, said in chosen]),
        tuple([_frequency(*one) for one in get("frequencies", ())]),
        () if reductions is None else tuple([_reduction(*one) for one in reductions]),
    )


def _reduction(
    fen: int, start: str, end: str | None, reason: str, study: str, approval: str
) -> Reduction:
    return Reduction(fen, Month.parse(start), _of_month(end), reason, study, approval)


_decoded = json.JSONDecoder().raw_decode  # what we wrote has nothing around it
# Many members share their days, and what they are from a day on: each value is made once.
_of_day = lru_cache(maxsize=16384)(date.fromisoformat)


@lru_cache(maxsize=16384)
def _stay(
    start: str, end: str | None, came: str, went: str, paid: str | None, left: str | None
) -> Stay:
    return Stay(_of_day(start), _maybe_day(end), came, went, _of_month(paid), _of_month(left))


@lru_cache(maxsize=16384)
def _status(status: str, since: str) -> StatusSince:
    return StatusSince(status, _of_day(since))


@lru_cache(maxsize=4096)
def _frequency(kind: str, since: str, consent: str) -> Frequency:
    return Frequency(kind, _of_day(since), consent)


def _maybe_day(text: str | None) -> date | None:
    return None if text is None else _of_day(text)


def _of_month(text: str | None) -> Month | None:
    return None if text is None else Month.parse(text)


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _month(month: Month | None) -> str | None:
    return None if month is None else str(month)
