"""What in a posted voucher is somebody's own: whose it is, and how much of it.

Decided from the text of the book alone. An atom is one such voucher as a sum hides it: what each
person has in each cell. A person is an id of the book; where the text names none, a voucher counts
as one person at the most, so that no sum is thought to tell of more persons than it does.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Final

from ledger.account import account_label, carries_over
from ledger.aid.marks import AID
from ledger.clearing import clearing_accounts
from ledger.period import Month
from ledger.publishing.values import Cell

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import date

    from ledger.chart import Chart
    from ledger.entry import Voucher

#: Metadata that names a person, a gift or a payment of aid.
_PERSONS: Final = ("member", "donor")
#: How a person begins who is known by a voucher alone.
UNKNOWN: Final = "voucher "
#: Whose money between own accounts is: its two vouchers tell of the same, and of nobody new.
OWN: Final = f"{UNKNOWN}between own accounts"
_KEYS: Final = frozenset((*_PERSONS, "gift", AID, "person"))
#: Who else may stand behind a claim: a unit, the treasury. Without one it is a person's.
_OF_UNITS: Final = frozenset(("counter", "transfer", "allocation", "levy", "grant"))
_ID: Final = re.compile(r"\b[mdp]-[0-9A-Z]{10}\b")
#: Accounts on which persons stand unless an organisation was paid: aid, and what is paid back.
_ACCOUNTS: Final = re.compile(
    r"帮扶|慰问|救助|送温暖|助学|困难(?:职工|党员|会员)|受灾党员|待退|退会费"
)
#: Accounts with a payment service: all that comes in on them are payments of persons.
_CHANNELS: Final = re.compile(r"微信|支付宝|云闪付|收款码|商户")
#: Whom nobody takes for a person: an organisation that was paid, as the bank writes it.
_ORGANISATION: Final = re.compile(
    r"公司|集团|工厂|商行|商店|超市|门店|酒店|宾馆|银行|医院|学校|中学|小学|大学|中心|协会|学会|基金会|委员会"
    r"|工会|联合会|合作社|事务所|研究院|疗养院|出版社|税务局|财政局|管理局|分局|支队|经营部|服务部|机构|供应商|供货商"
)
#: How the source of a voucher begins that brought a gift.
_GIFT: Final = "gift:in:"
_BY_SOURCE: Final = ("aid:", "gift:", "refund:", "dues:")


@dataclass(frozen=True, slots=True)
class Atom:
    """A personal voucher: per cell what it moved, in fen, and whose it is.

    ``shares`` gives by person what of each cell is theirs; the shares of all add up to ``cells``.
    ``gift``: it brought a gift, or took that back. Gifts are disclosed one by one, so that they
    stand in no sum with anything else: less them it would tell of the rest.
    """

    seq: int
    day: date
    cells: Mapping[Cell, int]
    shares: Mapping[str, Mapping[Cell, Fraction]]
    gift: bool = False

    @property
    def month(self) -> Month:
        return Month.of(self.day)


@dataclass(frozen=True, slots=True)
class Sorted:
    """Vouchers told apart: ``open`` stand alone, ``quiet`` moved nothing that is published."""

    open: tuple[Voucher, ...]
    atoms: tuple[Atom, ...]
    quiet: tuple[int, ...]


class Places:
    """Which published account a posting stands on: one for all accounts with banks.

    A bank account of its own may be a payment service's, where one day's balance is one person's
    payment; so they are shown as the chart has them, 银行存款.
    """

    def __init__(self, chart: Chart, accounts: Iterable[str], renamed: Mapping[str, str]) -> None:
        names = list(accounts)
        self._renamed = renamed
        self._clearing = frozenset(clearing_accounts(names))
        self._banks: dict[str, str] = {}
        for name in names:
            path = chart.path(name)
            if name.startswith("Assets:") and path and path[0].code in chart.banks:
                self._banks[name] = chart.book_name(path[0])

    @property
    def banks(self) -> frozenset[str]:
        """The published accounts that stand for all accounts with banks."""
        return frozenset(self._banks.values())

    def of(self, account: str) -> str:
        return self._banks.get(account) or self._renamed.get(account, account)

    def is_bank(self, account: str) -> bool:
        return account in self._banks

    def is_channel(self, account: str) -> bool:
        return account in self._banks and bool(_CHANNELS.search(account_label(account)))

    def is_own(self, account: str) -> bool:
        """True for accounts between which the unit's own money moves."""
        return account in self._banks or account in self._clearing

    def cells(self, voucher: Voucher) -> dict[Cell, int]:
        """What a voucher moved per cell, without what it moved to and fro."""
        found: dict[Cell, int] = defaultdict(int)
        for line in voucher.draft.postings:
            found[Cell(self.of(line.account), line.fund, line.amount.currency)] += line.amount.fen
        return {cell: fen for cell, fen in found.items() if fen}


def sort_out(
    vouchers: Sequence[Voucher],
    places: Places,
    known: Mapping[int, Sequence[str]],
    same: Callable[[str], str],
    organisations: Collection[str] = (),
    grouped: Collection[int] = (),
) -> Sorted:
    """Tell the vouchers apart.

    ``known`` gives persons by seq where the text names none; ``same`` gives one id for all ids of
    a person. ``organisations`` are ids of donors, and codes of gifts, that are no person's;
    ``grouped`` are the seqs of what was published in a group and stays in it.
    """
    by_number = {voucher.number: voucher for voucher in vouchers}
    opened: list[Voucher] = []
    atoms: list[Atom] = []
    quiet: list[int] = []
    for voucher in vouchers:
        cells = places.cells(voucher)
        origin = voucher
        if voucher.draft.reverses:
            origin = by_number.get(voucher.draft.reverses, voucher)
        if voucher.seq not in grouped and not any(
            _is_personal(one, places, organisations) for one in (origin, voucher)
        ):
            if cells:
                opened.append(voucher)
            else:
                quiet.append(voucher.seq)
            continue
        people = known.get(voucher.seq) or known.get(origin.seq) or ()
        shares = _shares(voucher, origin, places, people, same)
        is_gift = origin.draft.source.startswith(_GIFT)
        atoms.append(Atom(voucher.seq, voucher.draft.day, cells, shares, is_gift))
    return Sorted(tuple(opened), tuple(atoms), tuple(quiet))


def _is_personal(voucher: Voucher, places: Places, organisations: Collection[str]) -> bool:
    draft = voucher.draft
    if draft.source.startswith(_BY_SOURCE) and not _is_one(draft.source.split(":"), organisations):
        return True
    metas = [dict(draft.meta), *(dict(line.meta) for line in draft.postings)]
    for meta in metas:
        if any(key in _KEYS and text not in organisations for key, text in meta.items()):
            return True
        if any(_names(text, organisations) for text in meta.values()):
            return True
        if "claim" in meta and _OF_UNITS.isdisjoint(meta):
            return True
    words = (*draft.links, *draft.tags, draft.payee, draft.narration)
    if any(_names(text, organisations) for text in words):
        return True
    accounts = [line.account for line in draft.postings]
    if carries_over(accounts):
        return False
    if not _ORGANISATION.search(draft.payee) and any(
        _ACCOUNTS.search(account_label(name)) for name in accounts
    ):
        return True
    if any(map(places.is_channel, accounts)):
        return True
    # What passes between own accounts on its way may be one person's payment.
    return all(map(places.is_own, accounts)) and not all(map(places.is_bank, accounts))


def _is_one(parts: Iterable[str], organisations: Collection[str]) -> bool:
    return any(part in organisations for part in parts)


def _names(text: str, organisations: Collection[str]) -> bool:
    """Whether a text holds the id of a person."""
    return any(found not in organisations for found in _ID.findall(text))


def _named(voucher: Voucher, at: int, same: Callable[[str], str]) -> str:
    """Whom the posting at this place names; empty if nobody."""
    meta = dict(voucher.draft.postings[at].meta)
    for key in _PERSONS:
        if key in meta:
            return same(meta[key])
    found = next(filter(None, map(_ID.search, meta.values())), None)
    return same(found[0]) if found else ""


def _shares(
    voucher: Voucher,
    origin: Voucher,
    places: Places,
    people: Sequence[str],
    same: Callable[[str], str],
) -> dict[str, dict[Cell, Fraction]]:
    """Whose the voucher's sums are.

    A posting that names a person is theirs. The others of the same fund are shared by what each
    person has in it, so that each person's part balances as the voucher does.
    """
    shares: dict[str, dict[Cell, Fraction]] = defaultdict(lambda: defaultdict(Fraction))
    rest: dict[tuple[str, str], dict[Cell, int]] = defaultdict(lambda: defaultdict(int))
    owned: dict[tuple[str, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    named_by = voucher if len(origin.draft.postings) != len(voucher.draft.postings) else origin
    for at, line in enumerate(voucher.draft.postings):
        cell = Cell(places.of(line.account), line.fund, line.amount.currency)
        who = _named(voucher, at, same) or _named(named_by, at, same)
        if who:
            shares[who][cell] += line.amount.fen
            owned[cell.fund, cell.currency][who] += line.amount.fen
        else:
            rest[cell.fund, cell.currency][cell] += line.amount.fen
    whole = _of_whole(voucher, origin, people, same)
    for key, cells in rest.items():
        parts = {who: fen for who, fen in owned[key].items() if fen}
        total = sum(parts.values())
        if not parts or total == 0 or len({fen > 0 for fen in parts.values()}) > 1:
            # Nobody's in particular: of all whom the voucher names, or of one.
            everyone = sorted(shares) if shares and not whole else list(whole)
            everyone = everyone or [_unknown(origin, places)]
            parts, total = dict.fromkeys(everyone, 1), len(everyone)
            if key in owned and shares:
                parts, total = {everyone[0]: 1}, 1
        for cell, fen in cells.items():
            for who, part in parts.items():
                shares[who][cell] += Fraction(fen * part, total)
    return {
        who: {cell: part for cell, part in cells.items() if part} for who, cells in shares.items()
    }


def _unknown(origin: Voucher, places: Places) -> str:
    if all(places.is_own(line.account) for line in origin.draft.postings):
        return OWN
    return f"{UNKNOWN}{origin.seq}"


def _of_whole(
    voucher: Voucher, origin: Voucher, people: Sequence[str], same: Callable[[str], str]
) -> list[str]:
    """Whom the voucher as a whole is of, where its postings do not say."""
    if people:
        return sorted({same(id) for id in people})
    for one in (voucher, origin):
        meta = dict(one.draft.meta)
        for key in _PERSONS:
            if key in meta:
                return [same(meta[key])]
        for text in (*meta.values(), *one.draft.links, one.draft.payee, one.draft.narration):
            if found := _ID.search(text):
                return [same(found[0])]
    return []
