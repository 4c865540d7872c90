"""Printing receipts of gifts. Names are unsealed for the print alone; it is counted and logged."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.canonical_reader import parse_voucher
from ledger.disclosing.own_pages import address_of, gift_token
from ledger.errors import Finding, Words, finding, refuse_if
from ledger.gifts import receipting
from ledger.gifts.donors import demand_names
from ledger.gifts.proving import LIMITS, code_text
from ledger.gifts.sealing import sealed_of
from ledger.gifts.standing import gift_standing, gift_standings, known_gift
from ledger.money import Money
from ledger.registry import (
    campaigns,
    donors,
    entries,
    gift_receipts,
    gifts,
    month_states,
    oplog,
    units,
    users,
)
from ledger.registry.donors import ANONYMOUS
from ledger.registry.gift_receipts import VOID, VOIDING, GiftReceiptRow
from ledger.registry.gifts import AGENCY, CONDITIONAL, GiftRow
from reports.pdf.gift_receipt import GiftReceiptPage, draw_gift_receipts

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from ledger.entry import Voucher
    from ledger.gifts.sealing import Sealed
    from ledger.gifts.standing import GiftStanding
    from ledger.registry import Registry, User
    from ledger.registry.campaigns import CampaignRow

KINDS: Final = {
    gifts.CASH: Words("货币", "money"),
    gifts.PLATFORM: Words("货币（经平台）", "money, by a platform"),
    gifts.GOODS: Words("物资", "goods"),
    gifts.ASSET: Words("固定资产", "asset"),
    gifts.SERVICE: Words("劳务", "service"),
    gifts.PLEDGE: Words("货币（承诺捐赠到账）", "money, as promised"),
    gifts.MEMO: Words("备查", "memo"),
}
_NATURES: Final = {
    AGENCY: Words("受托代理", "held for another"),
    CONDITIONAL: Words("附条件", "on a condition"),
}
_BASES: Final = {
    "invoice": Words("按发票", "by invoice"),
    "fair-value": Words("按公允价值", "at fair value"),
    "appraisal": Words("按评估", "by appraisal"),
    "nominal": Words("名义金额", "nominal"),
}
NO_NAME: Final = "匿名 Anonymous"
ERASED: Final = "（个人信息已删除） erased"


def gift_pdf(registry: Registry, unit: str, code: str, user: User, now: datetime) -> bytes:
    """A gift's receipts as one PDF, a page for each arrival that is posted.

    Who may record gives the receipts that are still missing; who checks prints those there are.
    Raises: NotAllowed without either right; Refused where there is none.
    """
    demand_names(user, unit)
    if user.may("record", unit):
        rows = receipting.give_for(registry, unit, code, user, now)
    else:
        with registry.read() as conn:
            known_gift(conn, unit, code)
            rows = gift_receipts.of_gifts(conn, unit, [code]).get(code, [])
        refuse_if([] if rows else [_none_given(code)])
    stands = [row for row in rows if row.state != VOID] or rows
    return draw_gift_receipts(receipt_pages(registry, unit, stands, user, now))


def receipt_pages(
    registry: Registry, unit: str, rows: Collection[GiftReceiptRow], user: User, now: datetime
) -> list[GiftReceiptPage]:
    """The pages of receipts for one print of each, by number; a constant number of questions.

    Raises: NotAllowed for who neither records nor checks in the unit.
    """
    demand_names(user, unit)
    wanted = {(row.year, row.number) for row in rows}
    codes = {row.gift for row in rows}
    if len(codes) == 1:
        standings = [gift_standing(registry, unit, next(iter(codes)), now.date())]
    else:
        standings = gift_standings(registry, unit, now.date()) if codes else []
    with registry.write() as conn:
        registry.lock_unit(conn, unit)
        now_there = [
            row
            for of_gift in gift_receipts.of_gifts(conn, unit, codes).values()
            for row in of_gift
            if (row.year, row.number) in wanted
        ]
        now_there.sort(key=lambda row: (row.year, row.number))
        known = _Known.of(conn, registry, unit, now_there, standings)
        pages = [known.page(row) for row in now_there]
        gift_receipts.printed(conn, unit, now_there)
        acts = [("gift-receipt.print", row.code, str(row.printed + 1)) for row in now_there]
        oplog.record_many(conn, at=now, user=user.id, unit=unit, acts=acts)
    return pages


def _none_given(code: str) -> Finding:
    return finding(
        "no-gift-receipt", f"捐赠 {code} 尚未开具收据", f"gift {code} has no receipt yet",
        "请有登记权限的人开具：mingbai gift receipt", "ask who records to give it: "
        "mingbai gift receipt",
    )  # fmt: skip


@dataclass(frozen=True)
class _Known:
    """All that stands on receipts of one unit, each asked for once."""

    unit_name: str
    gifts: dict[str, GiftRow]
    standings: dict[str, GiftStanding]
    campaigns: dict[str, CampaignRow]
    funds: dict[str, entries.FundRow]
    donors: dict[str, str]
    vouchers: dict[str, Voucher]
    reversed: dict[str, str]
    logins: dict[str, str]
    sealed: dict[str, Sealed]
    closed: frozenset[str]
    follow: dict[str, str]

    @classmethod
    def of(
        cls, conn: Connection, registry: Registry, unit: str, rows: Sequence[GiftReceiptRow],
        standings: Iterable[GiftStanding],
    ) -> _Known:  # fmt: skip
        numbers = {row.voucher for row in rows}
        texts = entries.texts_of(conn, unit, numbers)
        months = month_states.all_months(conn, unit)
        given = gifts.with_codes(conn, unit, {row.gift for row in rows})
        return cls(
            units.find(conn, unit).name,
            given,
            {one.row.code: one for one in standings},
            {row.code: row for row in campaigns.of_unit(conn, unit)},
            entries.funds(conn, unit),
            _names(conn, registry, unit, {row.donor for row in rows}),
            {number: parse_voucher(text.decode()) for number, text in texts.items()},
            entries.reversals_of(conn, unit, numbers),
            {one.id: one.login for one in users.all_users(conn)},
            sealed_of(conn, registry, rows),
            frozenset(row.month for row in months if row.state == "closed"),
            _addresses(conn, registry, given),
        )

    def page(self, row: GiftReceiptRow) -> GiftReceiptPage:
        gift, voucher = self.gifts[row.gift], self.vouchers.get(row.voucher)
        sealed = self.sealed.get(row.code)
        return GiftReceiptPage(
            self.unit_name, row.code, row.day, date.fromisoformat(row.at[:10]),
            self.donors.get(row.donor, ERASED), row.gift, _kind(gift), _thing(gift), row.fen,
            gift.fee_fen, self._purpose(gift), self._who([voucher.maker] if voucher else []),
            self._who(voucher.checkers if voucher else ()), row.voucher, row.official,
            row.printed + 1, tuple(self._banners(row)), code_text(sealed) if sealed else "",
            self._sealed(row, sealed), LIMITS, self.follow.get(row.gift, ""),
        )  # fmt: skip

    def _who(self, ids: Iterable[str]) -> str:
        return "、".join(self.logins.get(one, one) for one in ids) or "—"

    def _purpose(self, gift: GiftRow) -> str:
        campaign = self.campaigns.get(gift.campaign or "")
        fund = self.funds.get(gift.fund)
        parts = [campaign.name if campaign else fund.name if fund else gift.fund, gift.purpose]
        if campaign is not None and campaign.filing:
            parts.append(f"备案 {campaign.filing}")
        if gift.until:
            parts.append(f"{gift.until} 起使用 usable from then")
        if gift.terms:
            parts.append(f"{_NATURES[gift.nature].zh}：{gift.terms}")
        return "；".join(part for part in parts if part)

    def _banners(self, row: GiftReceiptRow) -> Iterable[Words]:
        if row.state == VOID:
            yield Words(f"已作废：{row.void_reason}", "VOID")
        elif row.state == VOIDING:
            yield Words("已申请作废，待确认", "asked to be void")
        if row.voucher in self.reversed:
            number = self.reversed[row.voucher]
            yield Words(f"凭证已由 {number} 冲销", "voucher reversed")
            return
        one = self.standings.get(row.gift)
        if one is not None and one.returned_fen:
            if one.returned_fen >= one.received_fen:
                yield Words("此捐赠已全部退还", "returned in full")
            else:
                back = Money(one.returned_fen).grouped
                yield Words(f"此捐赠已退还 {back}", "returned in part")

    def _sealed(self, row: GiftReceiptRow, sealed: Sealed | None) -> Words:
        month = row.void_month or row.month
        if sealed is not None:
            root = sealed.root.hex()[:16]
            return Words(
                f"{month} 月已结账封存，根 {root}…；扫码后用 mingbai gift receipt --verify 核验。",
                f"Sealed with {month}: scan, and verify.",
            )
        if month in self.closed:
            return Words("没有证明：捐赠人信息已删除。", "No proof: the donor was erased.")
        return Words(
            f"{month} 月尚未结账封存，结账后补打的收据带核验二维码。",
            f"Not sealed yet: reprinted after {month} is closed, it carries a code that proves it.",
        )


def _names(conn: Connection, registry: Registry, unit: str, ids: Collection[str]) -> dict[str, str]:
    """What stands for each donor: a name, or that there is none."""
    rows = donors.of_unit(conn, unit, ids)
    found = donors.names(conn, registry.vault, rows)
    unknown = {row.id: NO_NAME for row in rows if row.kind == ANONYMOUS}
    return {**unknown, **found}


def _addresses(
    conn: Connection, registry: Registry, given: Mapping[str, GiftRow]
) -> dict[str, str]:
    """Where gifts to campaigns are followed, by code, if the settings name the public site."""
    base = registry.settings.public_address
    if not base:
        return {}
    owners = {code: row.donor for code, row in given.items() if row.campaign}
    return {
        code: address_of(base, gift_token(bytes.fromhex(opening)))
        for code, (opening, _) in donors.openings(conn, registry.vault, owners).items()
    }


def _kind(gift: GiftRow) -> str:
    words = [KINDS[gift.kind]]
    if gift.nature in _NATURES:
        words.append(_NATURES[gift.nature])
    return "，".join(one.zh for one in words) + " " + ", ".join(one.en for one in words)


def _thing(gift: GiftRow) -> str:
    if gift.foreign_fen:
        foreign = Money(gift.foreign_fen, gift.currency).grouped
        return f"{gift.currency} {foreign}，汇率 at {gift.rate}（{gift.rate_source}）"
    if gift.quantity:
        basis = _BASES.get(gift.basis)
        worth = f"，{basis.zh}计价 {basis.en}" if basis else ""
        return f"{gift.quantity} {gift.measure}（{gift.commodity}）{worth}"
    return ""
