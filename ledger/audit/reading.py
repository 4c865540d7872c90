"""The vouchers of one file of a book as columns of numbers: what audit procedures count over.

A million vouchers as objects fill gigabytes; as columns they fill a hundred megabytes, and loops
over them stay short. Files are read apart from each other, by several processes
(:mod:`ledger.audit.population`). Text that the program did not write is refused here; the hash
chain is followed within the file, and what hangs on another file is told to whoever puts the files
together.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from array import array
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Final, NamedTuple

from ledger import canonical, canonical_reader
from ledger.account import account_code, carries_over, is_budgetary
from ledger.audit.columns import (
    ACTIVITY,
    BALANCES,
    CARRIED,
    NUMBERS,
    WORDS,
    Columns,
    Rate,
    Run,
)
from ledger.canonical_reader import ACCOUNT, CURRENCY, DAY, KEY, NUMBER, VALUE, unquoted
from ledger.entry import CLASSES, FIRST_YEAR, LAST_YEAR, weight_fen
from ledger.errors import Finding
from ledger.fundcheck import is_resource
from ledger.period import Month
from ledger.privacy import kinds_in

_CASH: Final = ("101", "1001")
_BANK: Final = ("102", "1002")
_BEHIND: Final = b"\n\n"  # the end of every entry
_CHAIN: Final = b'  chain: "'

_POSTING: Final = re.compile(
    (
        rf"\n  ({ACCOUNT})  (?:({NUMBER}) ({CURRENCY})"
        rf"|(-?[0-9.]+) {CURRENCY} \{{({NUMBER}) ({CURRENCY})[^\n]*\}})"
        r'\n    fund: "([^"\n]+)"'
    ).encode()
)
#: The parts of a voucher that are read, by their places.
_PLACES: Final = canonical_reader.one_voucher().groupindex
_PARTS: Final = tuple(
    _PLACES[name]
    for name in (
        "day", "first", "second", "number", "seq", "maker", "checkers", "posted", "papers",
        "source", "reverses", "meta",
    )
)  # fmt: skip
_POSTINGS: Final = _PLACES["postings"]
_PAIR: Final = WORDS.index("pair")
_HEAD: Final = re.compile(
    rf'^({DAY}) \* [^\n]*\n  voucher: "[^-"]+-([0-9]+)-'.encode(), re.MULTILINE
)  # fmt: skip
_OTHER: Final = re.compile(rb"; mingbai ([0-9]+) ([a-z]+) ([0-9a-f]{64})\n")
_DOCUMENT: Final = re.compile(rf'\n    doc: "({VALUE})"'.encode())
_META: Final = re.compile(rf'\n +({KEY}): "({VALUE})"'.encode())
#: Of these keys every value is somebody's words, of others what is no code.
_SAID: Final = (b"memo", b"doc", b"decision")
_COUNTER: Final = re.compile(rb'\n    counter: "([a-z0-9-]+)"')
_RATE: Final = re.compile(rb"\b([A-Z]{3}) ([0-9][0-9,]*(?:\.[0-9]+)?) @ ([0-9]+(?:\.[0-9]+)?)\b")
_STREAM: Final = re.compile(rb'\n    (?:gift|aid|asset): "')
_DIGITS: Final = b"0123456789"
_PAPER: Final = re.compile(rb"[0-9a-f]{64}")
#: How many bytes of a number tell its class and month.
_SERIES: Final = len("收-202603".encode())
#: More digits than a book has entries, or a month vouchers.
_LONGEST: Final = 9
#: So many digits has the shortest number of a person.
_SHORTEST: Final = 7


class Job(NamedTuple):
    """One file to be read, as it is called, and what its vouchers are read by."""

    path: Path
    name: str
    capital: frozenset[str] = frozenset()
    watched: frozenset[str] = frozenset()
    wanted: int = 0


def read_or_tell(job: Job) -> Columns | Finding:
    """The columns of one file; the finding if it is not what the program writes.

    A value and no exception, so that it comes back from another process.
    """
    try:
        return read_columns(job.path.read_bytes(), job.name, job.capital, job.watched, job.wanted)
    except canonical_reader.NotCanonical as fault:
        return fault.findings[0]


def read_columns(
    data: bytes, name: str, capital: frozenset[str] = frozenset(),
    watched: frozenset[str] = frozenset(), wanted: int = 0,
) -> Columns:  # fmt: skip
    """The columns of one file's bytes; ``capital`` are accounts whose balance is tied up in things.

    The chain of the entry ``wanted`` is kept, wherever it stands.

    Raises: NotCanonical for text that is not what the program writes.
    """
    found = Columns()
    reader = _Reader(found, capital, watched)
    try:
        _read(data, name, reader, wanted)
    except (ValueError, ArithmeticError) as fault:
        # A day that there is not, an amount of no column, bytes that are no text.
        canonical_reader.check_tiled(data, name)
        offset = reader.misfit(data)
        raise canonical_reader.NotCanonical(name, line_at(data, offset), offset) from fault
    found.broken = found.broken or _misplaced(data, name, found)
    return found


def _read(data: bytes, name: str, reader: _Reader, wanted: int) -> None:
    found = reader.found
    voucher, others = canonical_reader.one_voucher(), []
    offset, begun, before, last = 0, Run(0, 0, "", "", 0, 0), "", 0
    blocks = data.split(_BEHIND)
    if blocks.pop():
        canonical_reader.check_tiled(data, name)
    for block in blocks:
        head = voucher.fullmatch(block + _BEHIND)
        if head is not None and _is_numbered(head) and reader.voucher(block, head):
            seq, chain = int(head["seq"]), head["chain"].decode()
            at = head.start("chain")
            bare = block[: at - len(_CHAIN)] + block[at + len(chain) + 2 :]
        else:
            others.append((offset, block + _BEHIND))
            seq, chain, bare = _other(found, block, name, data, offset)
        if seq == wanted:
            found.wanted = chain
        length = len(block) + len(_BEHIND)
        follows = last > 0 and seq == last + 1
        if seq <= last or (follows and _next(before, bare) != chain):
            found.broken = found.broken or line_at(data, offset)
        if not follows:
            found.runs += [begun._replace(last=last, chain=before)] if last else []
            begun = Run(seq, 0, chain, "", offset, length)
        offset += length
        before, last = chain, seq
    found.runs += [begun._replace(last=last, chain=before)] if last else []
    canonical_reader.check_blocks(data, others, name)
    reader.finish()


def _misplaced(data: bytes, name: str, found: Columns) -> int:
    """The line of the first voucher that stands in the file of another month; 0 if none does.

    A chain holds wherever its entries stand: it is followed from file to file.
    """
    month = name[-len("2026/03.bean") : -len(".bean")].replace("/", "-")
    days = {date.fromordinal(day) for day in set(found.numbers["day"])}
    months = {f"{at // 12:04d}-{at % 12 + 1:02d}" for at in set(found.numbers["month"])}
    if months | {day.isoformat()[:7] for day in days} <= {month}:
        return 0
    for voucher in _HEAD.finditer(data):
        day, number = voucher[1].decode(), voucher[2].decode()
        if not day.startswith(month) or number != month.replace("-", ""):
            return line_at(data, voucher.start())
    return 1


def _is_numbered(head: re.Match[bytes]) -> bool:
    return head["chain"] is not None and len(head["seq"]) <= _LONGEST


def line_at(data: bytes, offset: int) -> int:
    """The line, from 1, at which an offset stands."""
    return data.count(b"\n", 0, offset) + 1


def _next(before: str, bare: bytes) -> str:
    """:func:`ledger.canonical.next_chain` of a text whose chain was taken out already."""
    return hashlib.sha256(b"%s\n%s%s" % (before.encode(), bare, _BEHIND)).hexdigest()


def _other(
    found: Columns, block: bytes, name: str, data: bytes, offset: int
) -> tuple[int, str, bytes]:
    """Keep an entry that is no voucher: its place, its chain, and its text without it."""
    other = _OTHER.match(block + b"\n")
    if other is None:
        canonical_reader.check_tiled(data, name)  # says where
        raise canonical_reader.NotCanonical(name, line_at(data, offset), offset)
    text = (block + _BEHIND).decode()
    found.others.append((int(other[1]), other[2].decode(), text))
    bare = canonical.without_chain(text).encode()[: -len(_BEHIND)]
    return int(other[1]), other[3].decode(), bare


def _nature(accounts: Sequence[str]) -> int:
    if carries_over(accounts):
        return CARRIED
    moves = any(name.startswith(("Income:", "Expenses:")) for name in accounts)
    return ACTIVITY if moves else BALANCES


def _document(number: bytes) -> bytes:
    """The number of an invoice, however it was typed: ``no. 26-31 a`` is ``NO2631A``."""
    text = unicodedata.normalize("NFKC", unquoted(number.decode())).upper()
    return "".join(filter(str.isalnum, text)).encode()


def _said(block: bytes, start: int) -> Iterator[bytes]:
    """What stands as words in a voucher's metadata and its postings', besides codes and days."""
    for key, text in _META.findall(block, start):
        if key in _SAID or not text.isascii() or b" " in text:
            yield text


def _is_personal(said: bytes, words: bytes) -> bool:
    """Whether words hold a number of a person; ``words`` are the same without their digits."""
    numbered = len(said) - len(words) >= _SHORTEST or b"@" in said
    return numbered and bool(kinds_in(said.decode()))


class _Table(dict[bytes, int]):
    """The texts of one column: a new one gets the next number."""

    def __init__(self) -> None:
        super().__init__({b"": 0})

    def __missing__(self, text: bytes) -> int:
        number = self[text] = len(self)
        return number

    def words(self) -> dict[str, int]:
        return {unquoted(text.decode()): number for text, number in self.items()}


class _Days(dict[bytes, int]):
    def __missing__(self, text: bytes) -> int:
        found = date.fromisoformat(text.decode())
        if not FIRST_YEAR <= found.year <= LAST_YEAR:
            raise ValueError("no book has such a day")
        day = self[text] = found.toordinal()
        return day


class _Series(dict[bytes, tuple[int, int]]):
    """Of the beginning of a number, ``收-202603``, its class and its month."""

    def __missing__(self, text: bytes) -> tuple[int, int]:
        kind, digits = text.decode().split("-")
        month = Month(int(digits[:4]), int(digits[4:]))
        found = self[text] = (CLASSES.index(kind), month.year * 12 + month.month - 1)
        return found


class _Account(NamedTuple):
    """``number`` counts the accounts of a file; the other fields say what its postings move."""

    number: int
    budgetary: bool
    money: bool
    cash: bool
    resource: bool
    watched: bool


class _Accounts(dict[bytes, _Account]):
    def __init__(self, capital: frozenset[str], watched: frozenset[str]) -> None:
        super().__init__()
        self._capital = capital
        self._watched = watched
        self.names: list[str] = []

    def __missing__(self, name: bytes) -> _Account:
        text = name.decode()
        code = account_code(text)
        money = text.startswith("Assets:") and code.startswith(_CASH + _BANK)
        found = self[name] = _Account(
            len(self.names), is_budgetary(text), money, money and code.startswith(_CASH),
            is_resource(text, self._capital), text in self._watched,
        )  # fmt: skip
        self.names.append(text)
        return found


class _Reader:
    """Adds vouchers to columns; accounts, words and days are looked up once each."""

    def __init__(self, found: Columns, capital: frozenset[str], watched: frozenset[str]) -> None:
        self.found = found
        self._accounts = _Accounts(capital, watched)
        self._days = _Days()
        self._series = _Series()
        self._words = [_Table() for _ in WORDS]
        # By the accounts of a voucher, debited ones as even numbers and credited ones as odd.
        self._pairs: dict[tuple[int, ...], tuple[int, int]] = {}
        self._funds: dict[tuple[bytes, bytes, int], int] = {}
        self._takers: dict[tuple[bytes, bytes, int], int] = {}
        self._rows: list[tuple[int, ...]] = []

    def voucher(self, block: bytes, head: re.Match[bytes]) -> bool:
        """Take a voucher; False if it has fewer than two postings, and is none."""
        (day_, first, second, number, seq, maker, checkers, posted, papers, source, reverses,
         meta) = head.group(*_PARTS)  # fmt: skip
        found, accounts, funds = self.found, self._accounts, self._funds
        day, row = self._days[day_], len(self._rows)
        watched = False
        debits = budgetary = out = cash = 0
        sides: list[int] = []
        fens: list[int] = []
        for name, plain, currency, units, cost, of_cost, fund in _POSTING.findall(
            block, head.start(_POSTINGS) - 1
        ):
            account, is_budgetary, is_money, is_cash, is_resource, is_watched = accounts[name]
            if plain:
                fen = int(plain.replace(b".", b""))
            else:
                currency = of_cost
                fen = weight_fen(Decimal(units.decode()), int(cost.replace(b".", b"")))
            fens.append(fen)
            if fen > 0:
                sides.append(2 * account)
                if is_budgetary:
                    budgetary += fen
                else:
                    debits += fen
            else:
                sides.append(2 * account + 1)
            if is_money:
                out -= fen
                if is_cash:
                    cash -= fen
            if is_resource:
                key = (fund, currency, day)
                funds[key] = funds.get(key, 0) + fen
                if fen < 0:
                    self._takers[key] = row
            if is_watched:
                watched = True
        if len(sides) < 2 or len(number) - _SERIES - 1 > _LONGEST:
            return False
        kept = tuple(sides)
        pair = self._pairs.get(kept) or self._pair(kept)
        if second is None:
            payee, said = b"", first
        else:
            payee, said = first, first + b" " + second
        # Every posting says its fund; most say nothing else, and nothing else is looked for.
        says_more = block.count(b"\n    ") > len(sides)
        document = memo = b""
        if says_more and b"\n    doc: " in block:
            document = b" ".join(dict.fromkeys(map(_document, _DOCUMENT.findall(block)))).strip()
        if says_more or meta:
            memo = b" ".join(dict.fromkeys(_said(block, head.start("meta") - 1)))
        words, more = said.translate(None, _DIGITS), memo.translate(None, _DIGITS)
        if _is_personal(said, words) or (memo and _is_personal(memo, more)):
            found.personal.append(row)
        named = _PAPER.findall(papers) if papers else ()
        for digest in named:
            found.digests += bytes.fromhex(digest.decode())
            found.papered.append(row)
        (makers, checked, payees, sources, reversed_, _, documents, texts, memos) = self._words
        self._rows.append(
            (
                int(seq), *self._series[number[:_SERIES]], int(number[_SERIES + 1 :]), day,
                self._days[posted[:10]], max(debits, budgetary), out, cash,
                len(named), pair[1], makers[maker], checked[checkers], payees[payee],
                sources[source.partition(b":")[0]], reversed_[reverses or b""], pair[0],
                documents[document], texts[words], memos[more],
            )
        )  # fmt: skip
        if says_more or watched or b"@" in block:
            self._besides(row, block, fens, watched=watched)
        return True

    def _besides(self, row: int, block: bytes, fens: list[int], *, watched: bool) -> None:
        found = self.found
        if b"\n    counter: " in block and b"\n    transfer: " not in block:
            other = _COUNTER.search(block)
            if other is not None:
                found.loose.append((row, other[1].decode()))
        if b" @ " in block:
            for currency, amount, rate in dict.fromkeys(_RATE.findall(block)):
                said = (currency.decode(), amount.decode(), rate.decode())
                found.rates.append(Rate(row, *said, tuple(fens)))
        if watched or b"\n    gift: " in block or _STREAM.search(block):
            found.named.append((row, block + _BEHIND))

    def _pair(self, sides: tuple[int, ...]) -> tuple[int, int]:
        """The number of a pair of accounts debited and credited, and its nature."""
        codes: tuple[set[str], set[str]] = (set(), set())
        names = [self._accounts.names[side // 2] for side in sides]
        for side, name in zip(sides, names, strict=True):
            codes[side % 2].add(account_code(name))
        text = ">".join(",".join(sorted(of)) for of in codes).encode()
        found = self._pairs[sides] = (self._words[_PAIR][text], _nature(names))
        return found

    def misfit(self, data: bytes) -> int:
        """Where the first voucher stands that no column holds; behind those that were taken, the
        one that could not be."""
        row = len(self._rows)
        for place, values in enumerate(self._rows):
            try:
                for code, value in zip(NUMBERS.values(), values, strict=False):
                    array(code, [value])
            except OverflowError:
                row = place
                break
        head = next(islice(_HEAD.finditer(data), row, None), None)
        return 0 if head is None else head.start()

    def finish(self) -> None:
        """Turn what was collected into columns."""
        found = self.found
        columns = zip(*self._rows, strict=True) if self._rows else iter(())
        for (name, code), values in zip(NUMBERS.items(), columns, strict=False):
            found.numbers[name] = array(code, values)
        for name, values in zip(WORDS, columns, strict=False):
            found.words[name] = array("I", values)
        found.tables = {name: table.words() for name, table in zip(WORDS, self._words, strict=True)}
        found.funds = {
            (fund.decode(), currency.decode(), day): fen
            for (fund, currency, day), fen in self._funds.items()
        }
        found.takers = {
            (fund.decode(), currency.decode(), day): row
            for (fund, currency, day), row in self._takers.items()
        }
