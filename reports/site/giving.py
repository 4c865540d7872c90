"""A campaign with every gift to it, and the page of one's own gift."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from reports.site import addresses
from reports.site.charts import Bar, bars
from reports.site.drawing import Pen, Where, money
from reports.site.lists import Fact, Written, beside, draw, of_unit
from reports.site.model import UNTRACED, Campaign, Gift, GiftUse, MyGift, Unit
from reports.site.packing import Block
from reports.site.tables import (
    CODE,
    DAY,
    END,
    NUM,
    Col,
    explained,
    head,
    paragraph,
    remark,
    row,
    section,
)

_PARTS = ("raised", "moved_in", "used", "held", "returned", "moved_out")


def campaign(pen: Pen, unit: Unit, one: Campaign) -> Iterator[Written]:
    path = addresses.campaign(unit.code, one.code)
    until = one.end.isoformat() if one.end else pen.t("campaign.no-end")
    facts: list[Fact] = [
        (pen.t("campaign.code"), one.code),
        (pen.t("col.state"), pen.t(f"campaign.{one.state}")),
        (pen.t("campaign.purpose"), pen.own(one.purpose)),
        (pen.t("campaign.days"), pen.t("fact.days", first=one.start, last=until)),
        (pen.t("campaign.rule"), pen.t(f"rule.{one.rule}")),
    ]
    if one.emergency:
        facts.append((pen.t("campaign.kind"), pen.t("campaign.emergency")))
    if one.filing:
        facts.append((pen.t("campaign.filing"), pen.own(one.filing)))
    if one.target:
        said = Markup("{} {}").format(money(one.target), one.progress and f"({one.progress})")
        facts.append((pen.t("campaign.target"), said))
    if one.coverage:
        facts.append((pen.t("campaign.coverage"), one.coverage))
    if one.ending:
        facts.append((pen.t("campaign.ending"), pen.own(one.ending)))
    yield from draw(
        pen, path, pen.plain(one.name), _parts(pen, path, unit, one),
        crumbs=of_unit(pen, unit.code), facts=facts, lead=pen.t("campaign.lead"),
    )  # fmt: skip


def _parts(pen: Pen, path: str, unit: Unit, one: Campaign) -> Iterator[Block]:
    amounts = {
        "raised": one.raised, "moved_in": one.moved_in, "used": one.used, "held": one.held,
        "returned": one.returned, "moved_out": one.moved_out,
    }  # fmt: skip
    columns = [Col(pen.t("col.what")), Col(pen.t("col.amount"), NUM)]
    there = Where(path, "gifts") if one.gifts else None
    rows = [
        row(columns, (pen.t(f"campaign.{part}"), pen.amount(path, amounts[part], there)))
        for part in _PARTS
        if amounts[part] != 0 or part in ("raised", "used", "held")
    ]
    # What no gift covers stands on no gift's row: the page on completeness tells of it.
    lacks = Where(addresses.of_unit(unit.code, addresses.COMPLETENESS), UNTRACED)
    untraced = pen.amount(path, one.untraced, lacks if _is_told(unit) else there)
    rows.append(row(columns, (pen.t("campaign.untraced"), untraced)))
    drawn = [
        Bar(pen.t(f"campaign.{part}"), fen, "b" if part == "used" else "a")
        for part in ("raised", "used", "held", "returned")
        if (fen := amounts[part]) is not None
    ]
    title, caption = pen.t("campaign.became"), pen.t("campaign.caption", day=pen.site.on)
    block = section("became", title, caption, columns, rows, note=pen.t("campaign.note"))
    yield beside(bars("became-picture", title, pen.t("chart.told"), drawn), block)
    if one.budget:
        columns = [
            Col(pen.t("gift.purpose")), Col(pen.t("budget.planned"), NUM),
            Col(pen.t("budget.spent"), NUM),
        ]  # fmt: skip
        yield section(
            "budget", pen.t("budget.title"), pen.t("budget.caption"), columns,
            [row(columns, (pen.own(line.purpose),
                           pen.linked(path, Where(path, "facts"), money(line.planned)),
                           pen.amount(path, line.spent, there)))
             for line in one.budget],
        )  # fmt: skip
    if one.gifts:
        yield from _gifts(pen, path, unit, one.gifts)


def _is_told(unit: Unit) -> bool:
    """Whether the unit's page on completeness lists spending that no gift covers."""
    found = unit.looked_for(UNTRACED)
    return found is not None and found.lacking > 0


def _gifts(pen: Pen, path: str, unit: Unit, gifts: Sequence[Gift]) -> Iterator[Block]:
    """One table of many bodies: a gift, and below it what it bought."""
    columns = [
        Col(pen.t("gift.code"), CODE), Col(pen.t("col.day"), DAY), Col(pen.t("gift.donor")),
        Col(pen.t("gift.came"), NUM), Col(pen.t("gift.used"), NUM), Col(pen.t("gift.held"), NUM),
        Col(pen.t("gift.returned"), NUM), Col(pen.t("col.state")),
    ]  # fmt: skip
    title = Markup('<section>\n<h2 id="gifts">{}</h2>\n<p class="note">{}</p>\n').format(
        pen.t("campaign.gifts"), pen.t("gift.note")
    )
    top = head("c-gifts", pen.t("gift.caption"), columns)
    end = END + Markup("\n</section>")
    rows = [part for one in gifts for part in _gift(pen, path, unit, one, columns)]
    again = Markup('<section>\n<h2 id="gifts">{} {}</h2>\n').format(
        pen.t("campaign.gifts"), pen.t("list.again")
    )
    yield Block(
        "gifts", title + top + Markup("\n<tbody>"), rows, again + top + Markup("\n<tbody>"),
        Markup("</tbody>\n") + end, Markup("</tbody>\n") + end,
    )  # fmt: skip


def _gift(pen: Pen, path: str, unit: Unit, one: Gift, columns: Sequence[Col]) -> Iterator[Markup]:
    donor = pen.say(one.donor)
    if one.quantity:
        donor += Markup("<br>{}").format(pen.own(one.quantity))
    if one.purpose:
        donor += Markup('<br><span class="small">{}</span>').format(pen.own(one.purpose))
    # What came leads to its voucher, if that is public; what it bought stands below its own row.
    here = Where("", addresses.anchor(one.code))
    there = pen.vouchers.get((unit.code, one.brought), here)
    amounts = (
        pen.amount(path, fen, where)
        for fen, where in ((one.came, there), (one.used, here), (one.held, here),
                           (one.returned, here))
    )  # fmt: skip
    state = pen.t(f"gift_state.{one.state}") if one.state else ""
    cells = (one.code, one.day.isoformat(), donor, *amounts, state)
    yield row(columns, cells, anchor=one.code, style="gift")
    if one.commitment:
        yield Markup('<tr class="paper"><td colspan="{}">{} <code>{}</code></td></tr>').format(
            len(columns), pen.t("gift.commitment"), one.commitment
        )
    for use in one.uses:
        what = Markup("{} {}").format(pen.t("gift.use"), pen.own(use.purpose))
        if use.paper:
            what += Markup('<br><span class="small">{} <code>{}</code></span>').format(
                pen.t("journal.paper"), use.paper
            )
        cells = (
            pen.voucher(path, unit.code, use.voucher), use.day.isoformat(), what, "",
            money(use.fen), "", "", "",
        )  # fmt: skip
        yield row(columns, cells, head=None, style="use")


# ---- one's own ---------------------------------------------------------------------------------


def my_gift(pen: Pen, one: MyGift) -> Iterator[Written]:
    unit, gift, path = pen.site.unit(one.unit), one.gift, addresses.mine(one.token)
    facts: list[Fact] = [
        (pen.t("mine.receipt"), pen.own(one.receipt) if one.receipt else pen.t("word.none")),
        (pen.t("gift.code"), gift.code),
        (pen.t("col.unit"), pen.linked(path, Where(addresses.unit(unit.code)), pen.say(unit.name))),
        (pen.t("col.campaign"), pen.say(one.campaign)),
        (pen.t("col.day"), gift.day.isoformat()),
        (pen.t("gift.purpose"), pen.own(gift.purpose) if gift.purpose else pen.t("word.none")),
        (pen.t("col.state"), pen.t(f"gift_state.{gift.state}")),
    ]
    if gift.quantity:
        facts.append((pen.t("gift.quantity"), pen.own(gift.quantity)))
    yield from draw(
        pen, path, pen.t("mine.gift"), _mine(pen, path, unit, one), facts=facts, unlisted=True,
        lead=pen.t("mine.lead"),
    )  # fmt: skip


def _mine(pen: Pen, path: str, unit: Unit, one: MyGift) -> Iterator[Block]:
    gift = one.gift
    parts = {
        "came": gift.came, "used": gift.used, "held": gift.held, "returned": gift.returned,
        "moved": gift.moved,
    }  # fmt: skip
    columns = [Col(pen.t("col.what")), Col(pen.t("col.amount"), NUM)]
    there = {
        "came": Where(path, "proof") if one.root else _listed(unit, gift),
        "used": Where(path, "uses"), "held": Where(path, "uses"),
    }  # fmt: skip
    rows = [
        row(
            columns,
            (
                pen.t(f"gift.{part}"),
                pen.amount(path, fen, there.get(part, _listed(unit, gift))),
            ),
        )
        for part, fen in parts.items()
        if fen or part in ("came", "used", "held")
    ]
    drawn = [
        Bar(pen.t(f"gift.{part}"), fen, "b" if part == "used" else "a")
        for part in ("came", "used", "held")
        if (fen := parts[part]) is not None
    ]
    title = pen.t("mine.became")
    caption = pen.t("campaign.caption", day=pen.site.on)
    block = section("became", title, caption, columns, rows)
    yield beside(bars("became-picture", title, pen.t("chart.told"), drawn), block)
    yield _uses(pen, path, unit, gift.uses)
    if any(_shut(pen, path, unit, use) for use in gift.uses):
        leaves = pen.linked(path, Where(addresses.DATA, "verify"), pen.t("mine.how"))
        said = Markup("{} {}").format(pen.t("mine.shut_told"), leaves)
        yield explained("shut", pen.t("mine.shut"), [said])
    yield _proof(pen, path, one)


def _listed(unit: Unit, gift: Gift) -> Where:
    """Where everybody reads of the gift: in its campaign, or on the unit's page."""
    for campaign in unit.campaigns:
        if any(one.code == gift.code for one in campaign.gifts):
            return Where(addresses.campaign(unit.code, campaign.code), "gifts")
    return Where(addresses.unit(unit.code))


def _uses(pen: Pen, path: str, unit: Unit, uses: Sequence[GiftUse]) -> Block:
    columns = [
        Col(pen.t("gift.purpose")), Col(pen.t("col.day"), DAY), Col(pen.t("col.voucher"), CODE),
        Col(pen.t("col.amount"), NUM), Col(pen.t("told.paper"), CODE),
    ]  # fmt: skip
    rows = [
        row(columns, (pen.own(use.purpose), use.day.isoformat(),
                      pen.voucher(path, unit.code, use.voucher),
                      pen.linked(path, _shut(pen, path, unit, use), money(use.fen)),
                      pen.code(use.paper) if use.paper else ""))
        for use in uses
    ]  # fmt: skip
    if not rows:
        rows = [remark(columns, pen.t("mine.unused"))]
    return section(
        "uses", pen.t("mine.uses"), pen.t("mine.uses_caption"), columns, rows,
        again=pen.t("list.again"),
    )  # fmt: skip


def _shut(pen: Pen, path: str, unit: Unit, use: GiftUse) -> Where | None:
    """Where it is said why nobody reads the voucher; None if everybody does."""
    return None if (unit.code, use.voucher) in pen.vouchers else Where(path, "shut")


def _proof(pen: Pen, path: str, one: MyGift) -> Block:
    if not one.root:
        return paragraph(pen.t("mine.unsealed" if one.receipt else "mine.no_receipt"), "note")
    columns = [Col(pen.t("col.what")), Col(pen.t("mine.value"), CODE)]
    facts: list[tuple[str, object]] = [
        (pen.t("mine.text"), pen.code(one.text)),
        (pen.t("gift.commitment"), pen.code(one.gift.commitment)),
        (pen.t("col.month"), one.month),
        (pen.t("mine.place"), pen.t("mine.place_is", index=one.index + 1, size=one.size)),
        *((pen.t("mine.path", step=step), pen.code(node)) for step, node in enumerate(one.path, 1)),
        (pen.t("seal.root"), pen.code(one.root)),
    ]
    rows = [row(columns, fact) for fact in facts]
    how = pen.linked(path, Where(addresses.DATA, "verify"), pen.t("mine.how"))
    note = Markup("{} {}").format(pen.t("mine.proof_told"), how)
    return section(
        "proof", pen.t("mine.proof"), pen.t("mine.proof_caption"), columns, rows, note=note
    )
