"""Two at once, on both databases: one of them does it, and the other is told."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from threading import Barrier

import pytest

from ledger.assets.depreciating import depreciate
from ledger.assets.disposing import Leaving, dispose
from ledger.assets.receiving import Received, receive
from ledger.assets.requesting import approve, withdraw
from ledger.checking import check_unit
from ledger.errors import LedgerError, Refused
from ledger.money import yuan
from ledger.period import Month
from ledger.registry import asset_requests, drafts
from tests.asked import count
from tests.assets.keeping import SISTER, UNIT, Keeping


def at_once(*acts: Callable[[], object]) -> tuple[list[object], list[LedgerError]]:
    """What several did who began together, and by what the others were refused."""
    start = Barrier(len(acts))

    def act(do: Callable[[], object]) -> object:
        start.wait()
        try:
            return do()
        except LedgerError as fault:
            return fault

    with ThreadPoolExecutor(len(acts)) as pool:
        found = list(pool.map(act, acts))
    refused = [one for one in found if isinstance(one, LedgerError)]
    return [one for one in found if not isinstance(one, LedgerError)], refused


def rule_of(fault: LedgerError) -> str:
    """The rule by which somebody was refused."""
    assert isinstance(fault, Refused)
    return fault.findings[0].rule


def test_a_month_is_charged_once_however_often_it_is_asked_for(kept: Keeping) -> None:
    for name in ("甲", "乙", "丙"):
        kept.own(name=name)
    wear = lambda: depreciate(  # noqa: E731
        kept.registry, UNIT, Month(2026, 4), kept.maker, kept.now
    )
    done, refused = at_once(wear, wear, wear)
    assert (len(done), [rule_of(fault) for fault in refused]) == (
        1, ["depreciation-waits"] * 2,
    )  # fmt: skip
    with kept.registry.read() as conn:
        assert len(list(drafts.in_states(conn, UNIT, drafts.UNDECIDED))) == 1
    assert check_unit(kept.registry, UNIT) == []


def test_of_two_requests_for_one_thing_one_is_entered(kept: Keeping) -> None:
    code = kept.own()
    done, refused = at_once(
        lambda: kept.ask("sale", code), lambda: kept.ask("loan", code),
        lambda: kept.ask("move", code),
    )  # fmt: skip
    assert len(done) == 1
    assert {rule_of(fault) for fault in refused} == {"asset-busy"}
    with kept.registry.read() as conn:
        assert len(asset_requests.of_unit(conn, UNIT)) == 1


def test_of_two_disposals_one_waits(kept: Keeping) -> None:
    row = kept.handed("sale", kept.own())
    how = Leaving(date(2026, 5, 10), kept.bank)
    out = lambda: dispose(kept.registry, UNIT, row.code, how, kept.maker, kept.now)  # noqa: E731
    done, refused = at_once(out, out)
    assert (len(done), len(refused)) == (1, 1)


def test_one_unit_agrees_to_what_the_other_takes_back_and_one_of_them_has_it(
    kept: Keeping,
) -> None:
    row = kept.ask("transfer", kept.own())
    approve(kept.registry, UNIT, row.code, kept.checker, kept.now)
    at_once(
        lambda: approve(kept.registry, SISTER, row.code, kept.sister_checker, kept.now),
        lambda: withdraw(kept.registry, UNIT, row.code, kept.maker, kept.now),
    )
    with kept.registry.read() as conn:
        found = asset_requests.find(conn, UNIT, row.code)
    assert found is not None
    if found.state == "withdrawn":
        assert _refuses(lambda: approve(kept.registry, SISTER, row.code, kept.sister_checker,
                                        kept.now))  # fmt: skip
    else:
        assert (found.state, found.other_checker) == ("accepted", kept.sister_checker.id)


def test_what_was_given_is_entered_once(kept: Keeping) -> None:
    code = kept.own()
    kept.leave("transfer", code)
    with kept.registry.read() as conn:
        (row,) = asset_requests.of_assets(conn, UNIT, [code])[code]
    got = Received(SISTER, row.code, date(2026, 5, 12), "F01", "qian", "一楼")
    take = lambda: receive(kept.registry, got, kept.sister, kept.now)  # noqa: E731
    done, refused = at_once(take, take)
    assert (len(done), len(refused)) == (1, 1)


def _refuses(act: object) -> bool:
    assert callable(act)
    try:
        act()
    except LedgerError:
        return True
    return False


def test_a_voucher_asks_as_much_whatever_it_moves(kept: Keeping) -> None:
    def month(assets: int, at: str) -> int:
        for _ in range(assets):
            kept.own(cost=yuan("3600.00"))
        made = depreciate(kept.registry, UNIT, Month.parse(at), kept.maker, kept.now)
        (draft,) = made.drafts
        return count(kept.registry, lambda: kept.approve(draft))

    few, many = month(2, "2026-04"), month(20, "2026-05")
    assert few == many
    kept.wear("2026-06")
    with pytest.raises(Refused, match="nothing-to-charge"):
        kept.wear("2026-06")
