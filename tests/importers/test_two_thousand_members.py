"""Two thousand members pay the same due in one month: none is confused, the ambiguous are asked."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from importers import orders, subaccounts
from importers.orders import Ordered
from importers.subaccounts import Part
from ledger.money import yuan
from ledger.reference import make_code
from ledger.registry import claims, members, persons
from ledger.registry.persons import PersonData
from tests.house import DUES, UNIT, House
from tests.importers.desk import FULL, NUMBER, Desk, Move

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


# ---- by every key at once, with second payments and refunds ------------------------------------

WAYS = ("code", "part", "suffix", "order", "card", "name", "nothing")
#: A stranger pays for every member, so that only a key can tell whose payment it is.
STRANGER = "上官代付"


def way_of(place: int) -> str:
    return WAYS[place % len(WAYS)]


def number_of(place: int) -> str:
    return f"{place:05d}"


def order_of(place: int) -> str:
    return f"HD202603{place:06d}"


def card_of(place: int) -> str:
    return f"6222{place:012d}"


def test_no_key_confuses_two_members_and_doubles_and_refunds_are_told(small_house: House) -> None:
    desk = Desk(small_house)
    now, maker = desk.house.now, desk.house.maker
    codes = [make_code("HY", 2026, place + 1) for place in range(MEMBERS)]
    with desk.registry.write() as conn:
        owed = []
        for place in range(MEMBERS):
            cards = (card_of(place),) if way_of(place) == "card" else ()
            data = PersonData(name_of(place), accounts=cards)
            person = persons.add(conn, desk.vault, data, now)
            member = members.add(
                conn, person=person, unit=UNIT, number=f"{place:04d}", joined=date(2020, 1, 1)
            )
            owed.append(
                claims.ClaimRow(
                    UNIT, codes[place], "dues", member, DUES, "F01", "2026-03", 2500, "CNY",
                    claims.OPEN, None,
                )
            )  # fmt: skip
        claims.add_many(conn, owed)
    # Everybody has a number and an order; who pays by which is another matter.
    parts = [Part(number_of(place), member=f"{place:04d}") for place in range(MEMBERS)]
    assert subaccounts.enter(desk.registry, UNIT, "基本户", parts, maker, now) == MEMBERS
    known = [Ordered(order_of(place), codes[place]) for place in range(MEMBERS)]
    assert orders.enter(desk.registry, UNIT, known, maker, now) == MEMBERS

    moves: list[Move] = []
    whose: dict[str, tuple[int, str]] = {}

    def move(place: int, fen: int, how: str, memo: str = "转账") -> None:
        ref = f"77{len(moves):08d}"
        whose[ref] = place, how
        more = {
            "part": (("子账号", number_of(place)),),
            "suffix": (("子账号", NUMBER + number_of(place)),),
            "order": (("商户订单号", order_of(place)),),
            "back": (("商户订单号", order_of(place)),),
        }.get(how, ())
        moves.append(
            Move(
                datetime(2026, 3, 2, 8) + timedelta(minutes=3 * len(moves)),
                fen,
                100_000 + sum(one.fen for one in moves) + fen,
                name=name_of(place) if how == "name" else STRANGER,
                memo=f"会费{codes[place]}" if how == "code" else memo,
                account=card_of(place) if how == "card" else "",
                ref=ref,
                more=more,
            )
        )

    for turn in range(MEMBERS):
        place = turn * 7 % MEMBERS
        move(place, 2500, way_of(place))
    for place in range(0, MEMBERS, 40):  # paid twice, by whichever key comes to hand
        move(place, 2500, ("part", "order", "code")[place % 3])
    for place in range(3, MEMBERS, 70):  # an order is taken back, in two parts and then too much
        if way_of(place) == "order":
            for fen in (-1000, -1500, -100):
                move(place, fen, "back", memo="退款")

    desk.read_in(FULL.csv(moves))

    paid_by = {
        code: waits.draft.links[0]
        for waits in desk.drafts()
        for posting in waits.draft.postings
        if (code := dict(posting.meta).get("claim"))
    }
    lines = {line.bank_ref: line for line in desk.lines()}
    asked = {line.number: line for line in desk.questions()}
    twins = {name_of(place) for place in range(47, MEMBERS, 50)}
    first: dict[int, str] = {}
    for ref, (place, how) in whose.items():
        line = lines[ref]
        certain = how in ("code", "part", "suffix", "order", "card") or (
            how == "name" and name_of(place) not in twins
        )
        if how == "back" or not certain or place in first:
            # Refunds of dues, payments that nothing tells, and second ones are a person's.
            assert line.id in asked, (place, how)
            assert line.import_id not in paid_by.values(), (place, how)
            continue
        first[place] = ref
        assert paid_by[codes[place]] == line.import_id, (place, how)
    assert len(paid_by) == len(first) == len(set(paid_by.values()))
    assert len(paid_by) + len(asked) == len(moves)
    doubled = [
        line for line in asked.values() if "重复缴款" in line.reason or "有 0 笔" in line.reason
    ]
    assert len(doubled) >= len(range(0, MEMBERS, 40)) - len(WAYS)
    over = [line for line in asked.values() if "合计超过原交易" in line.reason]
    assert over and all(line.amount.fen == -100 for line in over)
    for open_line in asked.values():
        # Of a stranger's payment that nothing tells nobody is suggested.
        came = open_line.amount.fen > 0 and not open_line.sub_account
        if open_line.counterparty == STRANGER and came:
            assert open_line.suggestion is None, open_line
