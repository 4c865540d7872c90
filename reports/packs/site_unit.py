"""What the site says of one unit: from its pack, and from what its registry publishes besides.

Words that somebody typed are told only where they are made to be read by everyone, the names and
purposes of campaigns, and pass the scanner; vouchers are told by labels of accounts and funds.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Final

from ledger.account import account_label
from ledger.chart import load_chart
from ledger.disclosing import objection_standing
from ledger.errors import Words
from ledger.tree.words import LEVELS
from reports.packs import site_due, site_gaps, site_gifts
from reports.packs.building import place_of
from reports.site import model
from reports.site.from_books import classes_of
from reports.statements import asset_register

if TYPE_CHECKING:
    from ledger.disclosing.calendar import Line
    from ledger.publishing.values import PublicLine
    from ledger.registry.packs import PackRow
    from reports.packs.building import Built
    from reports.packs.site_gifts import Shown

PACK: Final = Words("公开包", "Pack")


@dataclass(frozen=True)
class Kept:
    """A published version, and where it stands in the publication."""

    row: PackRow

    @property
    def place(self) -> str:
        return place_of(self.row.unit, self.row.period, self.row.audience, self.row.version)


def unit_of(shown: Shown, versions: Sequence[Kept], lines: Sequence[Line], on: date) -> model.Unit:
    """One unit of the site. ``versions`` are those of all its packs for the audience, by period;
    ``lines`` those of the calendar as of ``on``."""
    registry, row, built, told = shown.registry, shown.row, shown.built, shown.told
    book = built.book
    chart = load_chart(book.chart)
    asked = objection_standing.standings(registry, row.id, on)
    told.look(site_due.texts_of(lines, asked))
    vouchers = tuple(vouchers_of(built))
    level = LEVELS.get(row.level, Words("", ""))
    campaigns = tuple(site_gifts.campaigns_of(shown))
    classes = [one for one in built.statements if one.name == asset_register.NAME]
    return model.Unit(
        row.id, book.name, level, row.upper, chart.name,
        funds=built.funds,
        campaigns=campaigns,
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
            *site_gaps.looked_for(shown, campaigns, on),
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
