"""Codes of requests: a unit that receives never meets two of the same code."""

from __future__ import annotations

from datetime import date

from ledger.assets.adding import add
from ledger.assets.asked import Asked
from ledger.assets.requesting import approve, ask
from ledger.money import yuan
from tests.assets.keeping import DECISION, SISTER, UNIT, Keeping


def test_the_code_of_a_transfer_is_no_other_requests_of_either_unit(kept: Keeping) -> None:
    """Both units have requests of their own: which one is meant is never in doubt."""
    first, second = kept.own(cost=yuan("8000.00")), kept.own()
    given = kept.ask("transfer", first)
    kept.decide("街决〔2026〕1号", unit=SISTER)

    memo = add(
        kept.registry,
        kept.said(unit=SISTER, source="memo", ownership="other", keeper="qian", money="",
                  acquired=date(2026, 2, 1)),
        kept.sister, kept.now,
    ).row.code  # fmt: skip
    theirs = ask(
        kept.registry,
        Asked(SISTER, "repair", [memo], "街决〔2026〕1号", date(2026, 5, 6),
              party="某维修部（示例）", until=date(2026, 6, 10)),
        kept.sister, kept.now,
    )  # fmt: skip
    again = kept.ask("transfer", second)
    assert len({given.code, theirs.code, again.code}) == 3
    approve(kept.registry, UNIT, given.code, kept.checker, kept.now)
    agreed = approve(kept.registry, SISTER, given.code, kept.sister_checker, kept.now)
    assert (agreed.unit, agreed.state) == (UNIT, "accepted")
    own = approve(kept.registry, SISTER, theirs.code, kept.sister_checker, kept.now)
    assert (own.unit, own.state, own.decision) == (SISTER, "approved", "街决〔2026〕1号")
    assert again.decision == DECISION
