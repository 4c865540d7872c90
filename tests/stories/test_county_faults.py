"""Faults are planted into the county: what the key says is found, and the clean year shows none."""

from __future__ import annotations

import re
import shutil
import tomllib
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import checking
from ledger.assets.suspects import suspects
from ledger.audit.running import run
from ledger.cli.demo.county.answers import (
    AUDIT,
    CHECK,
    COLLECTION,
    EXPLAIN,
    KEY,
    MATRIX,
    SUSPECTS,
)
from ledger.cli.demo.county.facts import read_county
from ledger.cli.demo.county.faults import plant_faults
from ledger.cli.main import main
from ledger.dues.explaining import explain
from ledger.money import yuan
from ledger.period import Month, Period
from ledger.registry import Registry, ids, members, units
from ledger.transfers.matrix import build_matrix
from reports.sources import known_source
from reports.statements.catalogue import build
from tests.stories.conftest import SMALL

#: One process builds what these tests look at, and runs them all.
pytestmark = pytest.mark.xdist_group("county")

_NAMES = {
    "altered-history", "asset-expensed", "back-dated-after-close", "currency-rounding",
    "depreciation-early", "duplicate-invoice", "expired-restriction", "gift-on-wrong-fund",
    "late-posting", "leaked-name",
    "missing-document", "receipt-gap", "restricted-fund-overdrawn", "round-sums",
    "same-maker-and-checker", "split-under-limit", "tier-boundary", "unmatched-remittance",
    "weekend-cash", "wrong-exemption",
}  # fmt: skip
_AFTER = date(2026, 5, 31)
_LATER = date(2026, 6, 30)
Faults = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def clean(small_county: Path) -> Iterator[Registry]:
    registry = Registry.open(small_county)
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def faulty(small_county: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """The same four months once more, with the faults planted when all was done."""
    folder = tmp_path_factory.mktemp("faulty") / "federation"
    shutil.copytree(small_county, folder)
    registry = Registry.open(folder)
    with ids.drawn_from(7):
        plant_faults(registry, read_county(SMALL))
    yield registry
    registry.close()


@pytest.fixture(scope="module")
def key(faulty: Registry) -> Faults:
    text = (faulty.folder / KEY).read_text(encoding="utf-8")
    return {row["name"]: row for row in tomllib.loads(text)["fault"]}


def test_the_key_names_every_fault_there_is(key: Faults) -> None:
    assert set(key) == _NAMES and len(key) == 20
    assert {row["found_by"] for row in key.values()} == {
        CHECK, MATRIX, EXPLAIN, COLLECTION, SUSPECTS, AUDIT,
    }  # fmt: skip
    for row in key.values():
        assert row["unit"] and row["where"] and row["why"] and row["why_en"]
        assert bool(row["rule"]) == (row["found_by"] in (CHECK, MATRIX, SUSPECTS))


def test_check_finds_each_fault_that_the_key_gives_to_it(faulty: Registry, key: Faults) -> None:
    told = [row for row in key.values() if row["found_by"] == CHECK]
    assert len(told) == 6
    for row in told:
        found = checking.check_unit(faulty, row["unit"])
        assert row["rule"] in {one.rule for one in found}, row["name"]
        assert all((one.file or "").startswith(f"units/{row['unit']}") for one in found)


def test_check_says_of_the_overdrawn_fund_and_the_own_checker_what_is_wrong(
    faulty: Registry, key: Faults
) -> None:
    overdrawn, own = key["restricted-fund-overdrawn"], key["same-maker-and-checker"]
    # The gift on the wrong fund is in the same book, and hides nothing.
    gift, found = checking.check_unit(faulty, overdrawn["unit"])
    assert gift.rule == key["gift-on-wrong-fund"]["rule"]
    assert "fund-overdrawn" in found.what.en
    assert f"overdrawn by {overdrawn['amount']}" in found.what.en
    (found,) = checking.check_unit(faulty, own["unit"])
    assert "the maker checked their own voucher" in found.what.en


def test_the_matrix_lists_the_remittance_that_names_no_transfer(
    clean: Registry, faulty: Registry, key: Faults
) -> None:
    def found(registry: Registry) -> list[tuple[str, str, str, int]]:
        with registry.read() as conn:
            # The book that was altered is not read: the program stops before it.
            everyone = [row.id for row in units.all_units(conn) if row.id != "fangzhi"]
        rows = build_matrix(registry, everyone, Period.parse("2026"), _AFTER).exceptions
        return [(row.payer, row.payee, row.state, row.fen) for row in rows]

    row = key["unmatched-remittance"]
    more = set(found(faulty)) - set(found(clean))
    assert more == {(row["unit"], "zhen-nan", row["rule"], 1_200_00)}
    assert row["amount"] == "1200.00"


def test_an_assessment_that_was_altered_does_not_follow_from_its_facts(
    clean: Registry, faulty: Registry, key: Faults
) -> None:
    row = key["tier-boundary"]
    member, month = row["where"].split()
    for registry, holds in ((clean, True), (faulty, False)):
        with registry.read() as conn:
            who = members.find(conn, member)
        assert who is not None
        party = next(
            one for one in explain(registry, who, Month.parse(month)) if one.rule == "party"
        )
        assert party.holds is holds
        assert party.total.text == ("15.00" if holds else "30.00")


def test_only_what_was_planted_looks_wrong_among_assets(
    clean: Registry, faulty: Registry, key: Faults
) -> None:
    with clean.read() as conn:
        # The book that was altered is not read: the program stops before it.
        everyone = [row.id for row in units.all_units(conn) if row.id != "fangzhi"]
    assert [one for unit in everyone for one in suspects(clean, unit, _LATER)] == []
    told = {unit: suspects(faulty, unit, _LATER) for unit in everyone}
    found = {(unit, one.rule, one.what.zh) for unit, of in told.items() for one in of}
    planted = [row for row in key.values() if row["found_by"] == SUSPECTS]
    assert len(found) == len(planted) == 2
    for row in planted:
        (one,) = told[row["unit"]]
        assert one.rule == row["rule"] and row["where"] in one.what.zh
        assert yuan(row["amount"]).grouped in one.what.zh
        assert checking.check_unit(faulty, row["unit"]) == []  # nothing else tells it


def test_the_report_of_collection_tells_of_a_claim_that_is_void_without_a_reason(
    clean: Registry, faulty: Registry, key: Faults
) -> None:
    row = key["wrong-exemption"]
    for registry, doubted in ((clean, False), (faulty, True)):
        period = Period.parse(row["where"].split()[1])
        source = known_source(registry, row["unit"], "collection", period)
        notes = [note.en for note in build("collection", source, period).notes]
        assert any(f"-{row['amount']} more" in note for note in notes) is doubted


def test_clean_members_owe_what_their_facts_say(clean: Registry) -> None:
    for unit in ("yiyuan", "qishou", "tuixiu"):
        with clean.read() as conn:
            known = members.all_members(conn, unit)
        month = Month(2026, 1 if unit == "tuixiu" else 4)
        told = [
            one
            for row in known
            if row.state == members.ACTIVE and (row.joined < date(2026, 1, 1) or unit == "qishou")
            for one in explain(clean, row, month)
        ]  # fmt: skip
        assert told and all(one.holds for one in told)


def test_an_audit_finds_every_planted_fault_and_hardly_anything_else(
    clean: Registry, faulty: Registry, key: Faults
) -> None:
    """Recall of 95 % for each pattern, and at most 5 % of vouchers told of without cause."""
    everyone = _units(faulty)
    told = {one.procedure.name: one for one in run(faulty, everyone, _LATER).results}
    for row in key.values():
        hits = told[row["test"]].hits
        found = {hit.ref.removeprefix(f"{hit.unit}/") for hit in hits if hit.unit == row["unit"]}
        found |= {
            one.removeprefix(f"{hit.unit}/") for hit in hits if hit.unit == row["unit"]
            for one in hit.others
        }  # fmt: skip
        assert set(_places(row)) <= found, row["name"]
    planted = {f"{row['unit']}/{place}" for row in key.values() for place in _places(row)}
    for registry in (clean, faulty):
        results = run(registry, everyone, _LATER).results
        whole = max(one.population for one in results if one.procedure.of == "vouchers")
        vouchers = {
            ref
            for one in results
            for hit in one.hits
            for ref in (hit.ref, *hit.others)
            if re.fullmatch(r"[a-z-]+/[收付转]-[0-9]{6}-[0-9]{4}", ref)
        }
        assert len(vouchers - planted) <= whole * 5 / 100


def _places(row: dict[str, Any]) -> list[str]:
    """What a fault's ``where`` names: a member with a month is one place, vouchers are several."""
    where = row["where"]
    return [where] if where.startswith("m-") else where.split()


def _units(registry: Registry) -> list[str]:
    with registry.read() as conn:
        return [row.id for row in units.all_units(conn)]


def test_the_year_before_the_faults_is_the_same_to_the_byte(
    small_county: Path, faulty: Registry
) -> None:
    """Books differ in the month after, and in the three files that the key says are altered."""
    touched = {
        path.relative_to(small_county).as_posix()
        for path in sorted(small_county.glob("units/*/2026/0[1-4].bean"))
        if path.read_bytes() != (faulty.folder / path.relative_to(small_county)).read_bytes()
    }
    assert touched == {"units/fangzhi/2026/04.bean", "units/huanwei/2026/04.bean"}


def test_faults_go_with_the_county_only(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["demo", str(tmp_path / "one"), "--faults"]) == 1
    assert "--size county" in capsys.readouterr().err
    assert not (tmp_path / "one").exists()
