"""Maker and checker: how a draft becomes a voucher.

A draft is proposed by its maker, approved by one checker who is not its maker (two above the unit's
limit), and posted in the same transaction as the approval that completes it. A checker approves the
draft's digest: a draft that was corrected needs new approvals. A posted voucher is corrected only
by a reversal, which is a draft like any other.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from ledger import consequences, posting, settlement
from ledger.aid.marks import batch_of
from ledger.budgets import ceilings
from ledger.draft_text import draft_digest, draft_from_json, draft_to_json
from ledger.entry import Draft, Voucher, safe_text, size_fen
from ledger.errors import Finding, NotAllowed, Refused, finding, refuse_if
from ledger.fiscal import completing
from ledger.journal import Pen, open_pen
from ledger.parallelcheck import MISSING
from ledger.registry import drafts, entries, ids, logins, oplog, persons, units, users

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from ledger.registry import Registry, User


@dataclass(frozen=True, slots=True)
class Waiting:
    """A draft that waits, with what it still needs, and what maker and checker are told of it."""

    id: str
    draft: Draft
    maker: str
    created: str
    approvals: tuple[str, ...]
    needed: int
    state: str
    note: str = ""
    warnings: tuple[Finding, ...] = ()


def demand(user: User, right: str, unit: str) -> None:
    """Raise NotAllowed unless ``user`` has ``right`` in ``unit``."""
    if user.may(right, unit):
        return
    words = users.RIGHT_WORDS[right]
    zh, en = ("全联合会", "the whole federation") if unit == users.EVERYWHERE else (
        f"单位 {unit} ", f"unit {unit}",
    )  # fmt: skip
    roles = [users.ROLE_WORDS[role] for role, rights in users.RIGHTS.items() if right in rights]
    raise NotAllowed(
        finding(
            "not-allowed",
            f"用户 {user.login} 在{zh}没有「{words.zh}」权限",
            f"user {user.login} has no right to {words.en} in {en}",
            f"请{'、'.join(one.zh for one in roles)}办理；职责由管理员设置",
            f"ask who is {' or '.join(one.en for one in roles)} there; an administrator sets roles",
        )
    )


def not_oneself(zh: str, en: str) -> NotAllowed:
    """The refusal for who would approve what they entered or asked for; the words say what."""
    return NotAllowed(
        finding("maker-is-checker", zh, en, "请另一位审核人办理", "ask another checker")
    )


def demand_other(conn: Connection, user: User, makers: Iterable[str], zh: str, en: str) -> None:
    """NotAllowed if ``user`` is one of those who entered or asked for it, under whichever login.

    The words say what nobody does for themselves.
    """
    if any(logins.same_person(conn, user.id, maker) for maker in makers):
        raise not_oneself(zh, en)


def propose(registry: Registry, draft: Draft, maker: User, now: datetime) -> str:
    """Enter a draft for checking; its id. Refused if it could not be posted as it stands."""
    demand(maker, "record", draft.unit)
    with registry.write() as conn:
        return propose_in(conn, registry, draft, maker.id, now)


def propose_many(
    registry: Registry, unit: str, proposed: list[Draft], maker: User, now: datetime
) -> list[str]:
    """Enter several drafts of one unit, all of them or none; every finding is told."""
    demand(maker, "record", unit)
    with registry.write() as conn:
        whole = _whole_each(conn, registry, proposed)
        refuse_if(fault for _, faults in whole for fault in faults)
        return [_enter(conn, draft, maker.id, now) for draft, _ in whole]


def propose_in(
    conn: Connection, registry: Registry, draft: Draft, maker: str, now: datetime
) -> str:
    """:func:`propose` within a caller's transaction; the caller has checked the maker's right."""
    draft, faults = _whole(conn, registry, draft)
    refuse_if(faults + posting.far_ahead(draft, now.date()))
    return _enter(conn, draft, maker, now)


def _enter(conn: Connection, draft: Draft, maker: str, now: datetime) -> str:
    """Enter a draft that was checked, unless it lies ahead or its source was used; its id."""
    refuse_if(posting.far_ahead(draft, now.date()))
    refuse_if(_source_used(conn, draft))
    row = _new_row(draft, maker, now.isoformat(timespec="seconds"))
    drafts.add(conn, row)
    _log(conn, now, maker, draft.unit, "draft.propose", row.id, row.digest[:16])
    return row.id


def propose_each(
    conn: Connection, registry: Registry, proposed: Sequence[Draft], maker: str, now: datetime
) -> list[str | list[Finding]]:
    """:func:`propose_in` for each of many drafts of one unit: its id, or the findings against it.

    Every draft has a source of its own, and of those that are refused nothing is written. A
    statement of a hundred thousand lines asks the registry some dozens of questions.
    """
    results: list[str | list[Finding]] = []
    rows = []
    at = now.isoformat(timespec="seconds")
    used = _sources_used(conn, proposed)
    for draft, faults in _whole_each(conn, registry, proposed):
        found = [fault for fault in faults if fault.severity == "error"]
        if draft.source in used:
            found += _source_used(conn, draft)
        if found:
            results.append(found)
            continue
        rows.append(_new_row(draft, maker, at))
        results.append(rows[-1].id)
    drafts.add_many(conn, rows)
    if rows:
        # One act for all: the digest over them holds each draft as it was proposed.
        told = "".join(f"{row.id} {row.digest}\n" for row in rows)
        _log(
            conn, now, maker, rows[0].unit, "draft.propose", f"{len(rows)} drafts",
            hashlib.sha256(told.encode()).hexdigest(),
        )  # fmt: skip
    return results


def _whole(conn: Connection, registry: Registry, draft: Draft) -> tuple[Draft, list[Finding]]:
    return _whole_each(conn, registry, [draft])[0]


def _whole_each(
    conn: Connection, registry: Registry, proposed: Sequence[Draft]
) -> list[tuple[Draft, list[Finding]]]:
    """Each draft with its budgetary half where its book keeps one, and everything against it.

    Where the half is asked about, the finding that it is missing is left out.
    """
    whole = completing.completed_each(conn, registry, proposed)
    checked = posting.check_each(conn, registry, [draft for draft, _ in whole])
    return [
        (draft, [*asked, *(one for one in faults if not asked or one.rule != MISSING)])
        for (draft, asked), faults in zip(whole, checked, strict=True)
    ]


def _new_row(draft: Draft, maker: str, created: str) -> drafts.DraftRow:
    payload = draft_to_json(draft)
    return drafts.DraftRow(
        id=ids.new("dr"),
        unit=draft.unit,
        state=drafts.WAITING,
        payload=payload,
        digest=draft_digest(payload),
        source=draft.source,
        maker=maker,
        created=created,
        number=None,
    )


def amend(registry: Registry, draft_id: str, draft: Draft, maker: User, now: datetime) -> None:
    """Replace a waiting or returned draft's content; earlier approvals no longer count."""
    with registry.write() as conn:
        amend_in(conn, registry, draft_id, draft, maker, now)


def amend_in(
    conn: Connection, registry: Registry, draft_id: str, draft: Draft, maker: User, now: datetime
) -> None:
    """:func:`amend` within a caller's transaction."""
    row = _open_draft(conn, draft_id)
    _own(row, maker)
    if draft.unit != row.unit or draft.source != row.source:
        raise ValueError("an amended draft keeps its unit and its source")
    draft, faults = _whole(conn, registry, draft)
    refuse_if(faults)
    settlement.on_amended(conn, draft_from_json(row.payload), draft, draft_id, now.date())
    payload = draft_to_json(draft)
    drafts.set_payload(conn, draft_id, payload, draft_digest(payload))
    # Even if it is changed back: whoever approved it has to see it once more.
    drafts.add_approval(conn, draft_id, _decision(row, maker, "amend", "", now))
    _log(conn, now, maker.id, row.unit, "draft.amend", draft_id, draft_digest(payload)[:16])


def withdraw(registry: Registry, draft_id: str, maker: User, now: datetime) -> None:
    """Take one's own draft back; bank lines behind it are questions again."""
    with registry.write() as conn:
        withdraw_in(conn, draft_id, maker, now)


def withdraw_in(
    conn: Connection, draft_id: str, maker: User, now: datetime, right: str = "record"
) -> None:
    """:func:`withdraw` within a caller's transaction, for makers of another right."""
    row = _open_draft(conn, draft_id)
    _own(row, maker, right)
    drafts.set_state(conn, draft_id, drafts.WITHDRAWN)
    consequences.on_withdrawn(conn, draft_from_json(row.payload), draft_id, maker.id, now)
    _log(conn, now, maker.id, row.unit, "draft.withdraw", draft_id)


def send_back(registry: Registry, draft_id: str, checker: User, now: datetime, note: str) -> None:
    """Return a draft to its maker with a reason."""
    with registry.write() as conn:
        row = _open_draft(conn, draft_id)
        demand(checker, "approve", row.unit)
        drafts.set_state(conn, draft_id, drafts.RETURNED)
        persons.forget_taught(conn, draft_id)  # a checker doubts it
        note = safe_text(note)
        drafts.add_approval(conn, draft_id, _decision(row, checker, "return", note, now))
        _log(conn, now, checker.id, row.unit, "draft.return", draft_id)


def approve(
    registry: Registry, draft_id: str, checker: User, now: datetime, *, seen: str | None = None
) -> Voucher | Waiting:
    """Approve a draft; the voucher if that completed it, else what it still needs.

    ``seen`` is the digest of what the checker looked at; Refused if the draft is another by now.
    """
    with registry.read() as conn:
        row = _open_draft(conn, draft_id)
    with open_pen(registry, row.unit, now) as pen:
        if seen is not None and _open_draft(pen.conn, draft_id).digest != seen:
            raise Refused(
                finding(
                    "draft-changed",
                    f"草稿 {draft_id} 在您查看之后有改动",
                    f"draft {draft_id} was changed after you looked at it",
                    "请重新查看后再审核",
                    "look at it again before you approve it",
                )
            )
        return approve_in(pen, registry, draft_id, checker)


def approve_many(
    registry: Registry, unit: str, draft_ids: list[str], checker: User, now: datetime
) -> list[Voucher | Waiting]:
    """Approve several drafts of one unit in one transaction: all of them, or none."""
    with open_pen(registry, unit, now) as pen:
        return [approve_in(pen, registry, draft_id, checker) for draft_id in draft_ids]


def approve_in(pen: Pen, registry: Registry, draft_id: str, checker: User) -> Voucher | Waiting:
    """:func:`approve` while the caller holds the pen of the draft's unit."""
    conn, now = pen.conn, pen.now
    row = _open_draft(conn, draft_id)
    if row.unit != pen.unit:
        raise Refused(_no_draft(draft_id))
    demand(checker, "approve", row.unit)
    _refuse_returned(row)
    demand_other(
        conn, checker, [row.maker],
        "制单人不能审核自己的凭证", "nobody approves a voucher of their own making",
    )  # fmt: skip
    draft = draft_from_json(row.payload)
    before = _approvers(drafts.approvals(conn, draft_id), row.digest)
    if any(logins.same_person(conn, checker.id, one) for one in before):
        raise Refused(
            finding(
                "approved-already",
                f"您已审核过 {draft_id}，还需另一位审核人",
                f"you approved {draft_id} already; another checker has to",
                "请另一位审核人办理",
                "ask another checker",
            )
        )
    found = posting.check(conn, registry, draft, ceilings.of_pen(pen))
    refuse_if(found + posting.far_ahead(draft, now.date()))
    refuse_if(_aid(conn, registry, draft, checker))
    drafts.add_approval(conn, draft_id, _decision(row, checker, "approve", "", now))
    _log(conn, now, checker.id, row.unit, "draft.approve", draft_id, row.digest[:16])
    checkers = (*before, checker.id)
    needed = checkers_needed(conn, draft)
    if len(checkers) < needed:
        return Waiting(draft_id, draft, row.maker, row.created, checkers, needed, drafts.WAITING)
    return _post(pen, row, draft, checkers)


def _aid(conn: Connection, registry: Registry, draft: Draft, checker: User) -> list[Finding]:
    """What rules say of aid that the draft pays, as of now: others may have paid since."""
    batch = "" if draft.reverses else batch_of(draft.source)
    if not batch:
        return []
    from ledger.aid import review

    return review.of_batch(registry, conn, draft.unit, batch, checker)


def _post(pen: Pen, row: drafts.DraftRow, draft: Draft, checkers: tuple[str, ...]) -> Voucher:
    conn = pen.conn
    refuse_if(_source_used(conn, draft, but=row.id))
    voucher = pen.voucher(
        draft, id=ids.new("v"), maker=row.maker, checkers=checkers, key=f"draft:{row.id}"
    )
    drafts.set_state(conn, row.id, drafts.POSTED, voucher.number)
    consequences.on_posted(pen, draft, row.id, voucher.number)
    _log(conn, pen.now, checkers[-1], row.unit, "voucher.post", voucher.number, voucher.chain)
    return voucher


def claims_of(draft: Draft) -> set[str]:
    """The codes of the claims that the draft settles."""
    return set(settlement.named(draft))


def waiting(registry: Registry, unit: str) -> list[Waiting]:
    """The drafts that wait for a checker or for their maker, by business day."""
    with registry.read() as conn:
        rows = drafts.in_states(conn, unit, drafts.UNDECIDED)
        found = [_waiting(conn, row) for row in rows]
        told = posting.warnings_each(conn, [waits.draft for waits in found])
    found = [replace(w, warnings=tuple(said)) for w, said in zip(found, told, strict=True)]
    return sorted(found, key=lambda waits: (waits.draft.day, waits.created, waits.id))


def find_waiting(registry: Registry, draft_id: str) -> Waiting:
    """One waiting draft; Refused if it is not there or done."""
    with registry.read() as conn:
        found = _waiting(conn, _open_draft(conn, draft_id))
        (told,) = posting.warnings_each(conn, [found.draft])
        return replace(found, warnings=tuple(told))


def warnings_of(registry: Registry, draft_ids: Sequence[str]) -> list[Finding]:
    """What maker and checker are told of drafts that wait; those that do not wait tell nothing."""
    of_unit: dict[str, list[Draft]] = {}
    with registry.read() as conn:
        for draft_id in draft_ids:
            row = drafts.find(conn, draft_id)
            if row is not None and row.state in drafts.UNDECIDED:
                of_unit.setdefault(row.unit, []).append(draft_from_json(row.payload))
        told = [posting.warnings_each(conn, waits) for waits in of_unit.values()]
    return [found for each in told for said in each for found in said]


def _waiting(conn: Connection, row: drafts.DraftRow) -> Waiting:
    draft = draft_from_json(row.payload)
    acts = drafts.approvals(conn, row.id)
    returns = [act.note for act in acts if act.decision == "return"]
    return Waiting(
        row.id,
        draft,
        row.maker,
        row.created,
        _approvers(acts, row.digest),
        checkers_needed(conn, draft),
        row.state,
        returns[-1] if returns and row.state == drafts.RETURNED else "",
    )


def draft_day(row: drafts.DraftRow) -> date:
    """The business day of a draft as it is kept."""
    return draft_from_json(row.payload).day


def checkers_needed(conn: Connection, draft: Draft) -> int:
    """Two above the unit's limit, else one."""
    limit = units.find(conn, draft.unit).limit_fen
    return 2 if size_fen(draft.postings) > limit else 1


def _approvers(acts: Sequence[drafts.ApprovalRow], digest: str) -> tuple[str, ...]:
    """Who approved the draft as it stands, each once, since it was last returned or amended."""
    found: list[str] = []
    for act in acts:
        if act.decision in ("return", "amend"):
            found.clear()
        elif act.digest == digest and act.user not in found:
            found.append(act.user)
    return tuple(found)


def _decision(
    row: drafts.DraftRow, user: User, decision: str, note: str, now: datetime
) -> drafts.ApprovalRow:
    at = now.isoformat(timespec="seconds")
    return drafts.ApprovalRow(row.digest, user.id, decision, note, at)


def _open_draft(conn: Connection, draft_id: str) -> drafts.DraftRow:
    row = drafts.find(conn, draft_id)
    if row is None or row.state in (drafts.POSTED, drafts.WITHDRAWN):
        raise Refused(_no_draft(draft_id))
    return row


def _no_draft(draft_id: str) -> Finding:
    return finding(
        "no-draft",
        f"没有待办的草稿 {draft_id[:40]}（可能已记账或撤回）",
        f"no draft {draft_id[:40]} is waiting; it may be posted or withdrawn",
        "用 mingbai inbox 查看待办",
        "see what waits with mingbai inbox",
    )


def _refuse_returned(row: drafts.DraftRow) -> None:
    if row.state == drafts.RETURNED:
        raise Refused(
            finding(
                "draft-returned",
                f"草稿 {row.id} 已退回制单人，改正后才能审核",
                f"draft {row.id} was returned to its maker and has to be corrected first",
                "请制单人改正后重新提交",
                "ask the maker to correct it and submit it again",
            )
        )


def _own(row: drafts.DraftRow, maker: User, right: str = "record") -> None:
    if row.maker != maker.id:
        raise NotAllowed(
            finding(
                "not-your-draft",
                "只有制单人能修改或撤回自己的草稿",
                "only its maker changes or withdraws a draft",
                "审核人可以退回并写明原因",
                "a checker can return it with a reason",
            )
        )
    demand(maker, right, row.unit)


def _source_used(conn: Connection, draft: Draft, but: str = "") -> list[Finding]:
    """A source gives one voucher: the same bank line or the same claim is not entered twice."""
    if draft.source == "user" or draft.source.startswith("accept:"):
        return []
    waiting_ = drafts.by_source(conn, draft.unit, draft.source, drafts.UNDECIDED)
    taken = [row.id for row in waiting_ if row.id != but]
    taken += entries.standing_sources(conn, draft.unit, [draft.source]).values()
    return [
        finding(
            "source-used",
            f"同一来源已有凭证或草稿：{other}",
            f"the same source has a voucher or draft already: {other}",
            "不要重复提交；要更正请先冲销",
            "do not enter it twice; to correct it, reverse first",
        )
        for other in taken
    ]


def _sources_used(conn: Connection, proposed: Sequence[Draft]) -> set[str]:
    """Those sources that may be taken: something has come from them before."""
    if not proposed:
        return set()
    unit, sources = proposed[0].unit, [draft.source for draft in proposed]
    if len(set(sources)) != len(sources):
        raise ValueError("each draft of a batch has a source of its own")
    states = drafts.UNDECIDED
    return set(drafts.by_sources(conn, unit, sources, states)) | entries.sources_known(
        conn, unit, sources
    )


def _log(
    conn: Connection,
    now: datetime,
    user: str,
    unit: str,
    action: str,
    thing: str,
    detail: str = "",
) -> None:
    oplog.record(conn, at=now, user=user, unit=unit, action=action, object=thing, detail=detail)
