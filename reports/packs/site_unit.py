"""What the site says of one unit: from its pack, and from what its registry publishes besides.

Words that somebody typed are told only where they are made to be read by everyone, the names and
purposes of campaigns, and pass the scanner; vouchers are told by labels of accounts and funds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.chart import load_chart
from ledger.disclosing import objection_standing
from ledger.disclosing.own_pages import gift_token
from ledger.errors import Words
from ledger.gifts import sealing
from ledger.gifts.proving import code_text
from ledger.gifts.published import all_published
from ledger.period import Month
from ledger.registry import (
    donors,
    entries,
    gift_receipts,
    gifts,
    imports,
    statement_files,
)
from ledger.tree.words import LEVELS
from reports.packs import site_due
from reports.packs.building import place_of
from reports.packs.registered import scanner
from reports.site import model
from reports.site.from_books import campaign_of, classes_of
from reports.statements import asset_register

if TYPE_CHECKING:
    from ledger.disclosing.calendar import Line
    from ledger.publishing.values import PublicLine
    from ledger.registry import Registry
    from ledger.registry.packs import PackRow
    from ledger.registry.units import UnitRow
    from reports.packs.building import Built

PACK: Final = Words("公开包", "Pack")


@dataclass(frozen=True)
class Kept:
    """A published version, and where it stands in the publication."""

    row: PackRow

    @property
    def place(self) -> str:
        return place_of(self.row.unit, self.row.period, self.row.audience, self.row.version)


def unit_of(
    registry: Registry, row: UnitRow, built: Built, versions: Sequence[Kept],
    lines: Sequence[Line], on: date,
) -> model.Unit:  # fmt: skip
    """One unit of the site. ``versions`` are those of all its packs for the audience, by period;
    ``lines`` those of the calendar as of ``on``."""
    book = built.book
    chart = load_chart(book.chart)
    asked = objection_standing.standings(registry, row.id, on)
    told = scanner(registry)
    vouchers = tuple(vouchers_of(built))
    level = LEVELS.get(row.level, Words("", ""))
    classes = [one for one in built.statements if one.name == asset_register.NAME]
    return model.Unit(
        row.id, book.name, level, row.upper, chart.name,
        funds=built.funds,
        campaigns=tuple(campaigns_of(registry, built, told)),
        classes=tuple(one for found in classes for one in classes_of(found)),
        statements=built.statements,
        vouchers=vouchers,
        accounts=tuple(
            (account.name, Words(account_label(account.name), account.name_en))
            for account in book.accounts
        ),
        publications=tuple(publications_of(versions)),
        calendar=tuple(site_due.dues_of(lines, told)),
        looked=(
            *looked_for(registry, built, vouchers),
            site_due.missed(lines),
            site_due.unanswered(asked),
        ),
        objections=tuple(site_due.objections_of(asked, told)),
        downloads=tuple(_downloads(built)),
        seals=tuple(
            model.Seal(s.month, s.version, s.size, s.root, s.key, s.text.decode())
            for s in built.sealed.seals
        ),
        receipt_roots=tuple(
            model.ReceiptRoot(seal.month, size, root)
            for seal in built.sealed.seals
            for root, size in seal.receipts
        ),
        reopened=built.sealed.last.reopened,
        opened_again=built.reopened,
        waits=bool(book.held),
    )  # fmt: skip


def vouchers_of(built: Built) -> Iterator[model.PublicVoucher]:
    """Rows and sums from the year's beginning to the period's end."""
    first = date(built.period.last.year, 1, 1)
    found: list[model.PublicVoucher] = []
    for row in built.book.rows:
        if row.day >= first:
            found.append(
                model.PublicVoucher(
                    row.number, row.day, row.words, _postings(row.lines), row.papers, row.reverses
                )
            )
    for group in built.book.groups:
        if group.lines and group.day >= first:
            found.append(
                model.PublicVoucher(
                    group.number, group.day, group.words, _postings(group.lines),
                    vouchers=len(group.seqs), persons=group.at_least,
                )
            )  # fmt: skip
    yield from sorted(found, key=lambda one: (one.day, one.number))


def _postings(lines: Sequence[PublicLine]) -> tuple[model.PublicPosting, ...]:
    return tuple(
        model.PublicPosting(one.account, one.fund, one.amount.fen, one.amount.currency)
        for one in lines
    )


# ---- gifts -------------------------------------------------------------------------------------


def campaigns_of(registry: Registry, built: Built, told: site_due.Told) -> Iterator[model.Campaign]:
    """The campaigns that had begun by the period's end, each gift as its giver consented."""
    words = {row.number: row.words.zh for row in built.book.rows}
    for one in all_published(registry, built.unit, built.period.last):
        if one.is_public:
            yield _scrubbed(campaign_of(one.as_json()), told, words)


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


def my_gifts(registry: Registry, built: Built) -> Iterator[model.MyGift]:
    """A page for each gift of a campaign, at an address that only who has its receipt can make."""
    campaigns = [one for one in campaigns_of(registry, built, scanner(registry)) if one.gifts]
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


# ---- what is there and what is missing ---------------------------------------------------------


def looked_for(
    registry: Registry, built: Built, vouchers: Sequence[model.PublicVoucher]
) -> Iterator[model.Looked]:
    """Entries without papers, unreconciled months of accounts, late closings, untraced gifts."""
    mine = [one for one in vouchers if one.day in built.period and not one.is_group]
    bare = [one for one in mine if not one.papers]
    yield model.Looked(
        model.NO_PAPERS, len(mine), len(bare),
        tuple(model.Lack(one.text, one.day, None, one.number) for one in bare),
    )  # fmt: skip
    months = [Month.parse(month) for month in built.sealed.months]
    with registry.read() as conn:
        accounts = imports.accounts(conn, registry.vault, built.unit)
        open_ = [
            (account.account, month)
            for month in months
            for account in accounts
            if statement_files.balance_at(conn, built.unit, account.account, month.period.last)
            is None
        ]
        closed = {row.month: row.at for row in entries.months(conn, built.unit)}
    yield model.Looked(
        model.UNRECONCILED, len(months) * len(accounts), len(open_),
        tuple(
            model.Lack(Words(f"{month} 月银行存款", f"money at banks, {month}"), month.period.last)
            for _, month in open_
        ),
    )  # fmt: skip
    late = [
        (month, day)
        for month in months
        if (day := datetime.fromisoformat(closed[str(month)]).date()) > month.next().period.last
    ]
    yield model.Looked(
        model.CLOSED_LATE, len(months), len(late),
        tuple(
            model.Lack(Words(f"{month} 月于 {day} 结账", f"{month}, closed on {day}"), day)
            for month, day in late
        ),
    )  # fmt: skip
    campaigns = [
        one for one in all_published(registry, built.unit, built.period.last) if one.is_public
    ]
    untraced = [one for one in campaigns if one.fund.untraced_fen]
    yield model.Looked(
        model.UNTRACED, len(campaigns), len(untraced),
        tuple(
            model.Lack(Words(f"活动 {one.row.code}", f"campaign {one.row.code}"), None,
                       one.fund.untraced_fen)
            for one in untraced
        ),
    )  # fmt: skip


# ---- what was published ------------------------------------------------------------------------


def publications_of(versions: Sequence[Kept]) -> Iterator[model.Publication]:
    """Every version of every pack; the ones that were corrected stay, and say by which one."""
    last = {(one.row.period, one.row.audience): one.row.version for one in versions}
    for one in versions:
        row = one.row
        newest = last[row.period, row.audience]
        yield model.Publication(
            f"{row.period}-{row.audience}-v{row.version}", PACK, row.period, row.published,
            row.first, row.last, row.version,
            superseded=row.version + 1 if row.version < newest else None,
            explanation=row.explanation, paper=row.digest, file=f"{one.place}/SHA256SUMS",
        )  # fmt: skip


def _downloads(built: Built) -> Iterator[model.Download]:
    titles = {f"{one.name}-{one.period}": one.title for one in built.statements}
    for name in sorted(built.files):
        data = built.files[name]
        if name.startswith("book/") and not data:
            continue
        stem = name.rpartition(".")[0]
        what = titles.get(stem, _OTHERS.get(name, _BOOK if name.startswith("book/") else PACK))
        yield model.Download(
            f"{built.place}/{name}", what, len(data), hashlib.sha256(data).hexdigest(),
            of=stem if stem in titles else "",
        )  # fmt: skip


_BOOK: Final = Words("公开账簿（Beancount）", "Redacted book, Beancount")
_OTHERS: Final = {
    "pack.json": Words("公开包的目录、封存与合计", "What the pack holds: seals, tree, totals"),
    "leaves.jsonl": Words("逐条记录的叶子", "The leaves of the log"),
    "SHA256SUMS": Words("文件摘要清单", "Digests of all files"),
}
