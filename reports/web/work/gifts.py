"""``/desk/<unit>/gifts``: every gift and how far it has come; one gift with all that became of it.

Givers stand behind their ids here: who may see names finds them on the page of donors.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from flask import Blueprint, abort, request

from ledger.errors import CannotRun, Finding, Words
from ledger.gifts import waiting
from ledger.gifts.accounts import accounts_of
from ledger.gifts.called import STATES
from ledger.gifts.standing import gift_standing, gift_standings
from ledger.gifts.terms import own_money
from ledger.money import Money
from ledger.registry import campaigns, claims, gifts, units
from ledger.registry.gifts import AGENCY, ASSET, CASH, CONDITIONAL, GOODS, PLEDGE
from ledger.seeing import may_know
from reports.statement import DAY, TEXT, Column
from reports.web.access import current_user, desk, may_browse
from reports.web.gifts import BASES, EVENTS, KINDS, NATURES, gift_bar
from reports.web.work import typed
from reports.web.work.frame import account_choices, fund_choices, logins, page
from reports.web.work.members import day_of
from reports.web.work.tables import FORMS, form_asked, table_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from werkzeug.wrappers import Response

    from ledger.gifts.following import Use
    from ledger.gifts.standing import GiftStanding
    from ledger.registry.campaigns import CampaignRow
    from reports.statement import Cell

gifts_page = Blueprint("work-gifts", __name__)

_PER_PAGE: Final = 100
_ASKED: Final = ("campaign", "kind", "nature", "state", "donor", "q", "on")
#: A gift of no campaign.
NO_CAMPAIGN: Final = "-"
_SUMS: Final = ("received", "used", "held", "returned")
_CLAIMED: Final = {
    claims.OPEN: Words("待收", "expected"),
    claims.DRAFTED: Words("待审核", "waits for a checker"),
    claims.PAID: Words("已收", "received"),
}
CAME, USED, BACK = (
    Words("收到", "received"), Words("使用", "used"), Words("退还", "returned"),
)  # fmt: skip
MOVED_IN, MOVED_OUT = Words("转入", "moved in"), Words("转出", "moved out")


@dataclass(frozen=True)
class Step:
    """One thing that a voucher did to a gift; ``came`` says whether it brought something."""

    what: Words
    use: Use
    came: bool
    href: str


# ---- all of them -------------------------------------------------------------------------------


@gifts_page.get("/desk/<unit>/gifts", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    asked = {name: request.args.get(name, "").strip()[:24] for name in _ASKED}
    on = day_asked(asked["on"])
    with desk().registry.read() as conn:
        known = {row.code: row for row in campaigns.of_unit(conn, unit)}
    every = gift_standings(desk().registry, unit, on)
    found = [one for one in every if _matches(one, asked)]
    given = {name: text for name, text in asked.items() if text}
    if form := form_asked():
        return _file(unit, found, on, form)
    found.reverse()
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(typed.digits(request.args.get("page", "")) or 1, 1), pages)
    shown = found[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    return page(
        "work/gifts.html", unit, tab="gifts", sub="gifts",
        rows=[(one, gift_bar(one)) for one in shown], count=len(found), any=bool(every),
        total={name: sum(getattr(one, f"{name}_fen") for one in found) for name in _SUMS},
        asked=asked, given=given, on=on, at=at, pages=pages, campaigns=known,
        kinds=KINDS, natures=NATURES, states=STATES, forms=FORMS, none=NO_CAMPAIGN,
    )  # fmt: skip


def day_asked(text: str) -> date:
    """The day of an address; today where it is none."""
    try:
        return day_of(text)
    except ValueError:
        return desk().clock().date()


def _matches(one: GiftStanding, asked: dict[str, str]) -> bool:
    row = one.row
    return (
        asked["campaign"] in ("", row.campaign or NO_CAMPAIGN)
        and asked["kind"] in ("", row.kind)
        and asked["nature"] in ("", row.nature)
        and asked["state"] in ("", one.state)
        and asked["donor"] in ("", row.donor)
        and asked["q"].upper() in row.code
    )


def _file(unit: str, found: Sequence[GiftStanding], on: date, form: str) -> Response:
    columns = (
        Column("day", Words("日期", "Day"), DAY, 0.9),
        Column("kind", Words("种类", "Kind"), TEXT, 0.8),
        Column("nature", Words("性质", "Nature"), TEXT, 0.8),
        Column("campaign", Words("活动", "Campaign"), TEXT, 1.2),
        Column("fund", Words("资金", "Fund"), TEXT, 1.2),
        Column("donor", Words("捐赠人", "Donor"), TEXT, 1.2),
        Column("state", Words("状态", "State"), TEXT, 0.8),
        Column("amount", Words("金额", "Amount"), primary=True),
        *(Column(name, words) for name, words in zip(
            _SUMS, (CAME, USED, Words("结存", "held"), BACK), strict=True
        )),
        Column("until", Words("可用日", "Usable from"), DAY, 0.9),
        Column("deadline", Words("期限", "Deadline"), DAY, 0.9),
    )  # fmt: skip
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for one in found:
        row = one.row
        cells = (
            row.day, KINDS[row.kind].zh, NATURES[row.nature].zh, row.campaign, row.fund, row.donor,
            STATES[one.state].zh, Money(row.fen),
            *(Money(getattr(one, f"{name}_fen")) for name in _SUMS), row.until, one.deadline,
        )  # fmt: skip
        rows.append((row.code, Words(row.code, row.code), cells))
    sums = tuple(Money(sum(getattr(one, f"{name}_fen") for one in found)) for name in _SUMS)
    whole = Money(sum(one.row.fen for one in found))
    total: tuple[Cell, ...] = (None,) * 7 + (whole, *sums, None, None)
    return table_file(
        unit, "gifts", Words("捐赠", "Gifts"), on, columns, rows,
        heads=Words("编号", "Code"), form=form, total=total,
    )  # fmt: skip


# ---- one of them -------------------------------------------------------------------------------


@gifts_page.get("/desk/<unit>/gifts/<code>", provide_automatic_options=False)
@may_browse
def gift(unit: str, code: str) -> Response:
    return gift_shown(unit, code)


def gift_shown(unit: str, code: str, findings: tuple[Finding, ...] = (), act: str = "") -> Response:
    """The page of a gift; where a form was refused, ``act`` says which, and it stays open."""
    registry, on = desk().registry, day_asked(request.args.get("on", "").strip()[:24])
    try:
        one = gift_standing(registry, unit, code, on)
    except CannotRun:
        abort(404)
    user = current_user()
    if form := form_asked():
        return _way_file(unit, one, on, form)
    acts = _acts(one) if user.may("record", unit) else []
    with registry.read() as conn:
        known = {row.code: row for row in campaigns.of_unit(conn, unit)}
        drafts = waiting.of_gift(conn, unit, code)
        seen = {
            what: waiting.source(conn, unit, what, code)
            for what in {_SOURCES[name] for name in acts if name in _SOURCES}
        }
        chart = accounts_of(units.find(conn, unit).chart)
        parts = sorted(claims.leaves_of(conn, unit, code), key=lambda claim: claim.due or date.max)
    row = one.row
    return page(
        "work/gift.html", unit, findings=findings, tab="gifts", sub="gifts", one=one, row=row,
        bar=gift_bar(one), steps=_steps(unit, one), things=_things(one), drafts=drafts,
        campaign=known.get(row.campaign or ""), kinds=KINDS, natures=NATURES, states=STATES,
        events=EVENTS, bases=BASES, logins=logins(), on=on, today=desk().clock().date(),
        acts=acts, act=act, typed=request.form if act else {}, seen=seen, sources=_SOURCES,
        charged=f"{row.kind}-credit" not in chart.roles and row.nature != AGENCY,
        moneys=account_choices(unit, "Assets:") if acts else [], foreign=_foreign(one),
        expenses=account_choices(unit, "Expenses:") if "give" in acts else [],
        targets=targets(unit, known, but=row.fund) if "change" in acts else ([], []),
        others={event.number for event in one.events
                if event.checker is None and event.user != user.id},
        net=Money(row.fen - row.fee_fen), parts=parts, claimed=_CLAIMED, forms=FORMS,
        may_print=may_know(user, unit) and any(part.came for part in one.parts),
    )  # fmt: skip


#: The source of whose drafts a form takes the next; others ask for what two persons say.
_SOURCES: Final = {
    "receive": "in", "give": "out", "hand-on": "out", "met": "met", "refund": "back",
}  # fmt: skip


def _acts(one: GiftStanding) -> list[str]:
    """What may be entered of a gift as it stands, in the order of its life."""
    row = one.row
    has_things = row.kind in (GOODS, ASSET)
    held = sum(part.units_held for part in one.parts)
    came = any(part.came for part in one.parts)
    possible = {
        "receive": row.kind in (PLEDGE, CASH) and one.expected_fen > 0,
        "give": has_things and held > 0,
        "hand-on": row.nature == AGENCY and not has_things and one.pending_fen > 0,
        "met": row.nature == CONDITIONAL and one.pending_fen > 0,
        "refund": one.received_fen > one.returned_fen,
        "change": own_money(one) > 0 or (not came and one.expected_fen > 0),
        "default": row.kind == PLEDGE and one.expected_fen > 0,
        "void": not came and not one.is_void,
    }
    return [name for name, can in possible.items() if can]


def targets(
    unit: str, known: dict[str, CampaignRow], but: str = ""
) -> tuple[list[CampaignRow], list[tuple[str, str]]]:
    """Open campaigns, and funds that are no campaign's, which a gift may stand in; one left out."""
    taken = {row.fund for row in known.values()} | {but}
    opened = [row for row in known.values() if row.state == campaigns.OPEN and row.fund != but]
    free = [(one.value, one.label) for one in fund_choices(unit) if one.value not in taken]
    return opened, free


def _steps(unit: str, one: GiftStanding) -> list[Step]:
    return sorted(_every(unit, one), key=lambda step: (step.use.day, step.use.voucher))


def _every(unit: str, one: GiftStanding) -> Iterator[Step]:
    for part in one.parts:
        for words, moved, uses, came in (
            (CAME, MOVED_IN, part.came, True),
            (USED, USED, part.uses, False),
            (BACK, MOVED_OUT, part.returns, False),
        ):
            for use in uses:
                told = moved if use.voucher in part.moves else words
                yield Step(told, use, came, f"/vouchers/{unit}/{quote(use.voucher)}")


def _way_file(unit: str, one: GiftStanding, on: date, form: str) -> Response:
    """What became of a gift as a file: each voucher with its sign, and what is held below."""
    columns = (
        Column("day", Words("日期", "Day"), DAY, 0.9),
        Column("what", Words("事项", "What"), TEXT, 0.7),
        Column("purpose", Words("用途、受益对象", "Purpose and beneficiaries"), TEXT, 2.4),
        Column("pieces", Words("数量", "Pieces"), TEXT, 0.7),
        Column("paper", Words("附件", "Paper"), TEXT, 1.2),
        Column("amount", Words("金额", "Amount"), primary=True),
    )
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for step in _steps(unit, one):
        use = step.use
        fen = use.fen if step.came else -use.fen
        cells = (
            use.day, step.what.zh, use.purpose, f"{use.units:f}" if use.units else "",
            " ".join(paper[:16] for paper in use.papers), Money(fen),
        )  # fmt: skip
        rows.append((use.voucher, Words(use.voucher, use.voucher), cells))
    code = one.row.code
    return table_file(
        unit, f"gift-{code}", Words(f"捐赠 {code} 的来龙去脉", f"What became of gift {code}"), on,
        columns, rows, heads=Words("凭证", "Voucher"), form=form,
        total=(None, None, None, None, None, Money(one.held_fen)),
    )  # fmt: skip


def _things(one: GiftStanding) -> list[tuple[Words, str]]:
    """Pieces that came, were handed out, are there and went back."""
    if one.row.kind not in (GOODS, ASSET):
        return []
    names = ("units", "units_used", "units_held", "units_returned")
    words = (CAME, Words("发放", "handed out"), Words("结存", "held"), BACK)
    return [
        (told, f"{sum(getattr(part, name) for part in one.parts):f}")
        for told, name in zip(words, names, strict=True)
    ]


def _foreign(one: GiftStanding) -> str:
    row = one.row
    return str(Money(row.foreign_fen, row.currency)) if row.foreign_fen else ""


def known(unit: str, code: str) -> bool:
    """Whether the unit has a gift of this code."""
    with desk().registry.read() as conn:
        return gifts.find(conn, unit, code) is not None
