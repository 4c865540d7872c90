"""What an allocation may still take is known at once: after a rebuild, and while drafts wait."""

from __future__ import annotations

from datetime import date

import pytest

from ledger import rebuild, workflow
from ledger.allocations import expecting
from ledger.entry import Draft, Posting
from ledger.errors import Refused
from ledger.money import yuan
from ledger.registry import allocations
from tests.allocations.test_allocations import MARCH, Grant
from tests.house import BANK, LEVY, UNIT, House


def arrival(amount: str, **said: str) -> Draft:
    """Money that comes into the fund, entered by hand, with what its line of income names."""
    money = yuan(amount)
    lines = (
        Posting(BANK, money, "F03"),
        Posting(LEVY, -money, "F03", tuple(sorted(said.items()))),
    )
    return Draft(UNIT, date(2026, 3, 4), "收", "财政拨款", lines)


def test_a_book_that_was_rebuilt_holds_its_allocations_before_anybody_looks(house: House) -> None:
    grant = Grant(house)
    grant.arrive("600.00", MARCH)
    rebuild.journal_from_text(house.registry, UNIT, house.maker.id, house.now)
    with pytest.raises(Refused, match="allocation-exceeded"):
        house.post(arrival("400.01", allocation=grant.code))
    grant.spend("600.00")
    assert grant.check().held_fen == 0


def test_a_draft_that_names_only_the_claim_of_the_rest_is_left_its_part(house: House) -> None:
    """After an arrival in part the rest is expected under another code than the allocation's."""
    grant = Grant(house)
    grant.arrive("600.00", MARCH)
    with house.registry.read() as conn:
        row = allocations.find(conn, UNIT, grant.code)
        assert row is not None
        claim = expecting.open_claim(conn, row)
    assert claim is not None
    assert claim.code != grant.code
    workflow.propose(house.registry, arrival("400.00", claim=claim.code), house.maker, house.now)
    with pytest.raises(Refused, match="too-much"):
        grant.event("lapse", "0.01")
