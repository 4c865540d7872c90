"""What the site says of campaigns and gifts, and the page of each gift for who has its receipt."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger.disclosing.own_pages import gift_token
from ledger.errors import Words
from ledger.gifts import sealing
from ledger.gifts.proving import code_text
from ledger.gifts.published import all_published
from ledger.money import Money
from ledger.registry import donors, gift_receipts, gifts
from reports.packs import site_due
from reports.site import model
from reports.site.from_books import campaign_of

if TYPE_CHECKING:
    from ledger.gifts.published import PublishedCampaign, PublishedGift
    from ledger.registry import Registry
    from ledger.registry.units import UnitRow
    from reports.packs.building import Built
    from reports.packs.scanning import Scanner

#: The pack's statement of campaigns, and what its lines are called in it.
_STATEMENT: Final = "campaign"
_LINES: Final = {
    "raised": "received", "moved_in": "moved-in", "used": "used", "returned": "returned",
    "moved_out": "moved-out", "held": "held", "spent": "spent",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A unit that a site shows: its pack, what scans texts for all units, and its campaigns, which
    are gathered once."""

    registry: Registry
    row: UnitRow
    built: Built
    told: Scanner

    @cached_property
    def campaigns(self) -> list[PublishedCampaign]:
        """Those that had begun by the period's end."""
        found = all_published(self.registry, self.built.unit, self.built.period.last)
        return [one for one in found if one.is_public]

    @cached_property
    def known(self) -> list[model.Campaign]:
        """The same with every amount, for pages of one's own; each text scanned."""
        words = {row.number: row.words.zh for row in self.built.book.rows}
        found = [campaign_of(one.as_json()) for one in self.campaigns]
        self.told.look(text for one in found for text in _texts(one))
        return [_scrubbed(one, self.told, words) for one in found]


def campaigns_of(shown: Shown) -> Iterator[model.Campaign]:
    """The campaigns that had begun by the period's end, each gift as its giver consented.

    Of amounts stands what follows from the published book: what the pack's statement of campaigns
    tells, and of single gifts what vouchers say that stand there as rows.
    """
    told = _Told(shown)
    for one, found in zip(shown.known, shown.campaigns, strict=True):
        yield told.campaign(one, found)


def _texts(campaign: model.Campaign) -> Iterator[str]:
    """What somebody typed of a campaign."""
    yield from (campaign.name.zh, campaign.name.en, campaign.purpose, campaign.filing)
    yield campaign.ending
    yield from (one.purpose for one in campaign.budget)


def _scrubbed(
    campaign: model.Campaign, told: site_due.Told, words: Mapping[str, str]
) -> model.Campaign:
    """The campaign with each text scanned, and with labels for what vouchers were for."""
    name = campaign.name
    return replace(
        campaign,
        name=Words(told(name.zh), told(name.en)),
        purpose=told(campaign.purpose),
        filing=told(campaign.filing),
        ending=told(campaign.ending),
        budget=tuple(replace(one, purpose=told(one.purpose)) for one in campaign.budget),
        gifts=tuple(
            replace(
                gift,
                purpose="",
                uses=tuple(
                    replace(use, purpose=words.get(use.voucher, ""), paper="") for use in gift.uses
                ),
            )
            for gift in campaign.gifts
        ),
    )


def my_gifts(shown: Shown) -> Iterator[model.MyGift]:
    """A page for each gift of a campaign, at an address that only who has its receipt can make."""
    registry, built = shown.registry, shown.built
    campaigns = [one for one in shown.known if one.gifts]
    codes = [gift.code for one in campaigns for gift in one.gifts]
    with registry.read() as conn:
        owners = gifts.donors_of(conn, built.unit, codes)
        opened = donors.openings(conn, registry.vault, owners)
        receipts = {
            code: [row for row in rows if row.state != gift_receipts.VOID][-1:]
            for code, rows in gift_receipts.of_gifts(conn, built.unit, codes).items()
        }
        rows = [row for found in receipts.values() for row in found]
        proofs = sealing.sealed_of(conn, registry, rows)
    # What was moved to another campaign stands in both; its page tells of where it is now.
    last = {gift.code: one for one in campaigns for gift in one.gifts if gift.state == "moved"}
    last |= {gift.code: one for one in campaigns for gift in one.gifts if gift.state != "moved"}
    for campaign in campaigns:
        for gift in campaign.gifts:
            if gift.code not in opened or last[gift.code] is not campaign:
                continue
            receipt = next(iter(receipts.get(gift.code, ())), None)
            proof = proofs.get(receipt.code) if receipt is not None else None
            page = model.MyGift(
                gift_token(bytes.fromhex(opened[gift.code][0])),
                built.unit,
                campaign.name,
                gift,
                receipt.code if receipt is not None else "",
            )
            if receipt is None or proof is None:
                yield page
            else:
                yield replace(
                    page, text=code_text(proof), month=receipt.month, index=proof.index,
                    size=proof.size, path=tuple(one.hex() for one in proof.path),
                    root=proof.root.hex(),
                )  # fmt: skip


# ---- what follows from the published book -------------------------------------------------------


class _Told:
    """What one pack tells of campaigns: all else of them is blank."""

    def __init__(self, shown: Shown) -> None:
        book, sealed = shown.built.book, shown.built.sealed
        self._rows = {row.number for row in book.rows}
        self._cells = {
            line.code: {
                column.key: cell.fen
                for column, cell in zip(statement.columns, line.cells, strict=False)
                if isinstance(cell, Money)
            }
            for statement in shown.built.statements
            if statement.name == _STATEMENT
            for line in statement.lines
        }
        given = {use.voucher for one in shown.campaigns for gift in one.gifts
                 for use in gift.part.came}  # fmt: skip
        numbers = {leaf.seq: leaf.number for leaf in sealed.log.leaves}
        #: The group in which a gift's voucher stands with gifts alone.
        self._groups = {
            numbers.get(seq, ""): group.number
            for group in book.groups
            if all(numbers.get(one, "") in given for one in group.seqs)
            for seq in group.seqs
        }
        self._budget_lines = 0

    def campaign(self, one: model.Campaign, found: PublishedCampaign) -> model.Campaign:
        amounts = {
            part: self._if_told(f"{one.code}.{line}", "amount", getattr(one, part))
            for part, line in _LINES.items()
        }
        # What no gift covers is what was spent less what was used.
        is_traced = amounts["spent"] is not None and amounts["used"] is not None
        by_code = {gift.row.code: gift for gift in found.gifts}
        return replace(
            one, raised=amounts["raised"], moved_in=amounts["moved_in"], used=amounts["used"],
            returned=amounts["returned"], moved_out=amounts["moved_out"], held=amounts["held"],
            spent=amounts["spent"],
            untraced=one.untraced if is_traced else None,
            coverage=one.coverage if is_traced else "",
            progress=one.progress if amounts["raised"] is not None else "",
            budget=tuple(map(self._budget, one.budget)),
            gifts=tuple(self._gift(one.code, gift, by_code[gift.code]) for gift in one.gifts),
        )  # fmt: skip

    def _if_told(self, code: str, column: str, fen: int | None) -> int | None:
        """The amount if the statement says it; nothing is nothing, whoever asks."""
        return fen if not fen or self._cells.get(code, {}).get(column) == fen else None

    def _budget(self, line: model.BudgetLine) -> model.BudgetLine:
        """Lines of budgets are called by their number, over all campaigns."""
        self._budget_lines += 1
        return replace(
            line, spent=self._if_told(f"n{self._budget_lines}", "amount", line.spent)
        )  # fmt: skip

    def _gift(self, campaign: str, gift: model.Gift, found: PublishedGift) -> model.Gift:
        used = gift.used if self._are_rows(use.voucher for use in found.uses) else None
        returned = gift.returned if self._are_rows(use.voucher for use in found.returns) else None
        moved = gift.moved if not gift.moved or self._are_rows(found.part.moves) else None
        is_known = None not in (used, returned, moved)
        came = [use.voucher for use in found.part.came]
        return replace(
            gift, used=used, returned=returned, moved=moved,
            came=self._if_told(f"{campaign}.{gift.code}", "amount", gift.came),
            held=gift.held if is_known else None,
            state=gift.state if is_known else "",
            uses=tuple(use for use in gift.uses if use.voucher in self._rows),
            brought=self._brought(came[0]) if len(came) == 1 else "",
        )  # fmt: skip

    def _are_rows(self, numbers: Iterable[str]) -> bool:
        return all(number in self._rows for number in numbers)

    def _brought(self, number: str) -> str:
        return number if number in self._rows else self._groups.get(number, "")
