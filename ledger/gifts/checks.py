"""Whether what drafts say of gifts is so: asked in the posting path, before a checker signs.

A line that names a gift stands in the gift's own fund, beside its own giver. What a gift brought,
gives back or is released from is entered by the acts of :mod:`ledger.gifts` and by the bank's lines
that settle its claims, never by hand; spending may name the gifts that it is of. Money that is not
to be used before a day stays in its fund until then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Final

from ledger import fundcheck
from ledger.account import account_code
from ledger.assets.marks import ASSET
from ledger.canonical_reader import parse_voucher
from ledger.errors import Finding, Refused, finding
from ledger.gifts import waiting
from ledger.gifts.accounts import accounts_of
from ledger.gifts.marks import DONOR, GIFT, SOURCE_LINES
from ledger.money import CNY, Money
from ledger.registry import campaigns, claims, entries, fund_sums, gifts, units
from ledger.registry.gifts import PLEDGE, VOID

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from ledger.entry import Draft, Posting
    from ledger.registry.gifts import GiftRow

#: What the sources of drafts begin with that the acts of this package propose.
SOURCE: Final = "gift:"
#: Acts that use nothing of a gift: its receipts, conditions that are met, releases.
_NO_USE: Final = (f"{SOURCE}in:", f"{SOURCE}met:", f"{SOURCE}release:")
#: Acts that bring money of a gift to a fund, or take it from there.
_BRINGING: Final = ("in", "back", "moved", "met")


class GiftChecks:
    """What the registry says of a unit's gifts, for the drafts of one transaction."""

    def __init__(
        self, conn: Connection, unit: str, drafts: Sequence[Draft], capital: Collection[str]
    ) -> None:
        self._conn, self._unit = conn, unit
        self._capital = capital
        lines = [line for draft in drafts for line in draft.postings]
        self._funds = {line.fund for line in lines}
        codes = {code for line in lines for key, code in line.meta if key == GIFT}
        self._rows = gifts.with_codes(conn, unit, codes) if codes else {}
        self._events = gifts.events(conn, unit, self._rows) if self._rows else {}

    def check(self, draft: Draft) -> list[Finding]:
        """All findings against what a draft says of gifts; warnings are among them."""
        if draft.reverses is not None:  # it takes its voucher back line by line
            return [*self._undone(draft)]
        found = [
            *(fault for line in draft.postings for fault in self._line(draft, line)),
            *self._amounts(draft),
        ]
        return found or [*self._early(draft), *self.warnings(draft)]

    def warnings(self, draft: Draft) -> Iterator[Finding]:
        """What maker and checker are told: income of a campaign's fund that is of no gift.

        What a thing of the fund was sold for names the thing.
        """
        funds = self._campaign_funds
        for line in draft.postings:
            if (
                line.fund in funds
                and line.amount.fen < 0
                and not {GIFT, ASSET} & {key for key, _ in line.meta}
                and account_code(line.account) in self._income
            ):
                yield _unnamed(funds[line.fund], line)

    # ---- what is taken back --------------------------------------------------------------------

    def _undone(self, draft: Draft) -> Iterator[Finding]:
        """A finding if what a voucher brought of gifts was used, moved or given back since."""
        row = entries.by_number(self._conn, self._unit, draft.reverses or "")
        if row is None or not self._rows:
            return
        brought_on = [
            line
            for line in draft.postings
            if line.amount.fen > 0
            and line.account.startswith(SOURCE_LINES)
            and GIFT in dict(line.meta)
        ]
        codes = {dict(line.meta)[GIFT] for line in brought_on}
        source = parse_voucher(row.text.decode()).draft.source
        if not codes or source.startswith((f"{SOURCE}back:", f"{SOURCE}release:")):
            return
        funds = {line.fund for line in brought_on}
        texts = entries.texts_naming(self._conn, self._unit, f'{GIFT}: "')
        for number, of in _standing_after(texts, draft.reverses or ""):
            if of.source.startswith(_NO_USE):
                continue
            if any(line.fund in funds and _takes(line, codes) for line in of.postings):
                yield finding(
                    "gift-used-since", f"其后的 {number} 已使用、转出或退还这笔捐赠",
                    f"{number} used it, moved it or gave it back since",
                    f"先冲销 {number}", f"reverse {number} first",
                )  # fmt: skip

    # ---- one line ------------------------------------------------------------------------------

    def _line(self, draft: Draft, line: Posting) -> Iterator[Finding]:
        said = dict(line.meta)
        code = said.get(GIFT)
        if code is None:
            return
        row = self._rows.get(code)
        if row is None:
            yield finding(
                "unknown-gift", f"没有捐赠 {code[:24]}", f"there is no gift {code[:24]}",
                "用 mingbai gift list 核对编号", "look its code up with mingbai gift list",
            )  # fmt: skip
            return
        events = self._events.get(code, ())
        if line.fund not in gifts.stands_in(row, events):
            yield _wrong_fund(row, line.fund)
        if said.get(DONOR, row.donor) != row.donor:
            yield finding(
                "gift-donor", f"捐赠 {code} 不是 {said[DONOR][:24]} 的",
                f"gift {code} is not of {said[DONOR][:24]}",
                "核对捐赠人编号", "check the donor's number",
            )  # fmt: skip
        if any(one.kind == VOID and one.checker for one in events):
            yield finding(
                "gift-void", f"捐赠 {code} 已作废", f"gift {code} is void",
                "另行登记一笔捐赠", "record another gift",
            )  # fmt: skip
        by_hand = "claim" not in said and not draft.source.startswith(SOURCE)
        if by_hand and line.account.startswith(SOURCE_LINES):
            yield finding(
                "gift-by-hand", f"捐赠 {code} 的收到、退还与解除限定不手工填写",
                f"what gift {code} brought, gives back or is released from is not typed by hand",
                "用 mingbai gift record、receive、refund、met 或 release 提出",
                "propose it with mingbai gift record, receive, refund, met or release",
            )  # fmt: skip

    def _amounts(self, draft: Draft) -> Iterator[Finding]:
        """A finding if a receipt, corrected by its maker, is no longer what was recorded."""
        if not draft.source.startswith(f"{SOURCE}in:"):
            return
        row = self._rows.get(draft.source.split(":")[2])
        came = -sum(
            line.amount.fen
            for line in draft.postings
            if row is not None
            and line.account.startswith(SOURCE_LINES)
            and dict(line.meta).get(GIFT) == row.code
        )
        if row is None or not (0 < came <= row.fen if row.kind == PLEDGE else came == row.fen):
            code, fen = ("", 0) if row is None else (row.code, row.fen)
            yield finding(
                "gift-amount",
                f"凭证与登记的捐赠不符：{code} 登记 {Money(fen).grouped}，"
                f"凭证 {Money(came).grouped}",
                f"the entry is not the gift as recorded: {code} of {Money(fen).grouped}, "
                f"the entry {Money(came).grouped}",
                "撤回后作废该登记，另行登记", "withdraw it, void the gift and record it anew",
            )  # fmt: skip

    # ---- not before its day --------------------------------------------------------------------

    def _early(self, draft: Draft) -> Iterator[Finding]:
        """A finding if a fund would hold less than what is not to be used yet."""
        if not self._waiting:
            return
        for (fund, currency), fen in fundcheck.resource_moves(draft, self._capital).items():
            rows = [row for row in self._waiting if row.until is not None and row.until > draft.day]
            if fen >= 0 or currency != CNY or not rows:
                continue
            kept = sum(brought(self._conn, rows, fund).values()) - _given_back(draft, rows, fund)
            held = fund_sums.resources_before(self._conn, self._unit, fund, CNY, draft.day)
            held += sum(
                moved
                for day, moved in fund_sums.resource_days(
                    self._conn, self._unit, fund, CNY, draft.day
                )
                if day == draft.day
            )
            if held + fen < kept:
                yield _too_early(fund, rows, Money(max(0, held - kept)))

    @cached_property
    def _waiting(self) -> list[GiftRow]:
        return gifts.not_before(self._conn, self._unit, self._funds)

    @cached_property
    def _campaign_funds(self) -> Mapping[str, str]:
        """The campaigns by their funds, those that drafts touch."""
        return campaigns.by_fund(self._conn, self._unit, self._funds)

    @cached_property
    def _income(self) -> Collection[str]:
        try:
            chart = accounts_of(units.find(self._conn, self._unit).chart)
        except Refused:  # a chart that keeps no gifts
            return ()
        return {chart.roles[role].whole for role in ("income", "restricted") if chart.has(role)}


def brought(conn: Connection, rows: Sequence[GiftRow], fund: str) -> dict[str, int]:
    """What each of some gifts of one unit brought to a fund and did not take back, in fen.

    Vouchers are found by the sources that acts of gifts give them, and by settled claims.
    """
    unit = rows[0].unit
    found = claims.settled_of_gifts(conn, unit, [row.code for row in rows if row.fund == fund])
    for code, draft in waiting.entered(conn, unit, _BRINGING, [row.code for row in rows]):
        for line in draft.postings:
            here = line.fund == fund and line.account.startswith(SOURCE_LINES)
            if here and dict(line.meta).get(GIFT) == code and line.lot is None:
                found[code] = found.get(code, 0) - line.amount.fen
    return found


def _given_back(draft: Draft, rows: Sequence[GiftRow], fund: str) -> int:
    """What a draft gives back, or takes elsewhere, of gifts that wait, in fen."""
    codes = {row.code for row in rows}
    return sum(
        line.amount.fen
        for line in draft.postings
        if line.fund == fund
        and line.account.startswith(SOURCE_LINES)
        and dict(line.meta).get(GIFT) in codes
    )


def _standing_after(texts: Iterable[bytes], number: str) -> list[tuple[str, Draft]]:
    """The vouchers that stand and were posted after one of them, by number."""
    found = [parse_voucher(text.decode()) for text in texts]
    gone = {one.draft.reverses for one in found}
    first = next((at for at, one in enumerate(found) if one.number == number), len(found))
    return [
        (one.number, one.draft)
        for one in found[first + 1 :]
        if one.draft.reverses is None and one.number not in gone
    ]


def _takes(line: Posting, codes: Collection[str]) -> bool:
    """Whether a line uses one of these gifts, or takes it elsewhere."""
    if dict(line.meta).get(GIFT) not in codes:
        return False
    rises = line.amount.fen > 0
    return rises and line.account.startswith(("Expenses:", *SOURCE_LINES))


def _wrong_fund(row: GiftRow, fund: str) -> Finding:
    return finding(
        "gift-fund", f"捐赠 {row.code} 属于资金 {row.fund}，不属于 {fund}",
        f"gift {row.code} stands in fund {row.fund}, not in {fund}",
        "改用这笔捐赠的资金；改变用途须有捐赠人同意（mingbai gift change）",
        "use the gift's fund; another purpose needs the donor's consent (mingbai gift change)",
    )  # fmt: skip


def _too_early(fund: str, rows: Sequence[GiftRow], free: Money) -> Finding:
    first = min(row.until for row in rows if row.until is not None)
    codes = "、".join(row.code for row in rows[:3]) + ("…" if len(rows) > 3 else "")
    return finding(
        "gift-too-early",
        f"资金 {fund} 中 {codes} 限定此后使用，最早 {first}；现可用 {free.grouped}",
        f"{codes} in fund {fund} are not to be used yet, the first from {first} on; "
        f"{free.grouped} is free now",
        "到期后使用，或经捐赠人同意改变限定", "use them from that day on, or ask the donor",
    )  # fmt: skip


def _unnamed(campaign: str, line: Posting) -> Finding:
    return finding(
        "gift-unnamed",
        f"活动 {campaign} 的资金有未写捐赠编号的收入 {(-line.amount).grouped}",
        f"campaign {campaign}: income of {(-line.amount).grouped} names no gift",
        "是捐赠的先登记（mingbai gift record）；利息等其他收入可照此入账",
        "record it first if it is a gift (mingbai gift record); interest may stand so",
        severity="warning",
    )  # fmt: skip
