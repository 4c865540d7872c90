"""Donors: sealed, unnamed unless they consent, and able to prove which gifts are theirs."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from ledger.entry import Posting
from ledger.errors import NotAllowed, Refused
from ledger.gifts.donors import SaidDonor, change_consent, find_named, look, names_of
from ledger.money import yuan
from ledger.registry import donors, oplog, persons
from ledger.registry.persons import PersonData
from tests.gifts.giving import HEAD, UNIT, Giving

ROWS = (
    HEAD
    + ",个人,沈示例,110101199001010011,,,实名,\n"
    + ",单位,青禾食品有限公司,91110000MA0000001X,,,匿名,是\n"
    + ",匿名,,,,,匿名,\n"
)


def kept(folder: Path, text: str, name: str = "donors.csv") -> Path:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_a_list_is_entered_and_names_are_shown_to_those_who_record(
    giving: Giving, tmp_path: Path
) -> None:
    file = kept(tmp_path, ROWS)
    told = giving.run("donors", "import", file, "--json")
    assert told.status == 0, told.err
    assert len(told.json["donors"]) == 3
    rows = giving.run("donors", "list", "--json", user="shen").json["donors"]
    assert sorted((row["kind"], row["consent"], row["related"]) for row in rows) == [
        ("anonymous", "anonymous", False), ("company", "anonymous", True),
        ("person", "named", False),
    ]  # fmt: skip
    plain = giving.run("donors", "list", user="shen").out + told.out
    assert "沈示例" not in plain and "青禾食品" not in plain
    refused = giving.run("donors", "list", "--names", user="shen")
    assert (refused.status, "not-allowed" in refused.err) == (1, True)
    named = giving.run("donors", "list", "--names").out
    assert "沈示例" in named and "青禾食品有限公司" in named
    with giving.registry.read() as conn:
        acts = list(oplog.entries(conn, UNIT, date(2026, 6, 1), date(2026, 7, 1)))
    assert [act.action for act in acts if act.action == "donor.names"] == ["donor.names"]
    assert not any("示例" in f"{act.object}{act.detail}" for act in acts if "donor" in act.action)


def test_the_same_list_again_changes_nothing_but_a_bare_name_is_asked_about(
    giving: Giving, tmp_path: Path
) -> None:
    whole = HEAD + ",个人,沈示例,110101199001010011,,,实名,\n,单位,青禾食品有限公司,,,,匿名,是\n"
    assert giving.run("donors", "import", kept(tmp_path, whole), "--json").json["known"] == 0
    again = giving.run("donors", "import", kept(tmp_path, whole), "--json").json
    assert (again["donors"], again["known"]) == ([], 2)
    bare = giving.run("donors", "import", kept(tmp_path, HEAD + ",个人,沈示例,,,,实名,\n"))
    assert (bare.status, "perhaps the same" in bare.err) == (1, True)
    assert "沈示例" not in bare.err
    other = HEAD + ",个人,沈示例,110101199001010099,,,匿名,\n"
    assert len(giving.run("donors", "import", kept(tmp_path, other), "--json").json["donors"]) == 1


@pytest.mark.parametrize(
    "row",
    [
        ",个人,,,,,匿名,", ",匿名,沈示例,,,,匿名,", ",匿名,,,,,实名,",
        "d-NOBODY,个人,沈示例,,,,匿名,", ",个人,沈示例,,,,都行,",
        ",个人,沈示例,1,,,匿名,\n,个人,沈示例,1,,,匿名,",
    ],
)  # fmt: skip
def test_a_row_that_is_wrong_refuses_the_list_and_names_nobody(
    giving: Giving, tmp_path: Path, row: str
) -> None:
    text = HEAD + f",个人,甲示例,7,,,匿名,\n{row}\n"
    told = giving.run("donors", "import", kept(tmp_path, text))
    assert told.status == 1
    assert "donors.csv:" in told.err
    assert "[donor-row]" in told.err or "「公开方式」不能读出" in told.err
    assert "示例" not in told.err
    assert giving.run("donors", "list", "--json").json == {"donors": []}


def test_consent_is_another_version_and_more_needs_a_paper(giving: Giving, tmp_path: Path) -> None:
    donor = giving.donor("沈示例")
    refused = giving.run("donors", "consent", donor, "--to", "named")
    assert (refused.status, "[no-paper]" in refused.err) == (1, True)
    paper = kept(tmp_path, "同意实名公开", "consent.txt")
    done = giving.run("donors", "consent", donor, "--to", "named", "--paper", paper, "--json")
    assert done.json == {
        "id": donor, "kind": "person", "consent": "named", "version": 2, "related": False,
        "abroad": False,
    }  # fmt: skip
    less = giving.run("donors", "consent", donor, "--to", "anonymous", "--related", "yes", "--json")
    assert (less.json["version"], less.json["related"]) == (3, True)
    with giving.registry.read() as conn:
        versions = donors.consents(conn, donor)
    assert [one.consent for one in versions] == ["anonymous", "named", "anonymous"]
    assert versions[1].paper == hashlib.sha256(paper.read_bytes()).hexdigest()
    assert {one.user for one in versions} == {giving.maker.id}


def test_nobody_without_the_right_changes_or_sees_who_gives(giving: Giving) -> None:
    donor = giving.donor("沈示例")
    with pytest.raises(NotAllowed):
        change_consent(
            giving.registry, UNIT, donor, "masked", b"x", "x", giving.checker, giving.now
        )
    with pytest.raises(NotAllowed):
        names_of(giving.registry, UNIT, [], giving.reader, giving.now)
    anonymous = giving.donor()
    with pytest.raises(Refused, match="anonymous-donor"):
        change_consent(
            giving.registry, UNIT, anonymous, "named", b"x", "x", giving.maker, giving.now
        )
    assert giving.run("donors", "consent", "d-NOBODY", "--to", "masked").status == 2


def test_an_opening_proves_one_gift_and_says_nothing_of_another(given: Giving) -> None:
    donor, other = given.donor("沈示例"), given.donor()
    gifts = {"JZ2026-0001-7": donor, "JZ2026-0002-5": donor, "JZ2026-0003-3": other}
    with given.registry.read() as conn:
        found = donors.openings(conn, given.registry.vault, gifts)
        again = donors.openings(conn, given.registry.vault, gifts)
    assert found == again
    assert len({opening for opening, _ in found.values()}) == 3
    for code, (opening, commitment) in found.items():
        assert hashlib.sha256(f"{opening} {code}".encode()).hexdigest() == commitment


def test_an_erased_donor_leaves_the_id_and_takes_name_and_salt_along(giving: Giving) -> None:
    donor = giving.donor("沈示例")
    refused = giving.run("donors", "erase", donor, "--reason", "沈示例要求", user="admin")
    assert "[name-in-log]" in refused.err
    assert giving.run("donors", "erase", donor, "--reason", "本人要求", user="zhou").status == 1
    done = giving.run("donors", "erase", donor, "--reason", "本人要求", user="admin")
    assert (done.status, donor in done.out) == (0, True)
    with giving.registry.read() as conn:
        assert donors.openings(conn, giving.registry.vault, {"JZ2026-0001-7": donor}) == {}
        assert donors.find(conn, UNIT, donor) is not None
    assert "已删除" in giving.run("donors", "list", "--names").out


@pytest.mark.parametrize(
    ("name", "kind", "text"),
    [
        ("沈示例", "person", "收沈示例捐款"),
        ("青禾食品有限公司", "company", "收青禾食品有限公司捐款"),
        ("青禾食品（示例）有限公司", "company", "收 青禾食品(示例)有限公司 捐款"),
        ("Qinghe Foods Example Trading Ltd", "company", "from QINGHE Foods  Example Trading Ltd"),
        ("Anna Example", "person", "from Anna Example"),
        ("阿依古丽·买买提江示例", "person", "收阿依古丽·买买提江示例捐款"),
    ],
)
def test_no_donors_name_gets_into_a_book(giving: Giving, name: str, kind: str, text: str) -> None:
    giving.donor(name, kind)
    with giving.registry.read() as conn:
        assert persons.names_in(conn, giving.registry.vault, text)
        assert not persons.names_in(conn, giving.registry.vault, "收青禾捐款 from nobody at all")
    income = giving.account("410101")
    with pytest.raises(Refused, match="name-in-book") as caught:
        giving.post(
            Posting(giving.bank, yuan("1.00"), "F01"), Posting(income, yuan("-1.00"), "F01"),
            day=date(2026, 3, 1), narration=text,
        )  # fmt: skip
    assert name not in str(caught.value)


def test_who_checks_sees_names_and_who_only_looks_does_not(giving: Giving) -> None:
    donor = giving.donor("南宫示例")
    for login in ("zhou", "lin"):
        assert "南宫示例" in giving.run("donors", "list", "--names", user=login).out
    assert [row.id for row in find_named(
        giving.registry, UNIT, "南宫示例", giving.checker, giving.now
    )] == [donor]  # fmt: skip
    with pytest.raises(NotAllowed):
        find_named(giving.registry, UNIT, "南宫示例", giving.reader, giving.now)
    refused = giving.run("donors", "list", "--names", user="shen")
    assert refused.status != 0 and "南宫" not in refused.said


def test_a_list_is_looked_at_without_entering_any_of_it(giving: Giving) -> None:
    known = giving.donor("公西示例", kind="company")
    said = [
        SaidDonor(4, "", "company", PersonData("公西示例")),
        SaidDonor(5, "", "person", PersonData("漆雕示例")),
        SaidDonor(6, "", "person", None),
    ]
    found = look(giving.registry, UNIT, said, "donors.csv", giving.maker)
    assert [one.line for one in found.known] == [4] and found.clean == 1
    assert [(one.line, one.file) for one in found.findings] == [(6, "donors.csv")]
    with giving.registry.read() as conn:
        assert [row.id for row in donors.of_unit(conn, UNIT)] == [known]
    with pytest.raises(NotAllowed):
        look(giving.registry, UNIT, said, "donors.csv", giving.reader)
