"""A seal says what the book says, is read back to the byte, and nothing else is taken for one."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import replace
from datetime import date

import pytest
from beancount import loader
from beancount.core import data
from hypothesis import given
from hypothesis import strategies as st

from ledger import bookchain
from ledger.canonical_reader import entries
from ledger.merkle import Tree, verify_consistency
from ledger.money import Money
from ledger.sealing import leaves, signing
from ledger.sealing.acting import log_of
from ledger.sealing.seals import NO_SEAL, Seal, parse_request, parse_seal
from tests.house import UNIT, House
from tests.sealing.months import FEBRUARY, JANUARY, KEY, close, reopen, seal

HEX = st.text("0123456789abcdef", min_size=64, max_size=64)
COUNT = st.integers(0, 10**15)


@st.composite
def seals(draw: st.DrawFn) -> Seal:
    kinds = sorted(draw(st.sets(st.sampled_from("收付转"))))
    one = Seal(
        draw(st.sampled_from(["tiny", "chun-feng", "a1"])),
        f"{draw(st.integers(1900, 2998)):04d}-{draw(st.integers(1, 12)):02d}",
        draw(st.integers(1, 99)), draw(COUNT), draw(HEX), draw(COUNT),
        tuple((kind, draw(st.integers(1, 10**8))) for kind in kinds),
        draw(COUNT), draw(HEX), draw(HEX), draw(HEX), draw(st.integers(0, 99)),
        tuple(draw(st.lists(st.tuples(HEX, st.integers(1, 10**8)), max_size=3))),
    )  # fmt: skip
    if draw(st.booleans()):
        return replace(one, key=draw(HEX), signature=draw(st.binary(min_size=64, max_size=64)))
    return one


@given(seals())
def test_a_seal_is_read_back_to_the_byte(one: Seal) -> None:
    assert parse_seal(one.text) == one
    assert parse_request(one.request) == replace(one, signature=b"")
    assert one.digest == hashlib.sha256(one.text).hexdigest()


@given(seals(), st.data())
def test_what_was_touched_is_another_seal_or_none(one: Seal, drawn: st.DataObject) -> None:
    text = bytearray(one.text)
    at = drawn.draw(st.integers(0, len(text) - 1))
    way = drawn.draw(st.sampled_from(["flip", "drop", "double"]))
    if way == "flip":
        text[at] ^= 1 << drawn.draw(st.integers(0, 7))
    elif way == "drop":
        del text[at]
    else:
        text[at:at] = text[at : at + 1]
    if bytes(text) == one.text:
        return
    try:
        read = parse_seal(bytes(text))
    except ValueError:
        return
    assert read != one and read.text == bytes(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("version: 1", "version: 01"), ("month: 2026-01", "month: 2026-13"),
        ("debits: ", "debits: 0"), ("收 2", "收 2, 付 1"),
        ("收 2", "收 2, 收 2"), ("key: ed25519", "key: none"), ("\n", "\r\n"),
        ("mingbai-seal-1", "mingbai-seal-2"), ("signature: ", "signature: none #"),
        ("month: ", "month:  "), ("size: ", "size: +"), ("vouchers: 2\n", "vouchers: ２\n"),
    ],
)  # fmt: skip
def test_text_that_is_written_otherwise_is_no_seal(closed: House, old: str, new: str) -> None:
    text = seal(closed, JANUARY).seal.text.decode()
    assert old in text
    with pytest.raises(ValueError, match=r"a seal|classes"):
        parse_seal(text.replace(old, new).encode())
    with pytest.raises(ValueError, match="a seal"):
        parse_seal(text.encode() + b"\n")


def test_a_seal_says_what_can_be_counted_in_the_book(closed: House) -> None:
    """Worked out here from the files alone, by the words of the format."""
    done = seal(closed, JANUARY)
    later = seal(closed, FEBRUARY)
    one, second = done.seal, later.seal
    assert done.pinned
    assert (one.vouchers, one.numbers, done.head.month_fen) == (2, (("收", 2),), 150_50)
    assert (second.vouchers, second.numbers, later.head.month_fen) == (1, (("付", 1),), 30_25)
    assert (second.perpetual_vouchers, later.head.perpetual_fen) == (3, 180_75)
    key = hmac.digest(b"mingbai-salt-1", later.head.chain.encode(), "sha256")
    salt = hmac.digest(key, b"debits", "sha256")
    assert second.debits == hashlib.sha256(salt + b"30.25\n180.75\n").hexdigest()
    assert (one.previous, second.previous) == (NO_SEAL, one.digest)
    assert (one.version, one.reopened, one.key) == (1, 0, KEY.public)
    cut: dict[str, bytes] = {}
    closings = []
    rows = sorted(
        (row.seq, path.relative_to(closed.folder).as_posix(), row)
        for path in closed.folder.rglob("*.bean")
        if path.name != "book.bean"
        for row in entries(path.read_bytes())
    )
    found = []
    for seq, name, row in rows:
        cut[name] = cut.get(name, b"") + row.text
        found.append(row)
        if row.kind == "close":
            closings.append((seq, dict(cut)))
    (size, files), _ = closings
    lines = "".join(f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in sorted(files))
    assert (one.size, one.files) == (size, hashlib.sha256(lines.encode()).hexdigest())
    tree = Tree(leaf.text(UNIT) for leaf in leaves.leaves(found))
    assert tree.root_of(size).hex() == one.root and tree.root.hex() == second.root
    assert signing.verify(KEY.public, one.request, one.signature)
    assert (closed.folder / one.name).read_bytes() == one.text
    for word in ("三月会费", "u-", "v-"):
        assert word not in one.text.decode()


def test_the_totals_of_a_seal_are_those_that_beancount_reads(closed: House) -> None:
    seal(closed, JANUARY)
    one = seal(closed, FEBRUARY).head
    entries_, errors, _ = loader.load_file(str(closed.folder / "book.bean"))
    assert not errors
    debits = [
        (entry.date.isoformat()[:7], posting.units.number)
        for entry in entries_
        if isinstance(entry, data.Transaction) and entry.date < date(2026, 3, 1)
        for posting in entry.postings
        if posting.units and posting.units.number and posting.units.number > 0
    ]
    assert sum(number for _, number in debits) == Money(one.perpetual_fen).decimal
    month = sum(number for month, number in debits if month == "2026-02")
    assert month == Money(one.month_fen).decimal


def test_a_month_closed_again_gets_a_second_seal_and_the_first_tree_is_its_beginning(
    closed: House,
) -> None:
    one, two = seal(closed, JANUARY).seal, seal(closed, FEBRUARY).seal
    reopen(closed, FEBRUARY)
    close(closed, FEBRUARY, minutes=1)
    again = seal(closed, FEBRUARY).seal
    assert (again.version, again.reopened, again.previous) == (2, 1, two.digest)
    for version in (two, again):
        assert (closed.folder / version.name).read_bytes() == version.text
    log = log_of(closed.registry, UNIT)
    for before in (one, two):
        proof = log.tree.consistency(before.size, again.size)
        roots = bytes.fromhex(before.root), bytes.fromhex(again.root)
        assert verify_consistency(before.size, again.size, *roots, proof)


def test_a_log_gives_the_salts_that_open_its_leaves(closed: House) -> None:
    book, _ = bookchain.read_book(closed.folder)
    log = log_of(closed.registry, UNIT)
    for (_, row), leaf in zip(book.entries, log.leaves, strict=False):
        opened = leaves.open_text(row.kind, row.text.decode())
        assert leaves.commitment(log.salt(row.seq, "open"), opened) == leaf.open
        assert leaves.commitment(log.salt(row.seq, "full"), row.text) == leaf.full
    with pytest.raises(IndexError):
        log.salt(len(log.leaves) + 1, "open")
