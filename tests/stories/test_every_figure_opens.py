"""Whoever is handed a report opens any of its figures, as far as the voucher and its paper."""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest

from ledger.cli.showing import show
from ledger.errors import CannotRun, Refused
from ledger.money import yuan
from ledger.period import Period
from ledger.registry import Registry, members, papers, persons
from reports.opendata import render_json
from reports.sources import OF_TRANSFERS, OF_TREE, source_for
from reports.statements.catalogue import STATEMENTS, build
from tests.stories.test_bean_query import UNIT as RANDOM_UNIT
from tests.stories.test_bean_query import write_book

UNIT = "chunfeng"
#: Forms and quota that only other charts have: tests/fiscal holds them.
OF_GOVERNMENT = ("budgetary-statement", "fiscal-quota")
#: Those of many units open to the units' own figures first: tests/consolidation holds that. The
#: demonstration's unit pays no other: tests/transfers holds that every figure of a matrix opens.
#: That of the state's assets is a form of unions at county level: tests/assets opens it.
NAMES = sorted(
    {*STATEMENTS} - {"cash-flow", "state-owned", *OF_GOVERNMENT, *OF_TREE, *OF_TRANSFERS}
)


def told(folder: Path, unit: str, name: str, period: str) -> dict[str, Any]:
    """The statement as a machine reads it."""
    whole = Period.parse(period)
    statement = build(name, source_for(folder, unit, name, whole), whole)
    data: dict[str, Any] = json.loads(render_json(statement))
    return data


def references(data: dict[str, Any]) -> dict[str, str]:
    """Every printed amount by the reference that opens it."""
    money = [column["key"] for column in data["columns"] if column["kind"] == "money"]
    found: dict[str, str] = {}
    for line in data["lines"]:
        for key in money:
            amount = line["cells"][key]
            if amount is not None:
                ref = line["refs"].get(key, line["ref"])
                assert ref, (data["statement"], line["code"], key)
                # Every line of the journal opens its own voucher.
                if ref.count("/") > 1:
                    assert found.setdefault(ref, amount) == amount, ref
    return found


class Vouchers:
    """What vouchers hold by account and fund, each opened once by its number."""

    def __init__(self, folder: Path, unit: str) -> None:
        self._folder, self._unit = folder, unit
        self._known: dict[str, dict[tuple[str, str], list[int]]] = {}
        self.papers: set[str] = set()

    def holds(self, number: str, account: str, fund: str, fen: int) -> bool:
        if re.fullmatch(r"[A-Z]{2}[0-9]{4}-[0-9]+-[0-9]", number):
            (claim,) = json.loads(show(self._folder, number, as_json=True))["claims"]
            return abs(fen) == yuan(claim["amount"]).fen
        if number not in self._known:
            voucher = json.loads(show(self._folder, f"{self._unit}/{number}", as_json=True))
            amounts = defaultdict(list)
            for posting in voucher["postings"]:
                fen_there = abs(yuan(posting["amount"]).fen)
                amounts[posting["account"], posting["fund"]].append(fen_there)
            self._known[number] = amounts
            self.papers |= {paper["ref"] for paper in voucher["papers"]}
        return abs(fen) in self._known[number][account, fund]


def open_all(folder: Path, unit: str, data: dict[str, Any], vouchers: Vouchers) -> int:
    """Open every figure; its opening balance and its vouchers add up to what was printed."""
    figures = references(data)
    for ref, amount in figures.items():
        found = json.loads(show(folder, ref, as_json=True))
        fen = sum(yuan(line["amount"]).fen for line in found["vouchers"])
        fen += yuan(found["opening"]).fen if found["opening"] else 0
        assert (ref, found["amount"], fen) == (ref, amount, yuan(amount).fen)
        for line in found["vouchers"]:
            there = line["number"], line["account"], line["fund"], yuan(line["amount"]).fen
            assert vouchers.holds(*there), (ref, there)
    return len(figures)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("period", ["2026-01", "2026-03", "2026", "2026-05"])
def test_every_figure_of_the_demonstration_opens_to_vouchers_that_add_up(
    demonstration: Path, name: str, period: str
) -> None:
    vouchers = Vouchers(demonstration, UNIT)
    data = told(demonstration, UNIT, name, period)
    opened = open_all(demonstration, UNIT, data, vouchers)
    # A month without assessments has a roll without lines, an act of the log no money, and the
    # demonstration passes nothing on by a rule (tests/reports/test_dues_statements.py does).
    # It has no budget, allocation, contract, decision, batch of aid, campaign, stocktake, asset or
    # venue (tests/assets and tests/venues have); statistics are counts.
    nothing = (
        "operation-log", "dues-roll", "remittance", "budget", "arrivals", "allocation-use",
        "special-unspent", "contracts", "major-items", "statistics", "aid", "major-projects",
        "gift-disclosure", "campaign", "stocktake", "asset-register", "asset-changes",
        "depreciation", "asset-history", "venue-use",
    )  # fmt: skip
    assert opened or name in nothing
    for paper in vouchers.papers:
        file = json.loads(show(demonstration, paper, as_json=True))["file"]
        assert (demonstration / file).is_file()
        assert paper == f"sha256:{hashlib.sha256(unsealed(demonstration, paper)).hexdigest()}"


def unsealed(demonstration: Path, paper: str) -> bytes:
    """What is in a paper, which is sealed where it lies."""
    registry = Registry.open(demonstration)
    with registry.read() as conn:
        row = papers.find(conn, UNIT, paper.removeprefix("sha256:"))
    assert row is not None
    data = papers.read(registry, UNIT, row)
    registry.close()
    assert data is not None
    return data


@pytest.mark.parametrize("seed", [11])
def test_every_figure_of_a_random_book_opens_to_vouchers_that_add_up(
    tmp_path: Path, seed: int
) -> None:
    write_book(tmp_path, seed)
    vouchers = Vouchers(tmp_path, RANDOM_UNIT)
    opened = 0
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        for period in ("2025-01", "2025", "2026-02"):
            data = told(tmp_path, RANDOM_UNIT, name, period)
            opened += open_all(tmp_path, RANDOM_UNIT, data, vouchers)
    assert opened > 400


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("period", ["2026-01", "2026-03", "2026", "2026-05"])
def test_every_line_of_every_statement_has_the_fields_of_the_contract(
    demonstration: Path, name: str, period: str
) -> None:
    data = told(demonstration, UNIT, name, period)
    assert (data["statement"], data["unit"], data["period"]) == (name, UNIT, period)
    for line in data["lines"]:
        assert {"ref", "code", "label", "label_en", "amount"} <= line.keys()
        assert line["code"]
        assert line["label"]
        assert line["label_en"]
        assert yuan(line["amount"]).text == line["amount"]
        if line["ref"]:
            assert show(demonstration, line["ref"], as_json=False)


# ---- what else a report or a book names --------------------------------------------------------


def test_a_claim_opens_to_who_owed_it_and_the_voucher_that_paid_it(demonstration: Path) -> None:
    data = json.loads(show(demonstration, "HY2026-0173-8", as_json=True))
    (claim,) = data["claims"]
    assert claim["state"] == "paid"
    voucher = json.loads(show(demonstration, claim["vouchers"][0], as_json=True))
    (posting,) = (p for p in voucher["postings"] if p["meta"].get("claim") == claim["code"])
    assert yuan(posting["amount"]) == -yuan(claim["amount"])
    assert posting["meta"]["member"] == data["member"]
    text = show(demonstration, claim["code"], as_json=False)
    assert data["member"] in text
    assert claim["vouchers"][0].partition("/")[2] in text
    assert claim["amount"] in show(demonstration, data["member"], as_json=False)


def test_a_voucher_opens_by_its_id_as_by_its_number(demonstration: Path) -> None:
    by_number = show(demonstration, f"{UNIT}/收-202603-0001", as_json=True)
    assert show(demonstration, json.loads(by_number)["id"], as_json=True) == by_number
    assert show(demonstration, "收-202603-0001", as_json=True) == by_number


def test_a_line_of_a_statement_leads_to_its_draft_its_voucher_and_back(
    demonstration: Path,
) -> None:
    line = json.loads(show(demonstration, f"{UNIT}/line-1", as_json=True))
    assert show(demonstration, "1", as_json=True) == show(demonstration, "line-1", as_json=True)
    assert json.loads(show(demonstration, line["import_id"], as_json=True)) == line
    draft = json.loads(show(demonstration, line["drafts"][0], as_json=True))
    assert draft["lines"] == [f"{UNIT}/line-1"]
    assert draft["voucher"] == line["vouchers"][0]
    assert draft["maker"] not in [decision["user"] for decision in draft["decisions"]]
    assert "posted" in show(demonstration, line["drafts"][0], as_json=False)
    paper = json.loads(show(demonstration, line["paper"], as_json=True))
    assert line["vouchers"][0] in paper["vouchers"]


def test_a_payroll_list_opens_to_its_claims(demonstration: Path) -> None:
    data = json.loads(show(demonstration, "DK2026-0003-8", as_json=True))
    assert len(data["claims"]) == int(data["claims_count"]) == 40
    assert {claim["vouchers"][0] for claim in data["claims"]} == {f"{UNIT}/收-202603-0003"}


@pytest.mark.parametrize(
    "ref",
    [
        "",
        " ",
        "/",
        "nonsense",
        "chunfeng",
        "chunfeng/",
        "chunfeng/收-202603-9999",
        "chunfeng/line-99999",
        "nosuch/line-1",
        "99999",
        "m-0000000000",
        "dr-0000000000",
        "v-0000000000",
        "HY2026-9999-9",
        "imp-" + "0" * 32,
        "sha256:" + "0" * 64,
        "../../etc/passwd",
        "chunfeng/../registry.db",
        "chunfeng/balance-sheet/2026-13/money",
        "chunfeng/balance-sheet/2026-03/nosuch",
        "chunfeng/balance-sheet/2026-03/money/nosuch",
        "chunfeng/cash-flow/2026-03/1",
        "chunfeng/operation-log/2026-03/99999",
        "chunfeng/bank-reconciliation/2026-03/10201-nosuch",
        "nosuch/funds/2026-03/F01",
        "../x/funds/2026-03/F01",
        "收-202603-0001\n",
        "%s%n\x00",
        "一" * 5000,
    ],
)
def test_a_reference_to_nothing_is_refused_in_few_words(demonstration: Path, ref: str) -> None:
    with pytest.raises((Refused, CannotRun)) as caught:
        show(demonstration, ref, as_json=False)
    assert all(len(found.what.zh) < 200 for found in caught.value.findings)


def test_what_the_registry_opens_names_no_person(demonstration: Path) -> None:
    registry = Registry.open(demonstration)
    try:
        with registry.read() as conn:
            of_unit = members.all_members(conn, UNIT)
            names = {
                data.name
                for member in of_unit
                if (data := persons.read(conn, registry.vault, member.person))
            }
    finally:
        registry.close()
    assert len(names) > 50
    refs = [f"{UNIT}/line-{number}" for number in range(1, 58)]
    refs += [member.id for member in of_unit[:3]] + ["DK2026-0003-8", "HY2026-0173-8"]
    said = "".join(show(demonstration, ref, as_json=False) for ref in refs)
    assert [name for name in names if name in said] == []
