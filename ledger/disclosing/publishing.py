"""Saying that something was published: entered by one person, confirmed by another.

What was published is kept as a paper. Nothing is changed afterwards: a correction is entered as
well, names what it corrects and explains why, and counts once it is confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

from ledger import workflow
from ledger.disclosing.ruling import rules_of
from ledger.entry import safe_text
from ledger.errors import CannotRun, Finding, Refused, finding, refuse_if
from ledger.gifts.standing import known_campaign, known_gift
from ledger.period import Month
from ledger.registry import campaigns, disclosures, oplog, papers, units
from ledger.registry.disclosures import CALM, PUBLISHED, WAITING, WITHDRAWN, DisclosureRow
from ledger.rules.deadlines import (
    ANNUAL,
    CLOSING,
    INTERIM,
    LEFTOVER,
    MAJOR,
    PARTNER,
    RELATED,
    Published,
)
from ledger.rules.disclosure_tables import AUDIENCES, PUBLIC
from ledger.rules.streams import ENTERED, MONTHLY, NAMED, OF_A_YEAR, PERIODS
from ledger.words import named_faults

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.registry import Registry, User
    from ledger.registry.campaigns import CampaignRow

OF_CAMPAIGN: Final = (INTERIM, CLOSING, LEFTOVER, PARTNER, CALM)
OF_UNIT: Final = (ANNUAL, RELATED, MAJOR, *ENTERED)
KINDS: Final = (*OF_CAMPAIGN, *OF_UNIT)
#: Kinds that are published once the campaign is over.
_AFTERWARDS: Final = (CLOSING, PARTNER, LEFTOVER)
_NEXT: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Said:
    """What was published on ``published``, about the days from ``first`` to ``last``.

    ``first`` is worked out where it is None: the day after those that were told of before.
    ``about`` is a gift's code, or a decision's, voucher's or document's number; ``campaign`` a
    campaign's code; ``audience`` to whom, by default whom the rule in force names.
    """

    unit: str
    kind: str
    published: date
    last: date
    paper: bytes
    name: str
    place: str
    campaign: str = ""
    about: str = ""
    first: date | None = None
    corrects: int | None = None
    note: str = ""
    audience: str = ""


def record(registry: Registry, said: Said, user: User, now: datetime) -> DisclosureRow:
    """Enter what was published, to be confirmed by somebody else.

    Refused with every finding: days that cannot be, a kind that does not fit, no paper.
    """
    workflow.demand(user, "record", said.unit)
    with registry.write() as conn:
        registry.lock_unit(conn, said.unit)
        campaign = known_campaign(conn, said.unit, said.campaign) if said.campaign else None
        earlier = disclosures.of_unit(conn, said.unit)
        gift = None
        if said.about and said.kind == RELATED:
            gift = known_gift(conn, said.unit, said.about)
        refuse_if(_kind_faults(said, campaign))
        first = _first(said, campaign, earlier, gift.day if gift is not None else None)
        last = first if said.kind in OF_A_YEAR else said.last
        row = DisclosureRow(
            said.unit, disclosures.next_number(conn, said.unit), said.kind,
            said.campaign or None, gift.code if gift is not None else None,
            "" if gift is not None else safe_text(said.about, 60), first, last,
            said.published, safe_text(said.place, 200),
            hashlib.sha256(said.paper).hexdigest(), said.corrects,
            safe_text(said.note, 300), WAITING, user.id, now.isoformat(timespec="seconds"),
            audience=_audience(conn, registry, said, first),
        )  # fmt: skip
        refuse_if(_faults(row, said, campaign, now.date()))
        refuse_if(_earlier_faults(row, earlier))
        refuse_if(named_faults(conn, registry, said.place, said.note, said.about))
        if any(_same(row, one) for one in earlier if one.state != WITHDRAWN):
            raise Refused(_bad("这次公开已登记过", "this publication is entered already"))
        papers.store_in(conn, registry, said.unit, said.paper, said.name, user=user.id, now=now)
        disclosures.add(conn, row)
        _log(conn, row, "disclosure.record", user, now)
    return row


def confirm(registry: Registry, unit: str, number: int, user: User, now: datetime) -> DisclosureRow:
    """Confirm what somebody else entered; from then on it counts. NotAllowed for who entered it.

    Refused if its paper cannot be opened any more.
    """
    workflow.demand(user, "approve", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit, number)
        workflow.demand_other(
            conn, user, [row.user],
            "登记人不能确认自己登记的公开", "nobody confirms a publication that they entered",
        )  # fmt: skip
        paper = papers.find(conn, unit, row.paper)
        if paper is None or papers.read(registry, unit, paper) is None:
            raise Refused(
                _bad("公开的文件打不开", "the paper of what was published cannot be opened")
            )
        disclosures.answered(conn, row, PUBLISHED, user.id, now)
        _log(conn, row, "disclosure.confirm", user, now)
    return replace(row, state=PUBLISHED, checker=user.id)


def send_back(
    registry: Registry, unit: str, number: int, user: User, now: datetime
) -> DisclosureRow:
    """Take back what waits; its number stays. What is confirmed is corrected, never taken back."""
    if not user.may("approve", unit):
        workflow.demand(user, "record", unit)
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        row = _waiting(conn, unit, number)
        disclosures.answered(conn, row, WITHDRAWN, user.id, now)
        _log(conn, row, "disclosure.back", user, now)
    return replace(row, state=WITHDRAWN, checker=user.id)


def counted(rows: Sequence[DisclosureRow], on: date) -> list[Published]:
    """What counts as published by ``on``: confirmed, and as far as its correction bears it out.

    One that is corrected counts, from its own day, for the days that its correction tells of too.
    """
    known = [row for row in rows if row.state == PUBLISHED and row.published <= on]
    by_corrected = {row.corrects: row for row in known if row.corrects is not None}
    found = []
    for row in known:
        if row.kind == CALM:
            continue
        first, last = row.first, row.last
        later = by_corrected.get(row.number)
        while later is not None:
            first, last = max(first, later.first), min(last, later.last)
            later = by_corrected.get(later.number)
        if first <= last:
            to = row.audience if row.kind in ENTERED else ""
            found.append(Published(row.number, row.kind, row.about, first, last, row.published, to))
    return found


def calm_days(rows: Sequence[DisclosureRow], on: date) -> dict[str, date]:
    """The last day of its emergency by campaign, as it was announced by ``on``."""
    known = [
        row for row in rows if row.state == PUBLISHED and row.kind == CALM and row.published <= on
    ]
    corrected = {row.corrects for row in known}
    return {row.about: row.last for row in known if row.number not in corrected}


def last_day(row: CampaignRow) -> date | None:
    """The last day on which a campaign raised: its end, or its closing if that was earlier."""
    closed = row.closed if row.state == campaigns.CLOSED else None
    return min((day for day in (row.end, closed) if day is not None), default=None)


# ---- what it is about --------------------------------------------------------------------------


def _audience(conn: Connection, registry: Registry, said: Said, first: date) -> str:
    """To whom it was published: as was said, else as the rule in force demands it."""
    if said.kind not in ENTERED:
        if said.audience in ("", PUBLIC):
            return PUBLIC
        raise Refused(_bad(f"{said.kind} 向社会公开", f"{said.kind} is for the public"))
    if said.audience in AUDIENCES:
        return said.audience
    day = said.last + _NEXT if said.kind in PERIODS else first
    table = rules_of(registry.folder, units.find(conn, said.unit))(said.kind, day)
    if table is None or said.audience:
        among = "、".join(AUDIENCES)
        raise Refused(
            _bad(
                f"没有装入规则，须写明向谁公开：{among}（--audience）",
                f"no rule loaded: say to whom with --audience: {', '.join(AUDIENCES)}",
            )
        )
    return table.audience


def _first(
    said: Said, campaign: CampaignRow | None, earlier: Sequence[DisclosureRow], gift: date | None
) -> date:
    if said.first is not None and said.kind not in OF_A_YEAR:
        return said.first
    old = next((row for row in earlier if row.number == said.corrects), None)
    if old is not None:
        return old.first
    if said.kind in MONTHLY:
        return Month.of(said.last).first
    if said.kind in PERIODS or said.kind in OF_A_YEAR:
        return date(said.last.year, 1, 1)
    if campaign is None:
        return min(gift or said.last, said.last)
    if said.kind != INTERIM:
        return campaign.start
    told = [
        row.last
        for row in earlier
        if row.kind == INTERIM
        and row.campaign == campaign.code
        and row.state != WITHDRAWN
        and row.last < said.last
    ]
    return max([campaign.start, *(day + _NEXT for day in told)])


def _same(row: DisclosureRow, other: DisclosureRow) -> bool:
    return (row.kind, row.about, row.first, row.last, row.published, row.paper, row.audience) == (
        other.kind, other.about, other.first, other.last, other.published, other.paper,
        other.audience,
    )  # fmt: skip


# ---- findings ----------------------------------------------------------------------------------


def _kind_faults(said: Said, campaign: CampaignRow | None) -> Iterator[Finding]:
    if said.kind not in KINDS:
        yield _bad(f"公开的种类为 {'、'.join(KINDS)}", f"a kind is one of {', '.join(KINDS)}")
    elif said.kind in OF_CAMPAIGN and campaign is None:
        yield _bad(f"{said.kind} 须写明活动", f"{said.kind} is about a campaign: name it")
    elif said.kind in OF_UNIT and campaign is not None:
        yield _bad(f"{said.kind} 不写活动", f"{said.kind} is about the unit: name no campaign")
    if said.about and said.kind not in (RELATED, MAJOR, *NAMED):
        yield _bad(
            "只有关联交易、重大事项、拨款、会费标准和阵地写明所指",
            "only dealings with related parties, major items, allocations, resolutions on dues and "
            "venues say what they are about",
        )
    if said.kind == CALM and campaign is not None and not campaign.emergency:
        yield _bad("活动不是应急活动", "the campaign is no emergency")


def _faults(
    row: DisclosureRow, said: Said, campaign: CampaignRow | None, today: date
) -> Iterator[Finding]:
    if not row.first <= row.last <= row.published <= today:
        yield _bad(
            f"所述期间 {row.first} 至 {row.last}，公开日 {row.published}：先后不合，或晚于今天",
            f"it tells of {row.first} to {row.last} and was published on {row.published}: "
            "out of order, or later than today",
        )
    if not said.paper:
        yield _bad("须附公开的文件", "what was published is given as a paper")
    if not row.place:
        yield _bad("须写明公布在何处", "it says where it was published")
    if row.kind in MONTHLY and (row.first, row.last) != _whole_month(row.last):
        yield _bad("月报说的是整月：--through 2026-01-31",
                   "a monthly one is about a whole month: --through 2026-01-31")  # fmt: skip
    elif row.kind in PERIODS - MONTHLY and (row.first, row.last) != (
        date(row.last.year, 1, 1), date(row.last.year, 12, 31),
    ):  # fmt: skip
        yield _bad("年度报告说的是整年：--through 2025-12-31",
                   "a yearly report is about a whole year: --through 2025-12-31")  # fmt: skip
    if campaign is None:
        return
    if campaign.state not in (campaigns.OPEN, campaigns.CLOSING, campaigns.CLOSED):
        yield _bad(
            f"活动 {campaign.code} 尚未开始或已撤回", f"campaign {campaign.code} is not open"
        )
    if row.first < campaign.start:
        yield _bad(f"活动自 {campaign.start} 开始", f"the campaign began on {campaign.start}")
    last = last_day(campaign)
    if row.kind in _AFTERWARDS and (last is None or row.published < last):
        yield _bad(
            f"{row.kind} 在活动结束后公开；活动尚未结束",
            f"{row.kind} is published once the campaign is over; it is not",
        )
    elif row.kind == CLOSING and last is not None and (row.first, row.last) != (
        campaign.start, max(row.last, last),
    ):  # fmt: skip
        yield _bad(f"全面公开说的是 {campaign.start} 至 {last}",
                   f"a closing one tells of {campaign.start} to {last}")  # fmt: skip
    if row.kind == LEFTOVER and campaign.state != campaigns.CLOSED:
        yield _bad("活动以决议结束之后，才公开剩余财产的处理",
                   "the rest is told of once the campaign was closed by a decision")  # fmt: skip
    if row.kind == PARTNER and not campaign.partner:
        yield _bad("活动没有合作方", "the campaign has no partner")


def _whole_month(day: date) -> tuple[date, date]:
    month = Month.of(day)
    return month.first, month.period.last


def _earlier_faults(row: DisclosureRow, earlier: Sequence[DisclosureRow]) -> Iterator[Finding]:
    if row.corrects is None:
        if row.kind == CALM and any(
            one.kind == CALM and one.about == row.about and one.state != WITHDRAWN
            for one in earlier
        ):
            yield _bad(
                "应急阶段的结束日已登记；有误时更正",
                "the end of the emergency is entered; correct it if it is wrong",
            )
        return
    old = next((one for one in earlier if one.number == row.corrects), None)
    if old is None or old.state != PUBLISHED or (
        (old.kind, old.about, old.audience) != (row.kind, row.about, row.audience)
    ):  # fmt: skip
        yield _bad(
            f"没有第 {row.corrects} 号同类、同一对象、已确认的公开",
            f"number {row.corrects} is no confirmed publication of this kind about the same",
        )
    if any(one.corrects == row.corrects and one.state != WITHDRAWN for one in earlier):
        yield _bad(f"第 {row.corrects} 号已有更正，请更正其更正",
                   f"number {row.corrects} has a correction: correct that one")  # fmt: skip
    if not row.note:
        yield _bad("更正须有说明", "a correction is explained")
    if old is not None and row.published < old.published:
        yield _bad("更正不早于所更正的公开", "a correction is no earlier than what it corrects")


def _waiting(conn: Connection, unit: str, number: int) -> DisclosureRow:
    row = disclosures.find(conn, unit, number)
    if row is None:
        raise CannotRun(
            finding(
                "no-disclosure", f"没有第 {number} 号公开", f"there is no publication {number}",
                "用 mingbai disclosure list 查看", "see mingbai disclosure list",
            )
        )  # fmt: skip
    if row.state != WAITING:
        raise Refused(_bad(f"第 {number} 号的状态是 {row.state}，不再待确认",
                           f"publication {number} is {row.state}: it does not wait"))  # fmt: skip
    return row


def _bad(zh: str, en: str) -> Finding:
    return finding("bad-disclosure", zh, en, "改正后重试", "correct it and try again")


def _log(conn: Connection, row: DisclosureRow, action: str, user: User, now: datetime) -> None:
    oplog.record(
        conn, at=now, user=user.id, unit=row.unit, action=action, object=f"{row.number}",
        detail=f"{row.kind} {row.about} {row.first} {row.last} {row.published}",
    )  # fmt: skip
