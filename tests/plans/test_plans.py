"""A pool is divided among units, looked at, proposed, approved, expected, and run again."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ledger import workflow
from ledger.entry import Voucher
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.plans.planning import propose
from ledger.registry import claims, figures, oplog, plans, transfers
from ledger.transfers import entering
from tests.cli.command import by_user
from tests.consolidation.tree import DOWN, GRANT
from tests.plans.scene import NOW, TEXT, World, plan


def test_heads_and_weights_divide_the_pool(shared: World) -> None:
    found = shared.preview()
    assert shared.amounts() == {"xue": "600.00", "yuan": "300.00"}
    told = found.as_json()
    assert told["pool"] == "900.00"
    assert told["grassroots_share"] == "1.0000"
    assert [(row["unit"], row["base"], row["weight"], row["amount"]) for row in told["rows"]] == [
        ("xue", "100", "2", "600.00"), ("yuan", "100", "1", "300.00"),
    ]  # fmt: skip


def test_fixed_bases_floors_and_caps(shared: World) -> None:
    text = TEXT.replace('kind = "heads"\non = 2026-05-31', 'kind = "fixed"') + (
        '\n[[unit]]\nid = "xue"\nbase = 9\nweight = "1"\ncap = "500.00"\n'
        '\n[[unit]]\nid = "yuan"\nbase = 1\nfloor = "250.00"\n'
    )
    assert shared.amounts(text) == {"xue": "500.00", "yuan": "400.00"}


def test_the_share_of_a_year_before(shared: World) -> None:
    text = TEXT.replace('kind = "heads"\non = 2026-05-31', 'kind = "past"\nyear = 2026').replace(
        '"革命老区" = "2"', '"革命老区" = "1"'
    )
    # The county paid the school 100.00 and the hospital 89.00 in the year.
    assert shared.amounts(text) == {"xue": "476.19", "yuan": "423.81"}


def test_a_floor_per_head_goes_before_a_cap(shared: World) -> None:
    text = TEXT.replace('pool = "900.00"', 'pool = "900.00"\nfloor_per_head = "4.00"\ncap = "1.00"')
    found = shared.preview(text)
    assert {row.unit: row.fen for row in found.rows} == {"xue": 40000, "yuan": 40000}
    assert [fault.rule for fault in found.findings] == ["plan-rest"]


def test_it_is_proposed_approved_expected_and_paid_both_sides(world: World) -> None:
    entering.set_target(world.registry, "xue", "allocation", GRANT, "F02", world.xue, NOW)
    done = propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    assert done.version == 1
    assert len(done.references) == 2
    with world.registry.read() as conn:
        assert claims.find(conn, "xue", done.references[0]) is None  # nobody approved it yet
    with pytest.raises(NotAllowed):
        workflow.approve(world.registry, done.draft, world.maker, NOW)
    voucher = workflow.approve(world.registry, done.draft, world.checker, NOW)
    assert isinstance(voucher, Voucher)
    named = [dict(one.meta).get("transfer") for one in voucher.draft.postings]
    assert tuple(named[:2]) == done.references
    with world.registry.read() as conn:
        claim = claims.find(conn, "xue", done.references[0])
        assert claim is not None
        assert (claim.fen, claim.account, claim.state) == (60000, GRANT, claims.OPEN)
        assert plans.rows_of(conn, "xian", "jc-2026", 1)[0].fen == 60000
        acts = [
            act.action for act in oplog.entries(conn, "xian", date(2026, 6, 1), date(2026, 6, 2))
        ]
    assert acts.count("transfer.order") == 2


def test_run_again_it_gives_the_differences_only(world: World) -> None:
    propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    with pytest.raises(Refused, match="nothing-new"):
        propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    with world.registry.write() as conn:
        figures.add(conn, "yuan", "heads", date(2026, 5, 20), 250, "更正", "u", NOW)
    found = world.preview()
    assert {row.unit: row.difference for row in found.rows} == {"xue": -20000, "yuan": 20000}
    done = propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    with world.registry.read() as conn:
        ordered = [transfers.find(conn, reference) for reference in done.references]
    assert [(one.payer, one.payee, one.kind, one.fen) for one in ordered if one] == [
        ("xue", "xian", "return", 20000), ("xian", "yuan", "allocation", 20000),
    ]  # fmt: skip
    assert not any(row.difference for row in world.preview().rows)
    # Withdrawn, it takes back what was to come as well as what was to go.
    workflow.withdraw(world.registry, done.draft, world.maker, NOW)
    assert {row.unit: row.difference for row in world.preview().rows} == {
        "xue": -20000, "yuan": 20000,
    }  # fmt: skip


def test_what_only_takes_back_is_a_decision_of_its_own(world: World) -> None:
    propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    less = TEXT.replace('pool = "900.00"', 'pool = "600.00"')
    with pytest.raises(Refused, match="returns-only"):
        propose(world.registry, plan(less), less.encode(), world.maker, NOW)


def test_withdrawing_the_draft_takes_its_transfers_back(world: World) -> None:
    done = propose(world.registry, plan(), TEXT.encode(), world.maker, NOW)
    workflow.withdraw(world.registry, done.draft, world.maker, NOW)
    with world.registry.read() as conn:
        first = transfers.find(conn, done.references[0])
    assert first is not None
    assert first.refused
    assert all(row.before == 0 for row in world.preview().rows)


def test_who_may_not_record_for_the_payer_proposes_nothing(world: World) -> None:
    with pytest.raises(NotAllowed):
        propose(world.registry, plan(), TEXT.encode(), world.checker, NOW)
    with pytest.raises(NotAllowed):
        world.preview(user=world.xue)


def test_a_plan_of_ones_own_tells_nothing_of_a_sibling(shared: World) -> None:
    """Whoever may record in one school writes a plan of that school that pays the hospital."""
    text = TEXT.replace('payer = "xian"', 'payer = "xue"')
    told = []
    for unit in ("yuan", "nowhere"):
        with pytest.raises(CannotRun) as caught:
            shared.preview(text.replace('below = "xian"', f'list = ["{unit}"]'), shared.xue)
        told.append(str(caught.value).replace(unit, "…"))
    assert told[0] == told[1]
    with pytest.raises(CannotRun):
        shared.preview(text, shared.xue)


@pytest.mark.parametrize(
    "before, after, rule",
    [
        ('pool = "900.00"', "pool = 900.0", "bad-plan"),
        ('fund = "F01"', 'fund = "F99"', "bad-plan"),
        (f'account = "{DOWN}"', 'account = "599"', "bad-plan"),
        ('pool = "900.00"', 'pool = "-1.00"', "bad-plan"),
        ('pool = "900.00"', 'pool = "900.00"\nspeed = 3', "bad-plan"),
        ('pool = "900.00"', 'pool = "900.00"\nfloor = "9.00"\ncap = "8.00"', "bad-plan"),
        ('kind = "heads"', 'kind = "luck"', "bad-plan"),
        ('"革命老区" = "2"', '"老区" = "2"', "bad-plan"),
        ('below = "xian"', 'below = "xian"\nlevel = "basis"', "bad-plan"),
        ('[weights.region]', '[weights.level]\nvillage = "2"\n[weights.region]', "bad-plan"),
        ('[weights.region]', '[[unit]]\nid = "xue"\nbase = 3\n[weights.region]', "bad-plan"),
        ('below = "xian"', 'list = ["xue", "xue"]', "bad-plan"),
        ('below = "xian"', 'list = []', "bad-plan"),
        ('"革命老区" = "2"', '"革命老区" = 2', "bad-plan"),
        ('"革命老区" = "2"', '"革命老区" = "-2"', "bad-plan"),
        ('[plan]', '[plan', "bad-plan"),
        ('below = "xian"', 'list = ["nowhere"]', "no-unit"),
        ('below = "xian"', 'list = ["xian"]', "no-payees"),
        ('below = "xian"', 'below = "xue"', "no-payees"),
        ('pool = "900.00"', 'pool = "900.00"\nfloor = "500.00"', "floors-above-pool"),
        ('[weights.region]', '[[unit]]\nid = "xian"\n[weights.region]', "not-in-plan"),
        ('kind = "heads"\non = 2026-05-31', 'kind = "fixed"', "no-base"),
    ],
)  # fmt: skip
def test_a_faulty_plan_says_where_and_what_to_do(
    shared: World, before: str, after: str, rule: str
) -> None:
    assert before in TEXT
    with pytest.raises(Exception, match=rf"\[{rule}\]"):
        shared.preview(TEXT.replace(before, after))


def test_every_fault_of_a_file_is_told_at_once() -> None:
    text = TEXT.replace('"900.00"', "9").replace("heads", "luck").replace("2026-06-30", '"soon"')
    with pytest.raises(Refused) as caught:
        plan(text)
    assert len(caught.value.findings) >= 3


def test_the_command_prints_and_proposes(world: World, tmp_path: Path) -> None:
    file = tmp_path / "plan.toml"
    file.write_text(TEXT, encoding="utf-8")
    folder = world.registry.folder
    printed = by_user(folder, "zhou", "plan", file)
    assert printed.status == 0
    assert "600.00" in printed.out
    assert "基层所得比例" in printed.out
    proposed = by_user(folder, "zhou", "plan", file, "--propose", "--json")
    assert proposed.status == 0
    assert proposed.json["version"] == 1
    assert proposed.json["draft"].startswith("dr-")
    assert by_user(folder, "zhou", "plan", tmp_path / "none.toml").status == 2
