"""What the registry knows, held against the book: witnesses, papers, names, receipts, dues, gifts,
assets, related parties."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ledger.assets.suspects import EARLY, EXPENSED, suspected
from ledger.audit.known import Known
from ledger.audit.population import Population
from ledger.audit.procedures.numbering import missing
from ledger.audit.procedures.procedure import Hit, Parameters, voucher_hit
from ledger.audit.vouchers import lines_of, voucher_of
from ledger.entry import Voucher
from ledger.errors import Words
from ledger.gifts.marks import GIFT, MOVED, REFUND, SOURCE_LINES
from ledger.money import Money

#: Series of receipts, as people call them.
_SERIES = {"cash": Words("收据", "receipt"), "gift": Words("捐赠收据", "receipt of a gift")}


def altered_history(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Files in which the book's text is not what the journal has, or what was closed."""
    for one in known.witnesses:
        place = Words(f"第 {one.line} 行：", f"line {one.line}: ") if one.line else Words("", "")
        yield Hit(book.unit, one.file, Words(place.zh + one.zh, place.en + one.en))


def missing_papers(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers whose papers are gone, altered or unknown; papers that no voucher names as well."""
    faults = {bytes.fromhex(one.digest): one for one in known.papers if one.fault}
    have = {bytes.fromhex(one.digest) for one in known.papers}
    told: set[bytes] = set()
    for row, digest in book.papers():
        fault = faults.get(digest)
        if fault is None and digest in have:
            continue
        told.add(digest)
        zh, en = (fault.fault, fault.fault_en) if fault else ("附件没有登记", "an unknown paper")
        short = f"sha256:{digest.hex()[:16]}"
        yield voucher_hit(book, row, f"{zh}：{short}", f"{en}: {short}")
    for digest, one in faults.items():
        if digest not in told:
            why = Words(one.fault, one.fault_en)
            yield Hit(book.unit, f"sha256:{one.digest}", why)


def leaked_names(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers whose words name a registered person, or hold a number of one."""
    words = book.columns.words
    numbered = set(book.columns.personal)
    if not known.naming and not known.memos and not numbered:
        return
    for row, (text, memo) in enumerate(zip(words["text"], words["memo"], strict=True)):
        if text in known.naming or memo in known.memos:
            yield voucher_hit(
                book, row, "文字写有已登记者的姓名", "its words name a registered person"
            )
        elif row in numbered:
            yield voucher_hit(
                book, row, "文字写有电话、证件号、卡号或邮箱",
                "its words hold a telephone, an identity number, a card or a mail address",
            )  # fmt: skip


def receipt_gaps(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Receipt numbers of a series and year that are missing before the greatest one."""
    series: dict[tuple[str, int], set[int]] = defaultdict(set)
    for one in known.receipts:
        series[one.series, one.year].add(one.number)
    for (name, year), have in sorted(series.items()):
        for first, last in missing(have):
            why = Words(f"{_SERIES[name].zh}断号", f"this {_SERIES[name].en} is gone")
            if last > first:
                count = last - first + 1
                why = Words(
                    f"{_SERIES[name].zh}断号，自此号起 {count} 个",
                    f"{count} numbers of a {_SERIES[name].en} are gone from this one on",
                )
            yield Hit(book.unit, f"{year}-{first:06d}", why)


def wrong_exemptions(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Months of members for which less, or more, is claimed than was assessed."""
    for one in known.dues:
        gap = one.assessed - one.claimed
        if gap:
            amount = Money(abs(gap))
            zh, en = ("少", "less") if gap > 0 else ("多", "more")
            yield Hit(
                book.unit, f"{one.member} {one.month}",
                Words(
                    f"应收比核定{zh} {amount.grouped}，没有减免依据",
                    f"{amount.grouped} {en} is claimed than was assessed, and nothing says why",
                ),
                amount,
            )  # fmt: skip


def wrong_assessments(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Assessments that do not follow from the facts that they were made of, by their own table."""
    for one in known.assessments:
        if not one.holds:
            owes, gives = Money(one.fen), Money(one.again)
            yield Hit(
                book.unit, f"{one.member} {one.month}",
                Words(
                    f"核定 {owes.grouped}，按所依据的资料与费率应为 {gives.grouped}",
                    f"{owes.grouped} was assessed; its facts and table give {gives.grouped}",
                ),
                Money(abs(owes.fen - gives.fen)),
            )  # fmt: skip


def gifts_astray(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that enter a gift in a fund other than that which was entered for it."""
    terms = {one.code: one for one in known.gifts}
    for row, voucher in _standing(book) if terms else ():
        for line in voucher.draft.postings:
            meta = dict(line.meta)
            one = terms.get(meta.get(GIFT, ""))
            is_source = line.account.startswith(SOURCE_LINES) and line.amount.fen < 0
            if one is None or MOVED in meta or not is_source or line.fund in one.funds:
                continue
            yield voucher_hit(
                book, row,
                f"{one.code} 应入资金 {'、'.join(one.funds)}，记入了 {line.fund}",
                f"{one.code} belongs in {', '.join(one.funds)}, and stands in {line.fund}",
            )  # fmt: skip


def expired_gifts(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that spend a gift after the last day of its use; what is given back is not spent."""
    last = {one.code: one.last for one in known.gifts if one.last is not None}
    for row, voucher in _standing(book) if last else ():
        for line in voucher.draft.postings:
            meta = dict(line.meta)
            until = last.get(meta.get(GIFT, ""))
            spends = line.account.startswith("Expenses:") and line.amount.fen > 0
            if until is None or REFUND in meta or not spends or voucher.draft.day <= until:
                continue
            yield voucher_hit(
                book, row,
                f"{meta[GIFT]} 限 {until} 前使用，{voucher.draft.day} 仍支出",
                f"{meta[GIFT]} was to be used by {until}, and was spent on {voucher.draft.day}",
            )  # fmt: skip


def _standing(book: Population) -> Iterator[tuple[int, Voucher]]:
    """The vouchers of which the text was kept, with their rows; what was taken back is left out."""
    for row, text in book.columns.named:
        if row not in book.undone:
            yield row, voucher_of(text)


def expensed_assets(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that spend on things by which assets are bought, and enter none."""
    return _doubtful(book, known, EXPENSED)


def early_depreciation(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Vouchers that charge a thing before the first month of its card."""
    return _doubtful(book, known, EARLY)


def _doubtful(book: Population, known: Known, rule: str) -> Iterator[Hit]:
    if known.assets is None:
        return
    lines = [line for row, text in book.columns.named for line in lines_of(text, row)]
    for one in suspected(lines, known.assets.accounts, known.assets.table, known.assets.first):
        if one.rule == rule:
            yield Hit(book.unit, f"{book.unit}/{one.number}", one.what, one.amount)


def related_parties(book: Population, known: Known, _parameters: Parameters) -> Iterator[Hit]:
    """Payments to related parties, and gifts of theirs: each has duties of its own."""
    payees = book.columns.words["payee"]
    for row, payee in enumerate(payees) if known.related else ():
        if payee in known.related and row not in book.undone:
            yield voucher_hit(book, row, "收款方为关联方", "its payee is a related party")
    gifts = {one.code for one in known.gifts if one.related}
    for row, voucher in _standing(book) if gifts else ():
        came = {
            dict(line.meta).get(GIFT)
            for line in voucher.draft.postings
            if line.account.startswith(SOURCE_LINES) and line.amount.fen < 0
        }
        for code in sorted(gifts & came):
            yield voucher_hit(
                book, row, f"{code} 为关联方捐赠", f"{code} is the gift of a related party"
            )
