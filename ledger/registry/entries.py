"""The journal's rows: numbers, the chain's head, entries, and the accounts and funds of a book."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)

from ledger.period import Month
from ledger.registry.schema import (
    account,
    book_file,
    book_head,
    entry,
    fund,
    fund_day,
    fund_month,
    month_state,
    voucher_count,
)
from ledger.registry.sets import among, insert_many


@dataclass(frozen=True, slots=True)
class EntryRow:
    """One committed entry. ``text`` is its bytes in ``file`` from ``offset`` on."""

    seq: int
    kind: str
    file: str
    offset: int
    text: bytes
    chain: str
    day: date
    posted: str
    key: str
    number: str | None = None
    id: str | None = None
    source: str | None = None
    reverses: str | None = None


@dataclass(frozen=True, slots=True)
class AccountRow:
    name: str
    name_en: str
    currency: str
    capital: bool
    opened: date
    closed: date | None

    @property
    def is_money(self) -> bool:
        """Whether money can come to it or be paid from it: an asset that is no thing."""
        return self.name.startswith("Assets:") and not self.capital


@dataclass(frozen=True, slots=True)
class FundRow:
    code: str
    name: str
    name_en: str
    restriction: str
    source: str
    opened: date
    closed: date | None


_COLUMNS = tuple(entry.c[name] for name in EntryRow.__slots__)


def head(conn: Connection, unit: str) -> tuple[int, str] | None:
    """``(seq, chain)`` of the unit's last entry; None before the first."""
    row = conn.execute(
        select(book_head.c.seq, book_head.c.chain).where(book_head.c.unit == unit)
    ).first()
    return None if row is None else (row.seq, row.chain)


def by_key(conn: Connection, unit: str, key: str) -> EntryRow | None:
    row = conn.execute(select(*_COLUMNS).where(entry.c.unit == unit, entry.c.key == key)).first()
    return None if row is None else EntryRow(*row)


def by_number(conn: Connection, unit: str, number: str) -> EntryRow | None:
    row = conn.execute(
        select(*_COLUMNS).where(entry.c.unit == unit, entry.c.number == number)
    ).first()
    return None if row is None else EntryRow(*row)


def by_id(conn: Connection, id: str) -> tuple[str, str] | None:
    """The unit and the number of the voucher with this id, ``v-…``."""
    row = conn.execute(select(entry.c.unit, entry.c.number).where(entry.c.id == id)).first()
    return None if row is None else (row.unit, row.number)


def by_seq(conn: Connection, unit: str, seq: int) -> EntryRow | None:
    row = conn.execute(select(*_COLUMNS).where(entry.c.unit == unit, entry.c.seq == seq)).first()
    return None if row is None else EntryRow(*row)


def reversal_of(conn: Connection, unit: str, number: str) -> str | None:
    """The number of the voucher that reverses ``number``, if one was posted."""
    return conn.execute(
        select(entry.c.number).where(entry.c.unit == unit, entry.c.reverses == number)
    ).scalar()


def reversals_of(conn: Connection, unit: str, numbers: Collection[str]) -> dict[str, str]:
    """Those of these vouchers that were reversed, with the number of what reverses each."""
    rows = conn.execute(
        select(entry.c.reverses, entry.c.number).where(
            entry.c.unit == unit, among(conn, entry.c.reverses, numbers)
        )
    )
    return {row.reverses: row.number for row in rows}


def texts_of(conn: Connection, unit: str, numbers: Collection[str]) -> dict[str, bytes]:
    """The texts of these vouchers, by number."""
    rows = conn.execute(
        select(entry.c.number, entry.c.text).where(
            entry.c.unit == unit, among(conn, entry.c.number, numbers)
        )
    )
    return {row.number: row.text for row in rows}


def sources_known(conn: Connection, unit: str, sources: Collection[str]) -> set[str]:
    """Those of ``sources`` that vouchers came from, whether they were reversed or not."""
    rows = conn.execute(
        select(entry.c.source).where(entry.c.unit == unit, among(conn, entry.c.source, sources))
    )
    return set(rows.scalars())


def standing_sources(conn: Connection, unit: str, sources: Collection[str]) -> dict[str, str]:
    """The vouchers that stand of ``sources``, that is, were not reversed: numbers by source."""
    # Asked in two steps: in one, SQLite chooses the index of the column that is NULL nearly
    # everywhere and walks the whole journal.
    rows = conn.execute(
        select(entry.c.source, entry.c.number, entry.c.reverses).where(
            entry.c.unit == unit, among(conn, entry.c.source, sources)
        )
    ).all()
    own = {row.number: row.source for row in rows if row.reverses is None}
    gone = reversals_of(conn, unit, own)
    return {source: number for number, source in own.items() if number not in gone}


def chains(conn: Connection, unit: str) -> dict[str, str]:
    """The chain of every voucher, by number."""
    rows = conn.execute(
        select(entry.c.number, entry.c.chain).where(entry.c.unit == unit, entry.c.kind == "voucher")
    )
    return {row.number: row.chain for row in rows}


def origins(
    conn: Connection, unit: str, numbers: Collection[str]
) -> dict[str, tuple[str, str | None]]:
    """Of each voucher: its source, and the number of the voucher that it reverses."""
    found: dict[str, tuple[str, str | None]] = {}
    wanted = sorted(numbers)
    for start in range(0, len(wanted), 500):
        rows = conn.execute(
            select(entry.c.number, entry.c.source, entry.c.reverses).where(
                entry.c.unit == unit, entry.c.number.in_(wanted[start : start + 500])
            )
        )
        found.update({row.number: (row.source, row.reverses) for row in rows})
    return found


def all_entries(conn: Connection, unit: str) -> Iterator[EntryRow]:
    """Every entry in the order of posting, streamed."""
    query = select(*_COLUMNS).where(entry.c.unit == unit).order_by(entry.c.seq)
    for row in conn.execute(query, execution_options={"yield_per": 1000}):
        yield EntryRow(*row)


def texts_naming(conn: Connection, unit: str, words: str) -> list[bytes]:
    """The texts of the unit's vouchers that hold ``words``, in the order of posting.

    Walks the unit's journal: for questions that few vouchers ask.
    """
    return list(
        conn.execute(
            select(entry.c.text)
            .where(entry.c.unit == unit, entry.c.kind == "voucher", _holds(conn, words))
            .order_by(entry.c.seq)
        ).scalars()
    )


def naming_since(conn: Connection, unit: str, words: str, seq: int) -> list[EntryRow]:
    """The unit's vouchers after entry ``seq`` whose texts hold ``words``, in order of posting.

    Walks what was posted since, not the whole journal.
    """
    rows = conn.execute(
        select(*_COLUMNS)
        .where(
            entry.c.unit == unit, entry.c.seq > seq, entry.c.kind == "voucher", _holds(conn, words)
        )
        .order_by(entry.c.seq)
    )
    return [EntryRow(*row) for row in rows]


def _holds(conn: Connection, words: str) -> ColumnElement[bool]:
    if conn.dialect.name == "postgresql":
        return func.position(literal(words.encode()).op("IN")(entry.c.text)) > 0
    return func.instr(entry.c.text, words.encode()) > 0


def texts_of_kind(conn: Connection, unit: str, file: str, kind: str) -> list[bytes]:
    """The texts of one kind of entry in a file, in the order they stand there."""
    query = select(entry.c.text).where(
        entry.c.unit == unit, entry.c.file == file, entry.c.kind == kind
    )
    return list(conn.execute(query.order_by(entry.c.offset)).scalars())


def entries_of_file(conn: Connection, unit: str, file: str, start: int = 0) -> Iterator[EntryRow]:
    """The entries of one file from byte ``start`` on, in the order they stand there."""
    query = (
        select(*_COLUMNS)
        .where(entry.c.unit == unit, entry.c.file == file, entry.c.offset >= start)
        .order_by(entry.c.offset)
    )
    for row in conn.execute(query, execution_options={"yield_per": 1000}):
        yield EntryRow(*row)


def bytes_of_file(conn: Connection, unit: str, file: str) -> bytes | None:
    """What one file holds by the journal; None if its entries do not stand one behind another."""
    query = (
        select(entry.c.offset, entry.c.text)
        .where(entry.c.unit == unit, entry.c.file == file)
        .order_by(entry.c.offset)
    )
    texts = []
    place = 0
    rows = conn.execute(query, execution_options={"yield_per": 5000})
    for part in rows.partitions():
        for offset, text in part:
            if offset != place:
                return None
            texts.append(text)
            place += len(text)
    return b"".join(texts)


def last_of_file(conn: Connection, unit: str, file: str) -> EntryRow | None:
    row = conn.execute(
        select(*_COLUMNS)
        .where(entry.c.unit == unit, entry.c.file == file)
        .order_by(entry.c.offset.desc())
        .limit(1)
    ).first()
    return None if row is None else EntryRow(*row)


def files(conn: Connection, unit: str) -> dict[str, int]:
    """How long each of the unit's files is by the journal, in bytes."""
    rows = conn.execute(
        select(book_file.c.file, book_file.c.length).where(book_file.c.unit == unit)
    )
    return {row.file: row.length for row in rows}


def file_length(conn: Connection, unit: str, file: str) -> int:
    length = conn.execute(
        select(book_file.c.length).where(book_file.c.unit == unit, book_file.c.file == file)
    ).scalar()
    return length or 0


def add(conn: Connection, unit: str, row: EntryRow) -> None:
    """Insert an entry and move the chain's head and the file's length to behind it."""
    conn.execute(insert(entry).values(unit=unit, **{n: getattr(row, n) for n in row.__slots__}))
    moved = conn.execute(
        update(book_head).where(book_head.c.unit == unit).values(seq=row.seq, chain=row.chain)
    )
    if moved.rowcount == 0:
        conn.execute(insert(book_head).values(unit=unit, seq=row.seq, chain=row.chain))
    length = row.offset + len(row.text)
    grown = conn.execute(
        update(book_file)
        .where(book_file.c.unit == unit, book_file.c.file == row.file)
        .values(length=length, last_seq=row.seq)
    )
    if grown.rowcount == 0:
        conn.execute(
            insert(book_file).values(unit=unit, file=row.file, length=length, last_seq=row.seq)
        )


def next_ordinal(conn: Connection, unit: str, kind: str, month: Month) -> int:
    """The next number of a class and month; taken, so that it is used or rolled back."""
    where = (
        voucher_count.c.unit == unit,
        voucher_count.c.kind == kind,
        voucher_count.c.month == str(month),
    )
    last = conn.execute(select(voucher_count.c.last).where(*where)).scalar()
    if last is None:
        conn.execute(insert(voucher_count).values(unit=unit, kind=kind, month=str(month), last=1))
        return 1
    conn.execute(update(voucher_count).where(*where).values(last=last + 1))
    return int(last) + 1


def set_ordinal(conn: Connection, unit: str, kind: str, month: Month, last: int) -> None:
    """Set a counter while a journal is rebuilt from a book."""
    conn.execute(insert(voucher_count).values(unit=unit, kind=kind, month=str(month), last=last))


def forget(conn: Connection, unit: str) -> None:
    """Drop a unit's journal while it is rebuilt from the book's text, in the same transaction."""
    for table in (
        entry,
        voucher_count,
        book_head,
        book_file,
        account,
        fund,
        fund_day,
        fund_month,
        month_state,
    ):
        conn.execute(delete(table).where(table.c.unit == unit))


def add_bulk(conn: Connection, unit: str, rows: Collection[EntryRow]) -> None:
    """Insert entries without moving heads; :func:`set_heads` follows."""
    names = EntryRow.__slots__
    values = [(unit, *(getattr(row, name) for name in names)) for row in rows]
    insert_many(conn, entry, ("unit", *names), values)


def set_heads(
    conn: Connection, unit: str, seq: int, chain: str, lengths: Mapping[str, tuple[int, int]]
) -> None:
    """Set the chain's head and each file's ``(length, last seq)`` while a journal is rebuilt."""
    conn.execute(insert(book_head).values(unit=unit, seq=seq, chain=chain))
    for file, (length, last) in lengths.items():
        conn.execute(insert(book_file).values(unit=unit, file=file, length=length, last_seq=last))


# ---- facts that posting checks -----------------------------------------------------------------


def accounts(
    conn: Connection, unit: str, names: Collection[str] | None = None
) -> dict[str, AccountRow]:
    """The unit's accounts by name; only those in ``names`` if given."""
    query = select(*(account.c[n] for n in AccountRow.__slots__)).where(account.c.unit == unit)
    if names is not None:
        query = query.where(account.c.name.in_(names))
    return {row.name: AccountRow(*row) for row in conn.execute(query)}


def is_money(conn: Connection, unit: str, name: str) -> bool:
    """Whether the unit has this account, and money can come to it or be paid from it."""
    row = accounts(conn, unit, [name]).get(name)
    return row is not None and row.is_money


def add_account(conn: Connection, unit: str, row: AccountRow) -> None:
    conn.execute(insert(account).values(unit=unit, **{n: getattr(row, n) for n in row.__slots__}))


def funds(conn: Connection, unit: str, codes: Collection[str] | None = None) -> dict[str, FundRow]:
    """The unit's funds by code; only those in ``codes`` if given."""
    query = select(*(fund.c[n] for n in FundRow.__slots__)).where(fund.c.unit == unit)
    if codes is not None:
        query = query.where(fund.c.code.in_(codes))
    return {row.code: FundRow(*row) for row in conn.execute(query)}


def add_fund(conn: Connection, unit: str, row: FundRow) -> None:
    conn.execute(insert(fund).values(unit=unit, **{n: getattr(row, n) for n in row.__slots__}))


def last_numbers(conn: Connection, unit: str) -> dict[tuple[str, str], int]:
    """The last number given, by class and month."""
    rows = conn.execute(
        select(voucher_count.c.kind, voucher_count.c.month, voucher_count.c.last).where(
            voucher_count.c.unit == unit
        )
    )
    return {(row.kind, row.month): row.last for row in rows}


def closings(conn: Connection, unit: str) -> list[tuple[Month, int]]:
    """Every closing of a month with its place in the book, in their order."""
    query = (
        select(entry.c.day, entry.c.seq)
        .where(entry.c.unit == unit, entry.c.kind == "close")
        .order_by(entry.c.seq)
    )
    return [(Month.of(day), seq) for day, seq in conn.execute(query)]


def closing_texts(conn: Connection, unit: str) -> list[tuple[str, str]]:
    """Every closing's month and canonical text, in their order."""
    query = (
        select(entry.c.day, entry.c.text)
        .where(entry.c.unit == unit, entry.c.kind == "close")
        .order_by(entry.c.seq)
    )
    return [(str(Month.of(day)), text.decode()) for day, text in conn.execute(query)]


def first_entry_day(conn: Connection, unit: str) -> date | None:
    """The day of the earliest voucher."""
    return conn.execute(
        select(func.min(entry.c.day)).where(entry.c.unit == unit, entry.c.kind == "voucher")
    ).scalar()


def numbers_of_file(conn: Connection, unit: str, file: str) -> list[str]:
    """The numbers of a file's vouchers, in the order they stand there."""
    query = (
        select(entry.c.number)
        .where(entry.c.unit == unit, entry.c.file == file, entry.c.kind == "voucher")
        .order_by(entry.c.offset)
    )
    return [number for number in conn.execute(query).scalars() if number]
