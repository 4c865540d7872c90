"""What an act proposed of one thing: which number is free, which waits, which stands."""

from __future__ import annotations

from itertools import islice

import pytest

from ledger import numbered, workflow
from tests.house import UNIT, House

HEAD = "act:out:ZB2026-0001"


@pytest.fixture(autouse=True, params=[1, 2, 100])
def _asked_at_once(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """However many are asked for in one question, the answer is the same."""
    monkeypatch.setattr(numbered, "_AT_ONCE", request.param)


def said(house: House, head: str = HEAD) -> tuple[list[str], list[str], list[str]]:
    """The numbers of what is free (the first two), what waits, and what stands."""
    with house.registry.read() as conn:
        free = islice(numbered.free(conn, UNIT, head), 2)
        waiting = [one.source for one in numbered.waiting(conn, UNIT, head)]
        standing = [name for of in numbered.standing(conn, UNIT, [head]) for name in of]
        return tuple(  # type: ignore[return-value]
            [name.removeprefix(f"{head}:") for name in names]
            for names in (free, waiting, sorted(standing))
        )


def test_the_first_number_that_nothing_waits_or_stands_of_is_free(house: House) -> None:
    assert said(house) == (["1", "2"], [], [])
    drafted = workflow.propose(
        house.registry, house.draft("1.00", source=f"{HEAD}:1"), house.maker, house.now
    )
    assert said(house) == (["2", "3"], ["1"], [])
    house.approve(drafted)
    assert said(house) == (["2", "3"], [], ["1"])
    house.post(house.draft("2.00", source=f"{HEAD}:2"))
    assert said(house) == (["3", "4"], [], ["1", "2"])
    assert said(house, "act:out:ZB2026-0002") == (["1", "2"], [], [])


def test_what_was_withdrawn_or_reversed_is_free_again(house: House) -> None:
    drafted = workflow.propose(
        house.registry, house.draft("1.00", source=f"{HEAD}:1"), house.maker, house.now
    )
    workflow.withdraw(house.registry, drafted, house.maker, house.now)
    assert said(house) == (["1", "2"], [], [])
    posted = house.post(house.draft("1.00", source=f"{HEAD}:1"))
    house.reverse(posted)
    assert said(house) == (["1", "2"], [], [])


def test_several_things_are_asked_about_at_once(house: House) -> None:
    other = "act:out:ZB2026-0002"
    first = house.post(house.draft("1.00", source=f"{HEAD}:1"))
    second = house.post(house.draft("2.00", source=f"{other}:1"))
    with house.registry.read() as conn:
        found = list(numbered.standing(conn, UNIT, [HEAD, other]))
    assert found == [{f"{HEAD}:1": first.number, f"{other}:1": second.number}]
