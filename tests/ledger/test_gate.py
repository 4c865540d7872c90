"""Foreign Beancount text: honest drafts pass, and nothing else does."""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import time
import tomllib
from pathlib import Path
from typing import Any

import pytest

from ledger import gate, workflow
from ledger.entry import Draft
from ledger.errors import CannotRun, Refused
from ledger.money import yuan
from ledger.registry import persons
from tests.house import UNIT, House

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


CORPUS = tomllib.loads(Path(__file__).with_name("attacks.toml").read_text(encoding="utf-8"))


def named(cases: list[dict[str, Any]]) -> list[Any]:
    return [pytest.param(case, id=case["name"]) for case in cases]


def text_of(case: dict[str, Any]) -> str:
    """The text that a case of the corpus stands for."""
    entry: str = CORPUS["entry"]
    if "text" in case:
        return str(case["text"])
    if "add" in case:
        return f"{entry}\n{case['add']}\n"
    old, new = case.get("old", ""), case.get("new", "")
    assert old in entry
    return entry.replace(old, new, 1)


@pytest.mark.parametrize("case", named(CORPUS["refused"]))
def test_what_is_no_plain_entry_is_refused_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(Refused) as caught:
        read(text_of(case))
    told = [found for found in caught.value.findings if case["says"] in found.what.en]
    assert told, str(caught.value)
    assert told[0].rule == "foreign-text"
    assert told[0].file == "draft.bean"
    if "line" in case:
        assert case["line"] in [found.line for found in told]


@pytest.mark.parametrize("case", named(CORPUS["accepted"]))
def test_what_passes_means_exactly_what_it_says(case: dict[str, Any]) -> None:
    (draft,) = read(text_of(case))
    assert [draft.kind, draft.narration] + [
        f"{line.account} {line.amount} {line.fund}" for line in draft.postings
    ] == case["reads"]


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


def large(kind: str) -> bytes:
    """Text of a size or a depth that is meant to wear the parser out."""
    return {
        "a line of a megabyte": GOOD.replace("办公用品", "长" * 300_000),
        "a million faults": "0\n" * 500_000,
        "half a million tokens": GOOD + "2026-03-06 * " + '"a" ' * 250_000,
        "deep parentheses": GOOD.replace("120.00 CNY", "(" * 200_000 + "1" + ")" * 200_000, 1),
        "deep parentheses left open": GOOD + "\n  x " + "(" * 800_000,
        "a product of thousands": GOOD.replace("120.00", "*".join(["9" * 100] * 5000), 1),
        "a number of half a million digits": GOOD.replace("120.00", "9" * 500_000, 1),
        "twenty thousand lines in an entry": GOOD + f"  {BANK}  1.00 CNY\n" * 20_000,
        "sixty thousand entries": '2026-03-05 * "x"\n' * 60_000,
        "one entry too many": (GOOD + "\n") * (gate.MOST_DRAFTS + 1),
        "a hundred thousand keys": GOOD + "".join(f'  k{n}: "v"\n' for n in range(80_000)),
        "tags without end": GOOD.replace(
            '品"', '品"' + "".join(f" #a{n}" for n in range(99_999)), 1
        ),
        "ten megabytes": GOOD * 100_000,
    }[kind].encode()


@pytest.mark.parametrize(
    "kind",
    [
        "a line of a megabyte",
        "a million faults",
        "half a million tokens",
        "deep parentheses",
        "deep parentheses left open",
        "a product of thousands",
        "a number of half a million digits",
        "twenty thousand lines in an entry",
        "sixty thousand entries",
        "one entry too many",
        "a hundred thousand keys",
        "tags without end",
        "ten megabytes",
    ],
)
def test_what_is_too_much_is_refused_within_limits(kind: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    began = time.monotonic()
    with pytest.raises(Refused) as caught:
        read(large(kind))
    assert 0 < len(caught.value.findings) <= 50
    assert all(found.rule == "foreign-text" for found in caught.value.findings)
    assert time.monotonic() - began < 25
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 400_000, "the parent took the child's burden"


def test_the_child_reads_no_file_and_writes_none(tmp_path: Path) -> None:
    """The parser runs where it cannot open much, write at all, or take more than its share."""
    limits = subprocess.run(
        [
            sys.executable,
            "-c",
            "from ledger import gate_child; import resource\n"
            "for limit, value in gate_child._LIMITS: resource.setrlimit(limit, (value, value))\n"
            f"with open({str(tmp_path / 'written')!r}, 'w') as file: file.write('x' * 100)",
        ],
        capture_output=True,
        check=False,
    )
    assert limits.returncode != 0
    assert not (tmp_path / "written").exists() or (tmp_path / "written").stat().st_size == 0


@pytest.mark.parametrize("name", ["missing", "folder", "pipe", "device"])
def test_what_is_no_file_is_not_opened(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    if name == "folder":
        path.mkdir()
    elif name == "pipe":
        os.mkfifo(path)
    elif name == "device":
        path.symlink_to("/dev/zero")
    with pytest.raises(CannotRun, match="no-file"):
        gate.read_file(path)


def test_a_file_that_is_larger_than_it_says_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "draft.bean"
    path.write_bytes(b"x" * (gate.LARGEST + 1))
    with pytest.raises(Refused, match="larger than 1 MB"):
        gate.read_file(path)


# ---- behind the gate: the posting path ---------------------------------------------------------

ENTRY = f"""{{day}} * "{{narration}}" {{tags}}
  {OFFICE}  {{debit}} CNY
    fund: "{{first}}"
  {BANK}  -120.00 CNY
    fund: "{{second}}"
"""
PLAIN = {
    "day": "2026-03-05", "narration": "办公用品", "tags": "", "debit": "120.00",
    "first": "F01", "second": "F01",
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"debit": "120.01"}, "unbalanced"),
        ({"debit": "119.995"}, "foreign-text"),
        ({"second": "F02"}, "unbalanced"),
        ({"first": "F03", "second": "F03"}, "fund-overdrawn"),
        ({"day": "2025-12-31"}, "account-not-open"),
        ({"day": "2026-05-01"}, "day-ahead"),
        ({"day": "2062-03-05"}, "day-ahead"),
        ({"narration": "付给欧阳明白"}, "name-in-book"),
    ],
)
def test_a_draft_that_could_not_be_posted_leaves_nothing(
    small_house: House, change: dict[str, str], rule: str
) -> None:
    house = small_house
    with house.registry.write() as conn:
        persons.add(conn, house.registry.vault, persons.PersonData("欧阳明白"), house.now)
    good = ENTRY.format(**PLAIN)
    bad = ENTRY.format(**{**PLAIN, **change})
    with pytest.raises(Refused, match=rule):
        drafts = gate.read_foreign(
            (good + "\n" + bad).encode(),
            unit=UNIT,
            source="user",
            name="draft.bean",
            accounts={BANK: "CNY", OFFICE: "CNY"},
            funds={"F01", "F02", "F03"},
        )
        workflow.propose_many(house.registry, UNIT, drafts, house.maker, house.now)
    assert workflow.waiting(house.registry, UNIT) == []
    assert not (house.folder / "2026/03.bean").read_bytes()
