"""Grants and gifts as 360Giving: whose money went where, and no person anywhere."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from ledger.errors import CannotRun
from ledger.gifts import donors
from ledger.period import Period
from ledger.registry.grant_prefix import read_grant_prefix
from ledger.transfers import resolving
from reports import threesixty
from reports.threesixty import FEWEST, number
from reports.validating import validate
from tests.gifts.giving import NOW as GIVEN
from tests.gifts.giving import UNIT, Giving, begin
from tests.transfers.county import NOW, County, found

JUNE = Period.parse("2026-06")
YEAR = Period.parse("2026")
REQUIRED = {
    "id", "title", "description", "currency", "amountAwarded", "awardDate",
    "recipientOrganization", "fundingOrganization",
}  # fmt: skip


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    made = found(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def giving(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Giving]:
    monkeypatch.setattr("ledger.clock.now", lambda: GIVEN)
    made = begin(tmp_path / "federation")
    yield made
    made.registry.close()


def granted(county: County, period: Period = JUNE) -> str:
    registry = county.registry
    found = threesixty.grants_of(registry, ["xian"], period, NOW.date())
    return threesixty.render_grants(threesixty.publisher_of(registry), found, period)


def test_what_a_unit_awards_another_is_a_grant_with_what_was_paid_of_it(
    county: County, tmp_path: Path
) -> None:
    paid = county.order("1200.50", date(2026, 6, 20))
    county.pay(paid, date(2026, 6, 10))
    waiting = county.order("800.00", date(2026, 7, 20), payee="yuan", kind="allocation")
    upwards = county.order("60.00", date(2026, 6, 20), payee="xian", payer="xue", kind="remittance")
    text = granted(county)
    data = json.loads(text, parse_float=Decimal)
    grants = {one["id"].rpartition("shiyan-")[2]: one for one in data["grants"]}
    assert list(grants) == sorted([paid, waiting])
    assert upwards not in grants
    one = grants[paid]
    assert set(one) >= REQUIRED
    assert one["id"] == f"360G-mingbai-shiyan-{paid}"
    assert (one["amountAwarded"], one["amountDisbursed"]) == (Decimal("1200.5"), Decimal("1200.5"))
    assert one["awardDate"] == "2026-06-30"
    assert one["recipientOrganization"] == [
        {"id": "360G-mingbai-shiyan-unit-xue", "name": "示例单位 xue"}
    ]
    assert one["fundingOrganization"][0]["name"] == "示例单位 xian"
    assert grants[waiting]["amountDisbursed"] == 0
    assert (data["issued"], data["version"]) == ("2026-06-30", "1.4")
    path = tmp_path / "grants.json"
    path.write_text(text, encoding="utf-8")
    assert validate(path) == []


def test_a_grant_that_was_refused_or_awarded_in_another_period_is_not_told(county: County) -> None:
    reference = county.order("5.00", date(2026, 6, 20))
    assert granted(county, Period.parse("2026-05")) == ""
    assert reference in granted(county)
    resolving.refuse(county.registry, reference, "账户已注销", county.people["xueren"], NOW)
    assert granted(county) == ""


def test_what_people_wrote_of_a_transfer_is_not_told(county: County) -> None:
    county.order("5.00", date(2026, 6, 20))
    assert "示例补助" not in granted(county)


def test_a_registered_prefix_is_used_and_another_one_is_refused(county: County) -> None:
    county.order("5.00", date(2026, 6, 20))
    folder = county.registry.folder
    assert "is not registered with 360Giving" in granted(county)
    settings = folder / "federation.toml"
    text = settings.read_text(encoding="utf-8")
    settings.write_text(text + '\n[opendata]\nprefix = "360G-shiyan"\n', encoding="utf-8")
    told = granted(county)
    assert '"id": "360G-shiyan-' in told
    assert "not registered" not in told
    for bad in ('"GB-1"', '"360G-a b"', "7", '""'):
        settings.write_text(text + f"\n[opendata]\nprefix = {bad}\n", encoding="utf-8")
        with pytest.raises(CannotRun, match="opendata"):
            read_grant_prefix(folder)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda one: one.pop("awardDate"), "awardDate"),
        (lambda one: one.update(recipientOrganization=[]), "too few"),
        (lambda one: one.update(amountAwarded="5.00"), "wrong type"),
        (lambda one: one.update(awardDate="2026-6-1"), "none of the forms"),
        (lambda one: one.update(id="GB-1"), "not written as it should be"),
        (lambda one: one.update(recipientIndividual={"id": "x", "name": "y"}), "may not stand"),
        (lambda one: one["fundingOrganization"][0].pop("id"), "missing: id"),
    ],
)
def test_what_the_standard_asks_for_is_missed(
    change: Any, said: str, county: County, tmp_path: Path
) -> None:
    county.order("5.00", date(2026, 6, 20))
    data = json.loads(granted(county))
    change(data["grants"][0])
    path = tmp_path / "grants.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert any(said in one.what.en for one in validate(path))


def test_one_identifier_stands_once(county: County, tmp_path: Path) -> None:
    county.order("5.00", date(2026, 6, 20))
    data = json.loads(granted(county))
    data["grants"].append({**data["grants"][0], "title": "another"})
    path = tmp_path / "grants.json"
    path.write_text(json.dumps(data), encoding="utf-8")
    assert [one.what.en for one in validate(path)] == ["grants[1].id: this id stands twice"]


# ---- gifts -------------------------------------------------------------------------------------


def told(giving: Giving, period: Period = YEAR) -> dict[str, Any]:
    gifts = threesixty.gifts_of(giving.registry, UNIT, period)
    by = threesixty.publisher_of(giving.registry)
    return dict(json.loads(threesixty.render_gifts(by, gifts, period), parse_float=Decimal))


def test_only_organisations_that_consented_are_named(giving: Giving, tmp_path: Path) -> None:
    campaign = giving.campaign()
    company = giving.donor("北京青禾食品有限公司", "company", consent="named")
    giving.give("500.25", donor=company, campaign=campaign.code)
    masked = giving.donor("上海某某贸易有限公司", "company", consent="masked")
    people = [giving.donor(f"王示例{n}", consent="named") for n in range(FEWEST - 1)]
    for donor in (masked, *people):
        giving.give("10.00", donor=donor, campaign=campaign.code)
    data = told(giving)
    single, others = data["gifts"]
    assert single["fundingOrganization"][0]["name"] == "北京青禾食品有限公司"
    assert single["amountAwarded"] == Decimal("500.25")
    assert single["awardDate"] == "2026-03-02"
    assert (others["donors"], others["amountAwarded"]) == (FEWEST, 50)
    text = json.dumps(data, ensure_ascii=False, default=str)
    assert "王示例" not in text
    assert "某某贸易" not in text
    assert not any(donor in text for donor in (company, masked, *people))
    path = tmp_path / "gifts.json"
    gifts = threesixty.gifts_of(giving.registry, UNIT, YEAR)
    by = threesixty.publisher_of(giving.registry)
    path.write_text(threesixty.render_gifts(by, gifts, YEAR), encoding="utf-8")
    assert validate(path) == []


def test_an_organisation_that_no_longer_consents_is_named_no_more(giving: Giving) -> None:
    campaign = giving.campaign()
    company = giving.donor("北京青禾食品有限公司", "company", consent="named")
    giving.give("500.00", donor=company, campaign=campaign.code)
    assert len(told(giving)["gifts"]) == 1
    donors.change_consent(
        giving.registry, UNIT, company, "anonymous", b"", "", giving.maker, giving.now
    )
    assert told(giving)["gifts"] == []


def test_no_sum_is_over_fewer_than_five_donors(giving: Giving) -> None:
    """Two small campaigns join each other; gifts of one donor count once."""
    first, second = giving.campaign(), giving.campaign(name="助学")
    same = giving.donor("王示例", consent="named")
    for _ in range(3):
        giving.give("1.00", donor=same, campaign=first.code)
    for _ in range(FEWEST - 2):
        giving.give("1.00", campaign=second.code)
    assert told(giving)["gifts"] == []
    giving.give("1.00", campaign=second.code)
    (one,) = told(giving)["gifts"]
    assert (one["donors"], one["amountAwarded"]) == (FEWEST, FEWEST + 2)
    assert "fundingOrganization" not in one


def test_gifts_of_another_period_or_of_no_campaign_are_not_told(giving: Giving) -> None:
    campaign = giving.campaign()
    for _ in range(FEWEST):
        giving.give("1.00", campaign=campaign.code)
    assert told(giving, Period.parse("2026-02"))["gifts"] == []
    assert len(told(giving, Period.parse("2026-03"))["gifts"]) == 1


@drawn(st.integers(1 - 10**15, 10**15 - 1))
def test_an_amount_as_a_json_number_is_the_amount_to_the_fen(fen: int) -> None:
    text = json.dumps(number(fen))
    assert Decimal(text) * 100 == fen


def test_an_amount_that_no_json_number_holds_is_refused() -> None:
    with pytest.raises(ValueError, match="beyond"):
        number(10**15)
