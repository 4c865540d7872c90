"""Reading canonical text: the strict inverse of ``ledger/canonical.py``.

Whatever this module accepts, Beancount reads as the same postings; whatever it does not understand
to the last byte it refuses with :class:`NotCanonical`. No figure is then drawn from Beancount's
reading instead: text that the program did not write is an alteration, and the program stops. A few
large expressions tile a whole file; no line is parsed in Python before it is asked for.

Reading goes by depth:

- :func:`read_cells` sums a month file by account, fund and currency, the cold path of every report;
- :func:`entries` cuts a file into its journal entries, for chains and for rebuilding the journal;
- :func:`parse_voucher` and :func:`parse_directives` build the checked values of one entry.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Final, NamedTuple

from ledger.account import is_valid_account
from ledger.canonical import voucher_text
from ledger.entry import MOST_FEN, Draft, Lot, Posting, Voucher, weight_fen
from ledger.errors import LedgerError, finding
from ledger.money import Money
from ledger.period import Month


class NotCanonical(LedgerError):
    """The text is not what the program writes. ``file`` and ``line`` (from 1) say where."""

    def __init__(self, file: str, line: int, offset: int = 0) -> None:
        self.file = file
        self.line = line
        self.offset = offset
        super().__init__(
            finding(
                "not-canonical",
                "此处不是本程序写出的文字",
                "this is not text as the program writes it",
                "从日志恢复此文件；手写的业务用 mingbai accept 提交",
                "restore the file from the journal; submit what was written by hand "
                "with mingbai accept",
                file=file or None,
                line=line,
            )
        )


# ---- the grammar -------------------------------------------------------------------------------

# Possessive repeats (*+) keep hostile text from costing more than one pass. Text between quotes
# holds no line feed, so a line of the file is a line of the grammar.
STRING: Final = r'"[^"\\\n]*+(?:\\["\\][^"\\\n]*+)*+"'
DAY: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
NUMBER: Final = r"-?(?:0|[1-9][0-9]{0,15}+)\.[0-9]{2}"
_UNITS: Final = r"-?(?:0|[1-9][0-9]{0,12}+)(?:\.[0-9]{1,20}+)?"
CURRENCY: Final = r"[A-Z][A-Z0-9'._-]*+"
ACCOUNT: Final = r'(?:Assets|Liabilities|Equity|Income|Expenses):[^\s"]++'
_FUND: Final = r"[A-Z][A-Za-z0-9-]++"
KEY: Final = r"[a-z][a-z0-9_-]++"
_WORD: Final = r"[A-Za-z0-9][A-Za-z0-9\-_/.]*+"
_HEX: Final = r"[0-9a-f]{64}"
_AT: Final = rf"{DAY}T[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}(?:[+-][0-9]{{2}}:[0-9]{{2}})?"
_VOUCHER_NUMBER: Final = r"(?:收|付|转)-[0-9]{6}-[0-9]{4,}+"

_AMOUNT: Final = rf"{NUMBER} {CURRENCY}"
# Beancount refuses lots of nothing and negative costs.
_LOT: Final = (
    rf"(?!-?0(?:\.0*+)? ){_UNITS} {CURRENCY} \{{(?!-){NUMBER} {CURRENCY}(?:, {STRING})?+\}}"
)
_POSTING: Final = (
    rf"  {ACCOUNT}  (?:{_AMOUNT}|{_LOT})\n"
    rf'    fund: "{_FUND}"\n'
    rf"(?:    (?!fund:){KEY}: {STRING}\n)*+"
)
_CHAIN: Final = rf'  chain: "{_HEX}"\n'
_FACTS: Final = (
    rf"{DAY} \* {STRING}(?: {STRING})?+(?: #{_WORD})*+(?: \^{_WORD})*+\n"
    rf'  voucher: "{_VOUCHER_NUMBER}"\n'
    rf"  id: {STRING}\n  unit: {STRING}\n  seq: [0-9]++\n  maker: {STRING}\n  checker: {STRING}\n"
    rf'  posted: "{_AT}"\n'
    rf'(?:  papers[0-9]*+: "{_HEX}(?: {_HEX}){{0,3}}"\n)*+'
    rf"  source: {STRING}\n"
    # "chain" stands last, so that this repeat has to leave it alone.
    rf"(?:  (?!chain:){KEY}: {STRING}\n)*+"
)
_VOUCHER: Final = rf"{_FACTS}{_CHAIN}(?:{_POSTING}){{2,}}+\n"

# A directive's line holds whole strings only: an open quote would swallow the lines behind it.
REST: Final = rf'[^"\n;]*+(?:{STRING}[^"\n;]*+)*+'
_OTHER: Final = (
    rf"; mingbai [0-9]++ (?!voucher )[a-z]++ {_HEX}\n"
    rf"(?:{DAY} (?:open|close|custom|balance|note) {REST}\n(?:  {KEY}: {REST}\n)*+)++\n"
)


@cache
def _bytes(pattern: str, flags: int = 0) -> re.Pattern[bytes]:
    return re.compile(pattern.encode(), flags)


@cache
def _text(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def check_tiled(data: bytes, file: str = "", start: int = 0) -> None:
    """Raise :class:`NotCanonical` unless ``data`` from ``start`` on is whole canonical entries.

    What is accepted is UTF-8 without control characters, and every byte belongs to an entry.
    """
    end = start
    if found := _bytes(rf"(?:{_VOUCHER}|{_OTHER})*+").match(data, start):
        end = found.end()
    if end != len(data):
        raise _broken(data, file, end)
    _check_signs(data, file, start)


def one_voucher() -> re.Pattern[bytes]:
    """A voucher's canonical text to the last byte, with its parts by name.

    ``day first second number seq maker checkers posted papers source reverses chain postings`` are
    as they stand there. A file of which every voucher matches still has signs and days to be
    checked: :func:`check_blocks`.
    """
    return _bytes(_ONE_VOUCHER)


def check_blocks(data: bytes, blocks: Iterable[tuple[int, bytes]], file: str = "") -> None:
    """:func:`check_tiled` of a file of which all but these entries, at their offsets, are vouchers
    that :func:`one_voucher` matched whole.

    Raises: NotCanonical.
    """
    other = _bytes(_OTHER)
    for offset, block in blocks:
        if other.fullmatch(block) is None:
            raise _broken(data, file, offset)
    _check_signs(data, file, 0)


def _check_signs(data: bytes, file: str, start: int) -> None:
    """Raise NotCanonical for what no text of a book holds, and for days that there are not."""
    for offset in _unprintable(data[start:] if start else data):
        raise _at(data, file, start + offset)
    for day in _days(data, start):
        try:
            date.fromisoformat(day.decode())
        except ValueError as fault:
            place = re.compile(b"^" + day + b" ", re.MULTILINE).search(data, start)
            raise _at(data, file, place.start() if place else start) from fault


def _days(data: bytes, start: int) -> set[bytes]:
    """Every day that a line of ``data`` from ``start`` on begins with.

    Looked for behind a line feed: a search for the beginning of a line would try every byte.
    """
    found = set(_bytes(rf"\n({DAY}) ").findall(data, start))
    if first := _bytes(rf"({DAY}) ").match(data, start):
        found.add(first[1])
    return found


def _broken(data: bytes, file: str, offset: int) -> NotCanonical:
    """Name the first line of the broken entry that no line of the grammar fits."""
    lines = _bytes(
        rf"(?:; mingbai [0-9]++ [a-z]++ {_HEX}|{DAY} [^\n]*+|  {ACCOUNT}  (?:{_AMOUNT}|{_LOT})"
        rf"|  {KEY}: {REST}|    {KEY}: {STRING})?\n"
    )
    place = offset
    while (line := lines.match(data, place)) is not None and len(line[0]) > 1:
        place = line.end()
    # Where every line fits by itself, the entry as a whole is wrong: say where it begins.
    whole = place >= len(data) or data[place : place + 1] == b"\n"
    return _at(data, file, offset if whole else place)


def _at(data: bytes, file: str, offset: int) -> NotCanonical:
    return NotCanonical(file, data.count(b"\n", 0, offset) + 1, offset)


# Blanks that str.isprintable refuses and a book may hold inside a text, the ideographic one first.
_BLANKS: Final = dict.fromkeys(
    map(ord, "\u3000\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
        "\u202f\u205f\n")
)  # fmt: skip


def _unprintable(data: bytes) -> Iterator[int]:
    """The offset of the first byte that no text of a book holds, if there is one."""
    try:
        text = data.decode()
    except UnicodeDecodeError as fault:
        yield fault.start
        return
    if text.replace("\n", "").isprintable():
        return
    place = 0
    for line in text.split("\n"):
        if not line.isprintable() and not line.translate(_BLANKS).isprintable():
            yield len(text[:place].encode())
            return
        place += len(line) + 1


# ---- cells -------------------------------------------------------------------------------------

# Sums of twelve months of it still fit 64 bits.
_MOST: Final = 100 * MOST_FEN

#: (account, fund, currency) → [debit, credit, count]; amounts in fen, both non-negative.
Cells = dict[tuple[str, str, str], list[int]]


def read_cells(data: bytes, month: Month, file: str = "", start: int = 0) -> Cells:
    """The sums of a month file from byte ``start`` on, by account, fund and currency.

    Raises: NotCanonical for text that is not canonical, for a voucher of another month, and for
    sums that are not zero within a fund and currency.
    """
    check_tiled(data, file, start)
    if any(not day.startswith(f"{month}-".encode()) for day in _days(data, start)):
        # Closings and the like stand in the file of their month as well, on other days.
        other = _bytes(rf"^(?!{month}-){DAY} \* ", re.MULTILINE).search(data, start)
        if other:
            raise _at(data, file, other.start())
    cells: dict[tuple[bytes, bytes, bytes], list[int]] = {}
    # Anchored at line starts, which no quoted text can fake.
    plain = _bytes(rf'\n  ({ACCOUNT})  ({NUMBER}) ({CURRENCY})\n    fund: "({_FUND})"')
    for account, number, currency, fund in plain.findall(data, start):
        fen = int(number.replace(b".", b""))
        cell = cells.get((account, fund, currency))
        if cell is None:
            cell = cells[account, fund, currency] = [0, 0, 0]
        if fen < 0:
            cell[1] -= fen
        else:
            cell[0] += fen
        cell[2] += 1
    if data.find(b" {", start) >= 0:
        _add_lots(data, file, start, cells)
    return _decoded(data, file, start, cells)


def _add_lots(
    data: bytes, file: str, start: int, cells: dict[tuple[bytes, bytes, bytes], list[int]]
) -> None:
    lots = _bytes(
        rf"\n  ({ACCOUNT})  ({_UNITS}) {CURRENCY} \{{({NUMBER}) ({CURRENCY})(?:, {STRING})?+\}}"
        rf'\n    fund: "({_FUND})"'
    )
    for found in lots.finditer(data, start):
        account, units, cost, currency, fund = found.groups()
        try:
            fen = weight_fen(Decimal(units.decode()), int(cost.replace(b".", b"")))
        except ValueError as fault:
            raise _at(data, file, found.start() + 1) from fault
        cell = cells.setdefault((account, fund, currency), [0, 0, 0])
        cell[fen < 0] += abs(fen)
        cell[2] += 1


def _decoded(
    data: bytes, file: str, start: int, cells: dict[tuple[bytes, bytes, bytes], list[int]]
) -> Cells:
    found: Cells = {}
    sums: dict[tuple[bytes, bytes], int] = {}
    for (account, fund, currency), cell in cells.items():
        name = account.decode()
        if not is_valid_account(name):
            raise _at(data, file, data.find(b"\n  " + account + b" ", start) + 1)
        if max(cell) > _MOST:
            raise _at(data, file, data.find(b"\n  " + account + b" ", start) + 1)
        found[name, fund.decode(), currency.decode()] = cell
        sums[fund, currency] = sums.get((fund, currency), 0) + cell[0] - cell[1]
    if any(sums.values()):
        # Somebody changed an amount: which one only Beancount or the chain can tell.
        raise _at(data, file, start)
    return found


# ---- entries -----------------------------------------------------------------------------------


class EntryText(NamedTuple):
    """One journal entry as it stands in a file.

    ``offset`` counts bytes, ``line`` counts from 1; ``text`` ends with its empty line.
    """

    kind: str
    seq: int
    chain: str
    offset: int
    line: int
    text: bytes

    @property
    def length(self) -> int:
        return len(self.text)


def entries(data: bytes, file: str = "") -> list[EntryText]:
    """Every entry of a canonical file, in the order they stand there.

    Raises: NotCanonical, with file and line of the first entry that is not canonical.
    """
    check_tiled(data, file)
    return list(_cut(data))


def _cut(data: bytes) -> Iterator[EntryText]:
    head = _bytes(rf"; mingbai ([0-9]+) ([a-z]+) ({_HEX})\n")
    facts = _bytes(rf'\n  seq: ([0-9]+)\n(?:  [^\n]*\n)*?  chain: "({_HEX})"\n')
    offset, line = 0, 1
    for block in data.split(b"\n\n")[:-1]:
        text = block + b"\n\n"
        found = head.match(text)
        if found:
            kind, seq, chain = found[2].decode(), found[1], found[3]
        else:
            of_voucher = facts.search(text)
            if of_voucher is None:
                raise _at(data, "", offset)
            kind, seq, chain = "voucher", of_voucher[1], of_voucher[2]
        yield EntryText(kind, int(seq), chain.decode(), offset, line, text)
        offset += len(text)
        line += text.count(b"\n")


# ---- vouchers ----------------------------------------------------------------------------------

VALUE: Final = STRING.replace('"', "", 1)[:-1]  # what stands between the quotes
_ONE_VOUCHER: Final = (
    rf'(?P<day>{DAY}) \* "(?P<first>{VALUE})"(?: "(?P<second>{VALUE})")?+'
    rf"(?P<tags>(?: #{_WORD})*+)(?P<links>(?: \^{_WORD})*+)\n"
    rf'  voucher: "(?P<number>{_VOUCHER_NUMBER})"\n'
    rf'  id: "(?P<id>{VALUE})"\n  unit: "(?P<unit>{VALUE})"\n  seq: (?P<seq>[0-9]++)\n'
    rf'  maker: "(?P<maker>{VALUE})"\n  checker: "(?P<checkers>{VALUE})"\n'
    rf'  posted: "(?P<posted>{_AT})"\n'
    rf'(?P<papers>(?:  papers[0-9]*+: "[0-9a-f ]++"\n)*+)'
    rf'  source: "(?P<source>{VALUE})"\n'
    rf'(?:  reverses: "(?P<reverses>{VALUE})"\n)?+'
    rf"(?P<meta>(?:  (?!chain:){KEY}: {STRING}\n)*+)"
    rf'(?:  chain: "(?P<chain>{_HEX})"\n)?+'
    rf"(?P<postings>(?:{_POSTING})++)\n"
)
_ONE_POSTING: Final = (
    rf"  (?P<account>{ACCOUNT})  (?:(?P<number>{NUMBER}) (?P<currency>{CURRENCY})"
    rf"|(?P<units>{_UNITS}) (?P<commodity>{CURRENCY})"
    rf" \{{(?P<cost>{NUMBER}) (?P<cost_currency>{CURRENCY})"
    rf'(?:, "(?P<label>{VALUE})")?+\}})\n'
    rf'    fund: "(?P<fund>{_FUND})"\n'
    rf"(?P<meta>(?:    {KEY}: {STRING}\n)*+)"
)
_ONE_META: Final = rf' ++({KEY}): "({VALUE})"\n'


def parse_voucher(text: str, file: str = "", line: int = 1) -> Voucher:
    """The voucher of which ``ledger.canonical.voucher_text`` wrote ``text``, with or without chain.

    Raises: NotCanonical for any other text; ``line`` is where the text begins in ``file``.
    """
    try:
        voucher = _voucher(text)
        exact = voucher_text(voucher) == text
    except (ValueError, TypeError, ArithmeticError) as fault:
        raise NotCanonical(file, line) from fault
    if not exact:
        raise NotCanonical(file, line)
    return voucher


def _voucher(text: str) -> Voucher:
    found = _text(_ONE_VOUCHER).fullmatch(text)
    if found is None:
        raise ValueError("not a voucher")
    first, second = unquoted(found["first"]), found["second"]
    draft = Draft(
        unit=unquoted(found["unit"]),
        day=date.fromisoformat(found["day"]),
        kind=found["number"][0],
        payee="" if second is None else first,
        narration=first if second is None else unquoted(second),
        postings=tuple(map(_posting, _text(_ONE_POSTING).finditer(found["postings"]))),
        tags=tuple(word[1:] for word in found["tags"].split()),
        links=tuple(word[1:] for word in found["links"].split()),
        papers=tuple(_text(_HEX).findall(found["papers"])),
        source=unquoted(found["source"]),
        reverses=None if found["reverses"] is None else unquoted(found["reverses"]),
        meta=_meta(found["meta"]),
    )
    checkers = unquoted(found["checkers"])
    return Voucher(
        draft=draft,
        number=found["number"],
        id=unquoted(found["id"]),
        seq=int(found["seq"]),
        maker=unquoted(found["maker"]),
        checkers=tuple(checkers.split(" ")) if checkers else (),
        posted=datetime.fromisoformat(found["posted"]),
        chain=found["chain"] or "",
    )


def _posting(found: re.Match[str]) -> Posting:
    meta = _meta(found["meta"])
    if found["number"] is not None:
        amount = Money(fen_of(found["number"]), found["currency"])
        return Posting(found["account"], amount, found["fund"], meta)
    label = found["label"]
    lot = Lot(
        Decimal(found["units"]),
        found["commodity"],
        Money(fen_of(found["cost"]), found["cost_currency"]),
        None if label is None else unquoted(label),
    )
    return Posting(found["account"], lot.weight, found["fund"], meta, lot)


def fen_of(number: str) -> int:
    return int(number.replace(".", ""))


def _meta(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, unquoted(value)) for key, value in _text(_ONE_META).findall(text))


def unquoted(text: str) -> str:
    """What stands between the quotes of a canonical string, without its escapes."""
    return re.sub(r"\\(.)", r"\1", text) if "\\" in text else text


class LeanLine(NamedTuple):
    """One posting as a listing shows it; ``ordinal`` counts within its voucher, ``line`` too.

    ``units`` are those of a ``commodity``, things held at cost; ``label`` the lot that they are of.
    """

    account: str
    fund: str
    fen: int
    currency: str
    meta: tuple[tuple[str, str], ...]
    ordinal: int
    line: int
    units: str = ""
    label: str = ""
    commodity: str = ""


class LeanVoucher(NamedTuple):
    """What a listing shows of a voucher, a tenth of the work of :func:`parse_voucher`."""

    number: str
    day: date
    payee: str
    narration: str
    papers: tuple[str, ...]
    lines: tuple[LeanLine, ...]
    reverses: str = ""


def read_lean(text: str, file: str = "", line: int = 1) -> LeanVoucher:
    """A voucher's listing from text that :func:`check_tiled` has accepted before.

    ``LeanLine.line`` counts from ``line``, where the voucher begins in ``file``.
    """
    found = _text(_ONE_VOUCHER).fullmatch(text)
    if found is None:
        raise NotCanonical(file, line)
    first, second = unquoted(found["first"]), found["second"]
    at = line + text.count("\n", 0, found.start("postings"))
    lines = []
    for ordinal, part in enumerate(_text(_ONE_POSTING).finditer(found["postings"])):
        if part["number"] is not None:
            fen, currency = fen_of(part["number"]), part["currency"]
            units = label = commodity = ""
        else:
            units, label = part["units"], unquoted(part["label"] or "")
            commodity = part["commodity"]
            fen = weight_fen(Decimal(units), fen_of(part["cost"]))
            currency = part["cost_currency"]
        meta = _meta(part["meta"]) if part["meta"] else ()
        lines.append(
            LeanLine(
                part["account"], part["fund"], fen, currency, meta, ordinal, at, units, label,
                commodity,
            )
        )  # fmt: skip
        at += part[0].count("\n")
    return LeanVoucher(
        number=found["number"],
        day=date.fromisoformat(found["day"]),
        payee="" if second is None else first,
        narration=first if second is None else unquoted(second),
        papers=tuple(_text(_HEX).findall(found["papers"])) if found["papers"] else (),
        lines=tuple(lines),
        reverses=unquoted(found["reverses"] or ""),
    )
