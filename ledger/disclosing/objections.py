"""Objections and questions on what was published: entered, answered by one, confirmed by another.

Anyone may object; a person with the right to record enters it for them. What they wrote is sealed
under the master key and shown to whom the unit trusts with it. Everybody reads the kind, the line,
the day, and no more, unless a person of the unit wrote words for it; these come out together with
the answer, once somebody else read both. An answer stays: another one takes its place and says why.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.disclosing.objection_standing import CHANNELS, KINDS, known
from ledger.entry import safe_text
from ledger.errors import Finding, Refused, finding, refuse_if
from ledger.registry import objections, oplog, packs
from ledger.registry.objections import PUBLISHED, RETURNED, WAITING, AnswerRow, ObjectionRow
from ledger.words import personal_faults

if TYPE_CHECKING:
    from datetime import date, datetime

    from sqlalchemy import Connection

    from ledger.registry import Registry, User

_LONGEST: Final = 4000
_WORDS: Final = 500
_ANSWER: Final = 1000
_NOTE: Final = 300
_REFERENCE: Final = 160
#: A voucher; a figure of a statement; what is registered under these letters and made public;
#: a pack, or a line in it.
_VOUCHER: Final = re.compile(r"(收|付|转)-[0-9]{6}-[0-9]{4,}")
_RECORD: Final = re.compile(r"(?:JZ|HD|CD|BF|HT|BK|PD|ZB|PJ)[0-9]{4}-[0-9]{4,}-[0-9X]|FA-[0-9]{5,}")
_FIGURE: Final = re.compile(r"[a-z-]{2,40}/[0-9Q-]{4,10}(?:/[^/\s]{1,60}){1,2}")
_PACK: Final = re.compile(
    r"packs/(?P<period>[0-9Q-]{4,7})/(?P<audience>members|public)/v(?P<version>[0-9]{1,4})(?:/.+)?"
)

Opens = Callable[[str], object]


@dataclass(frozen=True, slots=True)
class Said:
    """What somebody said of ``reference`` on ``day``; ``words`` is what everybody may read."""

    unit: str
    kind: str
    reference: str
    day: date
    text: str
    words: str = ""
    channel: str = "letter"


def add(registry: Registry, said: Said, user: User, now: datetime, opens: Opens) -> ObjectionRow:
    """Enter what somebody said. ``opens`` raises Refused for a reference that names nothing.

    Refused for a line that is none of the unit's, a day to come, words that name somebody.
    """
    workflow.demand(user, "record", said.unit)
    refuse_if(_faults(said, now.date()))
    if not _PACK.fullmatch(_rest(said)):
        opens(said.reference)
    with registry.write() as conn:
        registry.lock_unit(conn, said.unit)
        refuse_if([*_pack_faults(conn, said), *_told(conn, registry, said)])
        code = objections.next_code(conn, said.unit, said.day.year)
        sealed = registry.vault.seal(said.text.encode(), context=_context(said.unit, code))
        row = ObjectionRow(
            said.unit, code, said.kind, said.reference, said.day, said.channel, sealed,
            safe_text(said.words, _WORDS), user.id, now.isoformat(timespec="seconds"),
        )  # fmt: skip
        objections.add(conn, row)
        _log(conn, row, "objection.add", user, now)
    return row


def answer(
    registry: Registry, unit: str, code: str, words: str, user: User, now: datetime, note: str = ""
) -> AnswerRow:
    """Answer it, to be confirmed by somebody else; ``note`` explains an answer after another.

    Refused while one waits, for words that name somebody, and a second answer without its reason.
    """
    workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        before = objections.answers(conn, [unit]).get((unit, code), [])
        refuse_if(_answer_faults(words, note, before))
        refuse_if(personal_faults(conn, registry, words, note))
        one = AnswerRow(
            unit, code, len(before) + 1, safe_text(words, _ANSWER), safe_text(note, _NOTE),
            WAITING, user.id, now.isoformat(timespec="seconds"),
        )  # fmt: skip
        objections.add_answer(conn, one)
        _log(conn, row, "objection.answer", user, now)
    return one


def confirm(registry: Registry, unit: str, code: str, user: User, now: datetime) -> AnswerRow:
    """Publish the answer that waits, and the words with it. NotAllowed for who wrote either."""
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        one = _waiting(conn, row)
        workflow.demand_other(
            conn, user, [one.user, *([row.user] if row.words else [])],
            "自己写的答复或公开文字由他人确认", "nobody confirms words that they wrote",
        )  # fmt: skip
        objections.answered(conn, one, PUBLISHED, user.id, now.date(), now)
        _log(conn, row, "objection.confirm", user, now)
    return replace(one, state=PUBLISHED, checker=user.id, day=now.date())


def send_back(registry: Registry, unit: str, code: str, user: User, now: datetime) -> AnswerRow:
    """Send the answer that waits back; it stays, and another one may be written."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = known(conn, unit, code)
        one = _waiting(conn, row)
        objections.answered(conn, one, RETURNED, user.id, None, now)
        _log(conn, row, "objection.back", user, now)
    return replace(one, state=RETURNED, checker=user.id)


def original(registry: Registry, unit: str, code: str, user: User, now: datetime) -> str:
    """As it was written, for who records or approves there; that somebody read it is logged."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        row = known(conn, unit, code)
        _log(conn, row, "objection.read", user, now)
    return registry.vault.unseal(row.sealed, context=_context(unit, code)).decode()


def _context(unit: str, code: str) -> str:
    return f"objection {unit} {code}"


def _rest(said: Said) -> str:
    return said.reference.removeprefix(f"{said.unit}/")


def _waiting(conn: Connection, row: ObjectionRow) -> AnswerRow:
    every = objections.answers(conn, [row.unit]).get((row.unit, row.code), [])
    if not every or every[-1].state != WAITING:
        raise Refused(_bad(f"{row.code} 没有待确认的答复", f"no answer to {row.code} waits"))
    return every[-1]


# ---- findings ----------------------------------------------------------------------------------


def _faults(said: Said, today: date) -> Iterator[Finding]:
    if said.kind not in KINDS:
        yield _bad(f"种类为 {'、'.join(KINDS)}", f"a kind is one of {', '.join(KINDS)}")
    if said.channel not in CHANNELS:
        yield _bad(f"途径为 {'、'.join(CHANNELS)}", f"it came by one of {', '.join(CHANNELS)}")
    shapes = (_VOUCHER, _RECORD, _FIGURE, _PACK)
    if (
        not said.reference.startswith(f"{said.unit}/")
        or len(said.reference) > _REFERENCE
        or safe_text(said.reference) != said.reference
        or not any(shape.fullmatch(_rest(said)) for shape in shapes)
    ):
        yield _bad(
            f"须写明本单位公开的一行：{said.unit}/付-202603-0001、"
            f"{said.unit}/balance-sheet/2026-03/1、{said.unit}/packs/2026-Q1/public/v1/…",
            f"it is about a published line of the unit: {said.unit}/付-202603-0001, "
            f"{said.unit}/balance-sheet/2026-03/1, {said.unit}/packs/2026-Q1/public/v1/…",
        )
    if said.day > today:
        yield _bad("收到日不晚于今天", "it was received by today")
    if not 0 < len(said.text.strip()) <= _LONGEST:
        yield _bad(f"原文不为空，不超过 {_LONGEST} 字",
                   f"what was written is not empty, up to {_LONGEST} characters")  # fmt: skip
    if len(said.words) > _WORDS:
        yield _bad(f"公开文字不超过 {_WORDS} 字",
                   f"words for everybody have up to {_WORDS} characters")  # fmt: skip


def _pack_faults(conn: Connection, said: Said) -> Iterator[Finding]:
    found = _PACK.fullmatch(_rest(said))
    if found is None:
        return
    every = packs.versions(conn, said.unit, found["period"], found["audience"])
    if int(found["version"]) not in {row.version for row in every}:
        yield _bad("没有公开过这个包的这一版", "no such version of a pack was published")


def _told(conn: Connection, registry: Registry, said: Said) -> list[Finding]:
    texts = [text for text in (said.reference, said.words) if text]
    return personal_faults(conn, registry, *texts)


def _answer_faults(words: str, note: str, before: Sequence[AnswerRow]) -> Iterator[Finding]:
    if not safe_text(words, _ANSWER) or len(words) > _ANSWER:
        yield _bad(f"答复不为空，不超过 {_ANSWER} 字",
                   f"an answer is not empty, up to {_ANSWER} characters")  # fmt: skip
    if before and before[-1].state == WAITING:
        yield _bad("已有答复待确认", "an answer waits to be confirmed")
    if any(one.state == PUBLISHED for one in before) and not safe_text(note, _NOTE):
        yield _bad("更正已公开的答复须有说明", "an answer in place of another is explained")
    if len(note) > _NOTE:
        yield _bad(f"说明不超过 {_NOTE} 字", f"an explanation has up to {_NOTE} characters")


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-objection", zh, en, "改正后重试", "correct it and try again")


def _log(conn: Connection, row: ObjectionRow, action: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=row.code,
        detail=row.reference,
    )  # fmt: skip
