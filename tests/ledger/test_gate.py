"""Foreign Beancount text: honest drafts pass, and nothing else does."""

from __future__ import annotations

import pytest

from ledger import gate
from ledger.entry import Draft
from ledger.errors import Refused
from ledger.money import yuan

BANK, DUES, OFFICE = "Assets:102-银行存款:01-基本户", "Income:401-会费收入", "Expenses:504-行政支出"
MACHINE = "Assets:162-固定资产"
ACCOUNTS = dict.fromkeys((BANK, DUES, OFFICE, MACHINE), "CNY")
GOOD = f'2026-03-05 * "办公用品"\n  fund: "F01"\n  {OFFICE}  120.00 CNY\n  {BANK}  -120.00 CNY\n'


def read(text: str | bytes) -> list[Draft]:
    data = text.encode() if isinstance(text, str) else text
    return gate.read_foreign(
        data, unit="tiny", source="user", name="draft.bean", accounts=ACCOUNTS, funds={"F01", "F02"}
    )


def refused(text: str | bytes) -> str:
    with pytest.raises(Refused) as caught:
        read(text)
    assert all(found.file == "draft.bean" for found in caught.value.findings)
    return str(caught.value)


def test_a_plain_entry_becomes_a_draft() -> None:
    (draft,) = read(GOOD)
    assert (draft.kind, draft.narration) == ("付", "办公用品")
    assert [(p.account, p.amount, p.fund) for p in draft.postings] == [
        (OFFICE, yuan("120.00"), "F01"),
        (BANK, yuan("-120.00"), "F01"),
    ]


def test_one_amount_may_be_left_out_and_funds_stand_on_lines() -> None:
    text = (
        f'2026-03-05 ! "某某公司" "两项" #quarter\n  decision: "会纪〔2026〕3号"\n'
        f'  {OFFICE}  1,120.50 CNY ; paper\n    fund: "F01"\n  {BANK}\n    fund: "F01"\n'
    )
    (draft,) = read(text)
    assert draft.postings[1].amount == yuan("-1120.50")
    assert draft.payee == "某某公司"
    assert draft.meta == (("decision", "会纪〔2026〕3号"),)


def test_a_lot_is_kept_with_its_cost_and_label() -> None:
    text = (
        f'2026-03-05 * "投影仪"\n  fund: "F01"\n'
        f'  {MACHINE}  1 FA-00001 {{3200.00 CNY, "hall"}}\n  {BANK}  -3200.00 CNY\n'
    )
    (draft,) = read(text)
    lot = draft.postings[0].lot
    assert lot is not None
    assert (lot.commodity, lot.cost, lot.label) == ("FA-00001", yuan("3200.00"), "hall")


def test_windows_line_ends_are_read() -> None:
    assert read(GOOD.replace("\n", "\r\n")) == read(GOOD)


@pytest.mark.parametrize(
    "attack",
    [
        'include "/dev/zero"',
        'include "/etc/passwd"',
        '  include "x.bean"',
        'INCLUDE "x"',
        'plugin "beancount.plugins.auto"',
        'plugin "beancount.plugins.check_commodity" "{}"',
        'option "tolerance_multiplier" "9"',
        'option "plugin_processing_mode" "raw"',
        'option "insert_pythonpath" "TRUE"',
        "pushtag #x",
        "poptag #x",
        'pushmeta fund: "F02"',
        "popmeta fund:",
        "2026-01-01 open Assets:199-新",
        f"2026-01-01 close {BANK}",
        f"2026-01-01 pad {BANK} {OFFICE}",
        f"2026-01-01 balance {BANK} 0.00 CNY",
        '2026-01-01 custom "fund" "F09" "x" "none"',
        f'2026-01-01 document {BANK} "/etc/passwd"',
        f'2026-01-01 note {BANK} "x"',
        '2026-01-01 query "q" "SELECT 1"',
        '2026-01-01 event "a" "b"',
        "2026-01-01 price CNY 7 USD",
        "2026-01-01 commodity CNY",
    ],
)
def test_commands_and_directives_are_refused(attack: str) -> None:
    assert "foreign-text" in refused(f"{GOOD}\n{attack}\n")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("120.00 CNY\n", "1/0 CNY\n"),
        ("120.00 CNY\n", "(100 + 20.00) CNY\n"),
        ("120.00 CNY\n", "240.00 / 2 CNY\n"),
        ("120.00 CNY\n", "120.001 CNY\n"),
        ("120.00 CNY\n", f"{'9' * 400}.00 CNY\n"),
        ("120.00 CNY\n", f"{'(' * 20000}1{')' * 20000} CNY\n"),
        ("120.00 CNY\n", "120.00 CNY @ 2.00 USD\n"),
        ("120.00 CNY\n", "1 FA-1 {{120.00 CNY}}\n"),
        ("120.00 CNY\n", "1 FA-1 {100 # 20.00 CNY}\n"),
        ("120.00 CNY\n", "1 FA-1 {*}\n"),
        ("120.00 CNY\n", "1 FA-1 {120.00 CNY, 2020-01-01}\n"),
        ("120.00 CNY\n", "120.00\n"),
        (f"  {OFFICE}", f"  ! {OFFICE}"),
        ('fund: "F01"', 'fund: "F77"'),
        ('fund: "F01"', "fund: 1"),
        ('  fund: "F01"\n', ""),
        ('fund: "F01"', 'fund: "F01"\n  voucher: "收-202603-0001"'),
        ('fund: "F01"', 'fund: "F01"\n  chain: "00"'),
        ('fund: "F01"', 'fund: "F01"\n  maker: "u-1"'),
        ('fund: "F01"', 'fund: "F01"\n  reverses: "收-202603-0001"'),
        ('fund: "F01"', 'fund: "F01"\n  class: "账"'),
        ('fund: "F01"', 'fund: "F01"\n  amount: 12.00 CNY'),
        (OFFICE, "Expenses:599-未开立"),
        (OFFICE, "Expenses:办公"),
        ("办公用品", "办公\u202e用品"),
        ("办公用品", "办公\x00用品"),
        ("办公用品", "办公\x1b[31m用品"),
        ("办公用品", "长" * 400),
        ("办公用品", "两\n行"),
        ("2026-03-05", "2026-13-05"),
        ("2026-03-05 *", "2026-03-05 P"),
        ('* "', '* #标签 "'),
    ],
)
def test_entries_that_are_not_plain_are_refused(old: str, new: str) -> None:
    assert old in GOOD
    assert "foreign-text" in refused(GOOD.replace(old, new, 1))


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xef\xbb\xbf" + GOOD.encode(),
        GOOD.encode("gb18030"),
        GOOD.encode("utf-16"),
        b"\xff\xfe\x00",
        b"x" * (gate.LARGEST + 1),
        b"\n" * 1000,
        b"not beancount at all",
        b'"' * 100_000,
        b"2026-03-05 * " + b'"a" ' * 5000,
    ],
)
def test_bytes_that_are_no_draft_file_are_refused(data: bytes) -> None:
    assert "foreign-text" in refused(data)


def test_a_fault_is_told_with_its_line() -> None:
    with pytest.raises(Refused) as caught:
        read(GOOD + "\n" + GOOD.replace('fund: "F01"', 'fund: "F77"'))
    assert {found.line for found in caught.value.findings} == {8, 9}


def test_nothing_of_a_file_is_taken_while_anything_is_wrong() -> None:
    refused(GOOD + "\n2026-03-06 open Assets:199-新\n")


def test_too_many_entries_are_refused() -> None:
    refused((GOOD + "\n") * (gate.MOST_DRAFTS + 1))


def test_deep_nesting_ends_as_a_finding() -> None:
    refused(GOOD + "\n" + "(" * 200_000)
