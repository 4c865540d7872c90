"""Each way in which a transfer can go wrong is an exception of its own kind; nothing else is."""

from __future__ import annotations

from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.period import Period
from ledger.transfers.matrix import Matrix
from ledger.transfers.resolving import chasers
from ledger.transfers.standing import age_of
from tests.transfers.scenes import BANK, DOWN, DUES, GRANT, OWED_UP, YEAR, Scene, told

MARCH = date(2026, 3, 10)


def test_what_both_books_say_the_same_of_is_no_exception() -> None:
    scene = Scene()
    scene.agreed(10_000)
    matrix = scene.matrix()
    assert told(matrix) == []
    assert [(p.payer, p.payee, p.paid, p.arrived, p.difference) for p in matrix.pairs] == [
        ("xian", "xue", 10_000, 10_000, 0)
    ]


def test_nothing_went_by_the_day_it_was_due() -> None:
    scene = Scene()
    scene.order(10_000)
    assert told(scene.matrix(on=date(2026, 3, 20))) == []
    assert told(scene.matrix(on=date(2026, 4, 1))) == [("late", 10_000, 12)]


def test_what_arrived_after_its_day_is_told_as_late_and_asks_nobody_to_act() -> None:
    scene = Scene()
    reference = scene.order(10_000)
    scene.post("xian", MARCH, 10_000, reference=reference)
    scene.post("xue", date(2026, 4, 1), -10_000, reference=reference)
    matrix = scene.matrix()
    assert told(matrix) == [("late", 10_000, 12)]
    assert matrix.open == [] and matrix.pairs[0].difference == 0


def test_less_arrived_than_was_paid() -> None:
    scene = Scene()
    reference = scene.order(10_000)
    scene.post("xian", MARCH, 10_000, reference=reference)
    scene.post("xue", MARCH, -8_000, reference=reference)
    matrix = scene.matrix()
    assert [(e.state, e.fen, e.difference) for e in matrix.exceptions] == [("short", 2_000, 2_000)]
    assert matrix.pairs[0].difference == 2_000


def test_less_was_paid_than_is_due_and_both_say_so() -> None:
    scene = Scene()
    reference = scene.order(10_000)
    scene.post("xian", MARCH, 7_000, reference=reference)
    scene.post("xue", MARCH, -7_000, reference=reference)
    assert told(scene.matrix(on=date(2026, 3, 15))) == []  # the rest may still come
    late = scene.matrix(on=date(2026, 4, 1))
    assert told(late) == [("short", 3_000, 12)]
    scene.settled.add(reference)
    assert told(scene.matrix()) == []


def test_paid_twice_and_arrived_twice() -> None:
    scene = Scene()
    paid, came = scene.agreed(10_000), scene.agreed(5_000)
    scene.post("xian", date(2026, 3, 12), 10_000, reference=paid)
    scene.post("xue", date(2026, 3, 12), -5_000, reference=came)
    matrix = scene.matrix(on=date(2026, 3, 22))
    assert {(e.reference, e.state, e.fen, e.difference, e.days) for e in matrix.exceptions} == {
        (paid, "double", 10_000, 10_000, 10), (came, "double", 5_000, -5_000, 10),
    }  # fmt: skip


def test_a_double_that_was_reversed_agrees_again_and_is_not_late() -> None:
    scene = Scene()
    reference = scene.agreed(10_000)
    again = scene.post("xian", date(2026, 3, 12), 10_000, reference=reference)
    scene.post("xian", date(2026, 5, 2), -10_000, reference=reference, account=DOWN, reverses=again)
    assert told(scene.matrix(on=date(2026, 4, 1))) == [("double", 10_000, 20)]
    assert told(scene.matrix()) == []


def test_a_refusal_is_told_until_the_payment_is_back_and_it_is_closed() -> None:
    scene = Scene()
    reference = scene.order(10_000, refused="账户已注销")
    number = scene.post("xian", MARCH, 10_000, reference=reference)
    assert [(e.state, e.fen, e.difference) for e in scene.matrix().exceptions] == [
        ("refused", 10_000, 10_000)
    ]
    scene.post("xian", date(2026, 4, 2), -10_000, reference=reference, account=DOWN,
               reverses=number)  # fmt: skip
    assert [(e.state, e.difference) for e in scene.matrix().exceptions] == [("refused", 0)]
    scene.settled.add(reference)
    assert told(scene.matrix()) == []


def test_a_payment_without_a_reference_is_never_netted_against_another() -> None:
    scene = Scene()
    scene.post("xian", MARCH, 900, counter="xue")
    scene.post("xue", MARCH, -900, counter="xian")
    matrix = scene.matrix(on=date(2026, 3, 13))
    assert told(matrix) == [("no-reference", 900, 3), ("no-reference", 900, 3)]
    assert sum(e.difference for e in matrix.exceptions) == matrix.pairs[0].difference == 0


def test_an_account_between_units_that_names_no_unit_is_told_without_one() -> None:
    scene = Scene()
    scene.post("xue", MARCH, 300, account=OWED_UP)
    (one,) = scene.matrix().exceptions
    assert (one.state, one.payer, one.payee, one.fen) == ("no-reference", "xue", "", 300)


def test_the_topmost_unit_pays_somebody_outside_on_its_accounts_towards_upper_units() -> None:
    scene = Scene()
    scene.post("xian", MARCH, 300, account=OWED_UP)
    scene.post("xian", MARCH, 300, account=OWED_UP, counter="sheng")
    assert told(scene.matrix()) == []


def test_a_reversed_payment_without_reference_is_none() -> None:
    scene = Scene()
    number = scene.post("xue", MARCH, 300, account=OWED_UP)
    scene.post("xue", MARCH, -300, account=OWED_UP, reverses=number)
    assert told(scene.matrix()) == []


def test_a_return_that_looks_like_a_reversal_is_not_taken_for_one() -> None:
    scene = Scene()
    scene.post("xian", MARCH, 300, counter="xue")
    scene.post("xian", MARCH, -300, counter="xue", account=DOWN)
    assert [e.state for e in scene.matrix().exceptions] == ["no-reference"] * 2


def test_a_debt_that_begins_where_a_levy_comes_in_is_no_transfer() -> None:
    scene = Scene()
    scene.line("xue", "收-202603-0001", MARCH, OWED_UP, -4_000, moved=10_000)
    assert told(scene.matrix()) == []


def test_an_accrual_says_nothing_of_the_money() -> None:
    scene = Scene()
    reference = scene.order(5_000)
    scene.line("xian", "转-202603-0001", MARCH, DOWN, 5_000, "xue", reference)
    assert told(scene.matrix(on=MARCH)) == []
    # What is accrued and paid in one voucher is paid once.
    scene.line("xue", "付-202603-0002", MARCH, DUES, 700, "xian", "", -700)
    other = scene.order(700, payer="xue", payee="xian")
    scene.line("xue", "付-202603-0002", MARCH, OWED_UP, 700, "xian", other, -700)
    scene.line("xue", "付-202603-0002", MARCH, BANK, -700, "xian", "", -700)
    assert told(scene.matrix(on=MARCH)) == [("in-transit", 700, 0)]


def test_a_set_off_settles_both_references_without_money() -> None:
    scene = Scene()
    down, up = scene.order(500), scene.order(500, payer="xue", payee="xian")
    for unit, sign in (("xian", 1), ("xue", -1)):
        number = f"转-202603-{unit}"
        scene.line(unit, number, MARCH, DOWN, sign * 500, "", down)
        scene.line(unit, number, MARCH, OWED_UP, -sign * 500, "", up)
    assert told(scene.matrix()) == []


def test_a_reference_that_does_not_exist_and_one_of_other_units() -> None:
    scene = Scene()
    theirs = scene.agreed(100)
    scene.post("xian", MARCH, 40, reference="ZZ2026-9999-9", counter="yuan")
    scene.post("yuan", MARCH, -60, reference=theirs, counter="xian")
    assert [(e.state, e.fen) for e in scene.matrix().exceptions] == [
        ("wrong-unit", 60), ("unknown-reference", 40),
    ]  # fmt: skip


def test_a_voucher_that_a_person_matched_counts_for_its_transfer() -> None:
    scene = Scene()
    reference = scene.order(900)
    scene.post("xian", MARCH, 900, reference=reference)
    number = scene.post("xue", MARCH, -900, counter="xian")
    before = scene.matrix()
    assert {e.state for e in before.exceptions} == {"in-transit", "no-reference"}
    assert next(e for e in before.exceptions if e.loose).likely == (reference,)
    scene.links["xue", number] = reference
    assert told(scene.matrix()) == []


def test_in_transit_over_the_years_end_is_open_in_one_year_and_agrees_in_the_next() -> None:
    scene = Scene()
    reference = scene.order(10_000, day=date(2026, 1, 10))
    scene.post("xian", date(2025, 12, 30), 10_000, reference=reference)
    scene.post("xue", date(2026, 1, 5), -10_000, reference=reference)
    old = scene.matrix(Period.parse("2025"))
    assert told(old) == [("in-transit", 10_000, 1)]
    assert [(p.brought, p.paid, p.arrived, p.difference) for p in old.pairs] == [
        (0, 10_000, 0, 10_000)
    ]
    new = scene.matrix()
    assert told(new) == []
    assert [(p.brought, p.paid, p.arrived, p.difference) for p in new.pairs] == [
        (10_000, 10_000, 10_000, 0)
    ]


def test_what_stays_open_is_told_in_every_later_period() -> None:
    scene = Scene()
    reference = scene.order(10_000)
    scene.post("xian", MARCH, 10_000, reference=reference)
    for text in ("2026-03", "2026-Q1", "2026-07", "2027"):
        matrix = scene.matrix(Period.parse(text))
        assert [(e.state, e.fen) for e in matrix.exceptions] == [("in-transit", 10_000)]
        assert matrix.pairs[0].difference == 10_000


def test_each_open_exception_says_who_has_to_act() -> None:
    scene = Scene()
    scene.order(100)
    transit = scene.order(200)
    scene.post("xian", MARCH, 200, reference=transit)
    scene.post("yuan", MARCH, 300, account=OWED_UP)
    found = {(c.unit, c.problem.state) for c in chasers(scene.matrix().exceptions)}
    assert found == {("xian", "late"), ("xue", "in-transit"), ("yuan", "no-reference")}


def test_ages_begin_at_thirty_sixty_ninety_and_a_hundred_and_eighty_days() -> None:
    assert [age_of(days) for days in (0, 29, 30, 59, 60, 90, 179, 180, 999)] == [
        0, 0, 30, 30, 60, 90, 90, 180, 180,
    ]  # fmt: skip


# ---- the law: exactly what was planted is told, and the rest nets to zero ----------------------

FAULTS = ("none", "late", "unpaid", "short", "underpaid", "paid-twice", "came-twice", "transit",
          "refused", "unreferenced")  # fmt: skip
STATES = {
    "late": "late", "unpaid": "late", "short": "short", "underpaid": "short",
    "paid-twice": "double", "came-twice": "double", "transit": "in-transit", "refused": "refused",
}  # fmt: skip


def plant(scene: Scene, fault: str, fen: int, at: int, *, up: bool) -> str:
    """One transfer with a fault; its reference."""
    day = date(2026, 1, 1) + timedelta(days=at)
    payer, payee = ("xue", "xian") if up else ("xian", "xue")
    out, came = (OWED_UP, DUES) if up else (DOWN, GRANT)
    reference = scene.order(
        fen, day + timedelta(days=5), payer, payee, refused="示例" if fault == "refused" else ""
    )
    if fault == "unpaid":
        return reference
    named = "" if fault == "unreferenced" else reference
    paid = fen - 1 if fault == "underpaid" else fen
    for _ in range(2 if fault == "paid-twice" else 1):
        scene.post(payer, day, paid, reference=named, counter=payee, account=out)
    arrives = day + timedelta(days=9 if fault == "late" else 2)
    part = paid - 1 if fault == "short" else paid
    if fault not in ("transit", "refused"):
        for _ in range(2 if fault == "came-twice" else 1):
            scene.post(payee, arrives, -part, reference=named, counter=payer, account=came)
    return reference


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(FAULTS), st.integers(3, 10**9), st.integers(0, 300), st.booleans()
        ),
        max_size=12,
    )
)
def test_exactly_the_planted_exceptions_are_told_and_the_rest_nets_to_zero(
    planted: list[tuple[str, int, int, bool]],
) -> None:
    scene = Scene()
    wanted = []
    loose = 0
    for fault, fen, at, up in planted:
        reference = plant(scene, fault, fen, at, up=up)
        if fault == "unreferenced":
            loose += 2
            wanted.append((reference, "late"))  # nobody says that it was paid
        elif fault != "none":
            wanted.append((reference, STATES[fault]))
    matrix = scene.matrix()
    found = [(e.reference, e.state) for e in matrix.exceptions if e.reference]
    assert sorted(found) == sorted(wanted)
    assert sum(e.state == "no-reference" for e in matrix.exceptions) == loose
    nets_to_its_exceptions(matrix)
    for month in YEAR.months():
        nets_to_its_exceptions(scene.matrix(month.period))


def nets_to_its_exceptions(matrix: Matrix) -> None:
    for pair in matrix.pairs:
        mine = [e for e in matrix.exceptions if (e.payer, e.payee) == (pair.payer, pair.payee)]
        assert pair.difference == sum(e.difference for e in mine)
        assert pair.exceptions == len(mine)
