"""``mingbai show`` opens gifts, campaigns and aid by their codes, and figures of gifts."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from ledger.founding import Founding, found_unit
from ledger.gifts.campaigns import Terms, approve, ask_to_open
from ledger.money import Money, yuan
from ledger.registry import users
from tests.aid.world import build_world, by_number
from tests.cli.command import mingbai
from tests.gifts.giving import NOW, UNIT, Giving


def test_a_gift_and_a_campaign_open_by_their_codes_and_name_nobody(giving: Giving) -> None:
    campaign = giving.campaign(lines=[("救灾物资", yuan("60.00"))])
    code = giving.give("100.00", campaign=campaign.code, donor=giving.donor("令狐示例"))
    voucher = giving.spend("40.00", campaign.code, date(2026, 4, 1), purpose="救灾物资")
    folder = giving.registry.folder
    for ref in (code, f"{UNIT}/{code}"):
        told = mingbai("show", folder, ref)
        assert f"捐赠 gift {UNIT}/{code}" in told.out and voucher.number in told.out
        assert "令狐示例" not in told.out + told.err
    assert mingbai("show", folder, code, "--json").json["used"] == "40.00"
    told = mingbai("show", folder, campaign.code)
    assert "防汛救灾" in told.out and "救灾物资" in told.out
    assert mingbai("show", folder, campaign.code, "--json").json["raised"] == "100.00"


FIGURES = (
    ("HD", "raised", "100.00"), ("HD", "held", "60.00"), ("HD", "spent", "40.00"),
    ("HD", "untraced", "0.00"), ("JZ", "used", "40.00"), ("all", "returned", "0.00"),
    ("cash", "used", "40.00"), ("goods", "used", "0.00"),
)  # fmt: skip
UNKNOWN = (
    "JZ2026-0099-9", "HD2026-0099-9", "BF2026-0099-9", "ai/gifts/2026-06-30/all/spent",
    "ai/gifts/2026-13-30/all/used", "ai/gifts/2026-06-30/JZ2026-0099-9/used",
    "nowhere/gifts/2026-06-30/all/used",
)  # fmt: skip


def test_a_figure_of_gifts_opens_to_its_vouchers_and_what_is_not_there_is_told(
    giving: Giving,
) -> None:
    campaign = giving.campaign()
    gift = giving.give("100.00", campaign=campaign.code)
    giving.spend("40.00", campaign.code, date(2026, 4, 1))
    folder = giving.registry.folder
    for code, part, amount in FIGURES:
        named = {"HD": campaign.code, "JZ": gift}.get(code, code)
        ref = f"{UNIT}/gifts/2026-06-30/{named}/{part}"
        told = mingbai("show", folder, ref, "--json").json
        assert told["amount"] == amount and told["ref"] == ref
        assert sum(yuan(one["amount"]).fen for one in told["vouchers"]) == yuan(amount).fen
        assert amount in mingbai("show", folder, ref).out
    for ref in UNKNOWN:
        refused = mingbai("show", folder, ref)
        assert refused.status != 0 and "Traceback" not in refused.err and refused.err, ref


def test_where_two_units_have_a_code_the_unit_is_named(giving: Giving) -> None:
    found_unit(
        giving.registry,
        Founding("bei", "北会（示例）", "npo-2024", date(2026, 1, 1), Money(10**9)), NOW,
    )  # fmt: skip
    with giving.registry.write() as conn:
        people = [
            users.add(conn, login=login, password="correct horse",
                      roles=frozenset({("bei", role)}), now=NOW)
            for login, role in (("bei-a", "treasurer"), ("bei-b", "checker"))
        ]  # fmt: skip
    mine = giving.campaign()
    terms = Terms("bei", "北会助学", "助学", date(2026, 1, 1), None, Money(0), "fifo")
    other = ask_to_open(giving.registry, terms, people[0], NOW)
    approve(giving.registry, "bei", other.code, people[1], NOW)
    assert mine.code == other.code
    both = mingbai("show", giving.registry.folder, mine.code)
    assert both.status != 0 and f"ai/{mine.code}" in both.err
    assert "北会助学" in mingbai("show", giving.registry.folder, f"bei/{mine.code}").out


def test_a_batch_of_aid_opens_by_its_code_or_by_a_payments(tmp_path: Path) -> None:
    world = build_world(tmp_path / "federation", NOW)
    paid = world.pay(by_number("0001"))
    world.registry.close()
    for code in (paid.batch, paid.codes[0]):
        told = mingbai("show", world.registry.folder, code, "--json").json
        assert told["ref"].endswith(paid.batch) and len(told["payments"]) == 1
    assert "waiting" in mingbai("show", world.registry.folder, paid.batch).out
