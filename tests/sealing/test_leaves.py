"""Leaves of a log: a pure function of canonical text, equal to what Beancount reads of it."""

from __future__ import annotations

import hashlib
import hmac
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from beancount.core import data
from beancount.parser import parser
from hypothesis import given, settings

from ledger import bookchain, canonical
from ledger.canonical_reader import EntryText, entries, parse_voucher
from ledger.entry import Draft
from ledger.layout import month_file
from ledger.money import Money
from ledger.period import Month
from ledger.sealing import leaves
from tests.ledger.test_reader import build, vouchers

CHAIN = "5a" * 32

VOUCHER = """\
2026-03-05 * "某某公司" "购买办公用品 张三" #office ^imp-8c1f
  voucher: "付-202603-0004"
  id: "v-5QK2M7ZT9A"
  unit: "tiny"
  seq: 17
  maker: "u-zhou"
  checker: "u-lin"
  posted: "2026-03-05T10:00:00+08:00"
  papers: "{a} {b}"
  source: "user"
  reverses: "付-202602-0003"
  decision: "会纪〔2026〕3号"
  chain: "{chain}"
  Expenses:505-业务支出  120.00 CNY
    fund: "F02"
    member: "m-7F3K200000"
  Assets:162-固定资产  0.5 FA-00012 {{12000.00 CNY, "fund: \\"F09\\""}}
    fund: "F02"
  Assets:102-银行存款:01-基本户  -6120.00 CNY
    fund: "F02"

""".format(a="a" * 64, b="b" * 64, chain=CHAIN)

OPEN = f"""\
mingbai-open-1
2026-03-05 付-202603-0004
reverses 付-202602-0003
paper {"a" * 64}
paper {"b" * 64}
posting Expenses:505-业务支出 120.00 CNY F02
posting Assets:162-固定资产 6000.00 CNY F02
posting Assets:102-银行存款:01-基本户 -6120.00 CNY F02
"""


def entry(kind: str, seq: int, text: str) -> EntryText:
    return EntryText(kind, seq, CHAIN, 0, 1, text.encode())


def test_what_is_open_of_a_voucher_is_accounts_amounts_funds_and_papers_and_no_word() -> None:
    opened = leaves.open_text("voucher", VOUCHER).decode()
    assert opened == OPEN
    for word in ("某某公司", "办公", "张三", "office", "imp-8c1f", "v-5QK2M7ZT9A", "u-zhou",
                 "u-lin", "m-7F3K2", "会纪", CHAIN):  # fmt: skip
        assert word not in opened


def test_what_is_open_of_other_entries_is_their_kind_and_the_month_of_a_closing() -> None:
    close = canonical.close_text("2026-03-31", "2026-03", "0" * 64, by="u-lin", checked="yes")
    _, text = canonical.chained_directives(9, "close", close, CHAIN)
    assert leaves.open_text("close", text) == b"mingbai-open-1\nclose 2026-03\n"
    reopen = canonical.reopen_text(
        "2026-03-31", "2026-03", by="u-lin", confirmed="u-gao", reason='"2025-01"'
    )
    _, text = canonical.chained_directives(10, "reopen", reopen, CHAIN)
    assert leaves.open_text("reopen", text) == b"mingbai-open-1\nreopen 2026-03\n"
    fund = canonical.fund_text("2026-01-01", "F09", "张三 专项", "purpose")
    _, text = canonical.chained_directives(11, "fund", fund, CHAIN)
    assert leaves.open_text("fund", text) == b"mingbai-open-1\nfund\n"


def test_a_leaf_is_eight_lines_with_two_salted_commitments() -> None:
    """Written out here from the format alone, with nothing of the module's own."""
    key = hmac.new(b"mingbai-salt-1", CHAIN.encode(), hashlib.sha256).digest()
    salt = hmac.new(key, b"17", hashlib.sha256).digest()
    opened = hashlib.sha256(hmac.new(salt, b"open", hashlib.sha256).digest() + OPEN.encode())
    full = hashlib.sha256(hmac.new(salt, b"full", hashlib.sha256).digest() + VOUCHER.encode())
    leaf, _ = leaves.leaf_of(entry("voucher", 17, VOUCHER), leaves.salt_key(CHAIN))
    assert leaf.text("tiny").decode() == (
        "mingbai-leaf-1\ntiny\n17\nvoucher\n付-202603-0004\n2026-03\n"
        f"{opened.hexdigest()}\n{full.hexdigest()}\n"
    )
    assert leaf.hash("tiny") == hashlib.sha256(b"\x00" + leaf.text("tiny")).digest()


def test_two_entries_of_the_same_words_look_different_and_so_do_both_parts_of_one() -> None:
    key = leaves.salt_key(CHAIN)
    one, _ = leaves.leaf_of(entry("voucher", 17, VOUCHER), key)
    other, _ = leaves.leaf_of(entry("voucher", 18, VOUCHER), key)
    assert len({one.open, one.full, other.open, other.full}) == 4
    assert leaves.commitment(leaves.salt_of(key, 17, "open"), OPEN.encode()) == one.open


def test_salts_are_those_of_the_next_closing_and_behind_the_last_one_there_are_none() -> None:
    close = canonical.close_text("2026-03-31", "2026-03", "0" * 64, by="u-lin", checked="yes")
    chain, text = canonical.chained_directives(2, "close", close, CHAIN)
    note = 'custom "note" "x"'
    rows = [
        entry("note", 1, f"; mingbai 1 note {CHAIN}\n2026-03-01 {note}\n\n"),
        EntryText("close", 2, chain, 0, 1, text.encode()),
        entry("note", 3, f"; mingbai 3 note {CHAIN}\n2026-04-01 {note}\n\n"),
    ]
    found = list(leaves.leaves(rows))
    assert [leaf.seq for leaf in found] == [1, 2]
    assert found[0] == leaves.leaf_of(rows[0], leaves.salt_key(chain))[0]
    assert [(leaf.kind, leaf.number, leaf.month) for leaf in found] == [
        ("note", "-", "-"), ("close", "-", "2026-03"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("120.00 CNY", "120.0 CNY"), ("  Expenses:505-业务支出", "  Sonstiges:505"),
        ('  voucher: "付-202603-0004"\n', ""), ('    fund: "F02"\n\n', "\n"),
        ("0.5 FA-00012", "0,5 FA-00012"),
    ],
)  # fmt: skip
def test_text_that_is_not_the_programs_opens_nothing(old: str, new: str) -> None:
    assert old in VOUCHER
    changed = VOUCHER.replace(old, new, 1)
    try:
        opened = leaves.open_voucher(changed)
    except ValueError:
        return
    # A posting may be gone with its line of fund; then it is gone from what is open as well.
    assert len(opened.postings) == changed.count("    fund: ") == 2


def test_a_posting_that_is_not_read_is_never_left_out_in_silence() -> None:
    broken = VOUCHER.replace("  Expenses:505-业务支出", "  Expenses:505\u3000业务支出")
    with pytest.raises(ValueError, match="posting"):
        leaves.open_voucher(broken)


@given(draft=vouchers())
@settings(max_examples=150, deadline=None)
def test_what_is_open_is_what_the_checked_reader_and_beancount_read(draft: Draft) -> None:
    with TemporaryDirectory() as folder:
        path = build(Path(folder) / "u", [draft])
        month = (path / month_file(Month.of(draft.day))).read_bytes()
    row = entries(month)[0]
    text = row.text.decode()
    voucher = parse_voucher(text)
    lines = [leaves.OPEN, f"{voucher.draft.day.isoformat()} {voucher.number}"]
    lines += [f"paper {digest}" for digest in voucher.draft.papers]
    lines += [f"posting {p.account} {p.amount} {p.fund}" for p in voucher.draft.postings]
    assert leaves.open_text("voucher", text).decode().splitlines() == lines
    parsed, errors, _ = parser.parse_string(text)
    assert not errors and isinstance(parsed[0], data.Transaction)
    found = leaves.open_voucher(text)
    theirs = [
        (p.account, p.units if p.cost is None else None, (p.meta or {})["fund"])
        for p in parsed[0].postings
    ]
    assert len(theirs) == len(found.postings)
    for (account, weight, fund), ours in zip(theirs, found.postings, strict=True):
        assert (account, fund) == (ours.account, ours.fund)
        if weight is not None:
            assert (weight.number, weight.currency) == (
                Money(ours.fen).decimal, ours.currency,
            )  # fmt: skip


@given(draft=vouchers())
@settings(max_examples=60, deadline=None)
def test_no_word_that_is_not_meant_to_be_open_is_ever_open(draft: Draft) -> None:
    """Whatever stands in texts, the open text has the lines that postings and papers give it."""
    with TemporaryDirectory() as folder:
        path = build(Path(folder) / "u", [draft])
        book, found = bookchain.read_book(path)
    assert not found
    (text,) = [row.text.decode() for _, row in book.entries if row.kind == "voucher"]
    lines = leaves.open_text("voucher", text).decode().split("\n")
    assert len(lines) == 3 + len(draft.papers) + len(draft.postings)


def test_the_leaves_of_ten_thousand_vouchers_are_made_within_a_second() -> None:
    """A hundred thousand in some seconds: the measured cost is a fifth of this bound."""
    rows = [entry("voucher", seq, VOUCHER) for seq in range(1, 10_001)]
    start = time.process_time()
    key = leaves.salt_key(CHAIN)
    for row in rows:
        leaves.leaf_of(row, key)[0].hash("tiny")
    assert time.process_time() - start < 2.5
