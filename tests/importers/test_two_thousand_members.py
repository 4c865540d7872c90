"""Two thousand members pay the same due in one month: none is confused, the ambiguous are asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from ledger.money import yuan
from ledger.reference import make_code
from ledger.registry import claims, members, persons
from ledger.registry.persons import PersonData
from tests.house import DUES, UNIT, House
from tests.importers.desk import FULL, Desk, Move

MEMBERS = 2000
_FIRST = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许"
_SECOND = "甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉"


def name_of(place: int) -> str:
    """Invented names; of every fifty members one has another one's name."""
    if place % 50 == 47:
        place -= 44
    return _FIRST[place % 20] + _SECOND[place // 20 % 20] + _SECOND[place // 400 % 20] + "例"


def paid(place: int, code: str) -> tuple[str, str]:
    """``(what is written, how)``: most write their code, some nothing, some a wrong digit."""
    if place % 20 == 7:
        return "三月会费", "nothing"
    if place % 20 == 13:
        return code[:-1] + str((int(code[-1]) + 1) % 10), "wrong digit"
    return f"会费{code}", "code"


def test_every_reference_is_matched_no_two_confused_and_every_ambiguous_one_asked(
    small_house: House,
) -> None:
    desk = Desk(small_house)
    codes = [make_code("HY", 2026, place + 1) for place in range(MEMBERS)]
    owed = []
    with desk.registry.write() as conn:
        for place in range(MEMBERS):
            person = persons.add(conn, desk.vault, PersonData(name_of(place)), desk.house.now)
            member = members.add(
                conn, person=person, unit=UNIT, number=f"{place:04d}", joined=date(2020, 1, 1)
            )
            owed.append(
                claims.ClaimRow(
                    UNIT, codes[place], "dues", member, DUES, "F01", "2026-03", yuan("25.00").fen,
                    "CNY", claims.OPEN, None,
                )
            )  # fmt: skip
        claims.add_many(conn, owed)
    moves, how = [], []
    # Payments come in another order than members, so that no order can help.
    for turn in range(MEMBERS):
        place = turn * 7 % MEMBERS
        memo, way = paid(place, codes[place])
        how.append((place, way))
        at = datetime(2026, 3, 2, 8) + timedelta(minutes=3 * turn)
        moves.append(
            Move(at, 2500, 100_000 + 2500 * (turn + 1), name=name_of(place), memo=memo,
                 account="", ref=f"77{turn:08d}")
        )  # fmt: skip
    desk.read_in(FULL.csv(moves))
    drafted = {
        dict(waits.draft.postings[1].meta)["claim"]: waits.draft.links[0] for waits in desk.drafts()
    }
    line_of = {line.bank_ref: line for line in desk.lines()}
    asked = {line.number for line in desk.questions()}
    twins = {name_of(place) for place in range(47, MEMBERS, 50)}
    for turn, (place, way) in enumerate(how):
        line = line_of[f"77{turn:08d}"]
        settled = drafted.get(codes[place]) == line.import_id
        if way == "code" or name_of(place) not in twins:
            # By its code, or by the one full name that owes exactly this.
            assert settled, (place, way)
        else:
            assert not settled and line.id in asked, (place, way)
    assert len(drafted) + len(asked) == MEMBERS
    assert asked, "some payments of namesakes carry no code"
    for question in desk.questions():
        # Of two namesakes one may have paid by code: even then a person says so.
        assert question.proposal is not None and question.proposal.tier == "C"
        assert question.proposal.draft == ""
