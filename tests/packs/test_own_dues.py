"""The edition for members: one's own dues, what else members are told, and who finds the page."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger import closing
from ledger.disclosing.own_addresses import OwnPage, dues_page
from ledger.disclosing.own_pages import address_of, dues_token, gift_token
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.period import Month, Period
from ledger.registry import Registry, Vault, members, oplog, persons, receipts, settings
from ledger.sealing import acting
from reports.packs import keeping, publication, site_dues
from reports.packs.building import Built
from reports.packs.roll import with_sums
from reports.pdf.cash_receipt import draw_receipt
from reports.pdf.own_page import draw_slip
from reports.receipts import receipt_page
from reports.sources import known_source
from reports.statements.dues_public import PublicRoll
from tests.cli.command import mingbai
from tests.dues.roll import Roll
from tests.dues.till import Till
from tests.house import ACTIVITY, CASH, PASSWORD, UNIT, House, build_house
from tests.packs.test_packs import files, verified
from tests.sealing.months import NOW, copied

JANUARY = Period.parse("2026-01")
DAY = date(2026, 1, 20)
#: What seven members earn; all but the last pay 0.5 % of it.
BASES = ("4100", "4200", "4300", "4400", "4500", "4600", "7777")


def numbered(house: House, number: str) -> members.MemberRow:
    with house.registry.read() as conn:
        row = members.by_number(conn, UNIT, number)
    assert row is not None
    return row


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    """Seven members owe January's dues, six have paid; some of it was spent; closed and sealed."""
    folder = tmp_path_factory.mktemp("own-dues") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    roll = Roll(house, "union-member")
    till = Till(roll)
    for base in BASES:
        roll.add(base)
    roll.assess(Month(2026, 1))
    for member in roll.members[:-1]:
        fen = sum(row.fen for row in roll.claims(member))
        till.pay(member, f"{fen // 100}.{fen % 100:02d}", day=DAY)
    house.post(house.draft("60.00", debit=ACTIVITY, credit=CASH, kind="付", day=date(2026, 1, 25),
                           narration="新年活动"))  # fmt: skip
    closing.close_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    acting.seal_month(house.registry, UNIT, Month(2026, 1), house.maker, house.now)
    house.registry.close()
    return house


@pytest.fixture
def house(lived: House, tmp_path: Path) -> Iterator[House]:
    made = copied(lived, tmp_path / "federation")
    yield made
    made.registry.close()


def keep(house: House, audience: str = "members") -> publication.Gathered:
    """What is published is entered, and written nowhere."""
    found = publication.gather(house.registry, JANUARY, audience)
    keeping.publish(house.registry, list(found.turns.values()), house.maker, house.now)
    return found


def published(house: House, out: Path, audience: str = "members") -> dict[str, Any]:
    found = keep(house, audience)
    return publication.write(house.registry, found, JANUARY, audience, out)


def built(house: House) -> Built:
    return publication.gather(house.registry, JANUARY, "members").turns[UNIT].built


@pytest.fixture(scope="session")
def shown(lived: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[House, Path]]:
    """A house and its edition for members, to be looked at only."""
    folder = tmp_path_factory.mktemp("own-dues-shown")
    made = copied(lived, folder / "federation")
    published(made, folder / "out")
    yield made, folder / "out"
    made.registry.close()


def page_of(house: House, number: str) -> OwnPage:
    return dues_page(house.registry, UNIT, number, house.maker, house.now)


def own(out: Path) -> list[str]:
    return [path.name for path in (out / "my").iterdir() if path.name != "index.html"]


def told(out: Path, page: OwnPage) -> str:
    return re.sub(r"<[^>]+>", " ", (out / page.path).read_text(encoding="utf-8"))


def test_a_member_reads_what_was_owed_by_which_rule_paid_and_open(
    shown: tuple[House, Path],
) -> None:
    house, out = shown
    first = told(out, page_of(house, "001"))
    assert re.search(r"2026-01\s+工会会费\s+20\.50\s+20\.50\s+0\.00\s+工资的0\.5%", first)
    assert "第一条（已核对原文）" in first
    last = told(out, page_of(house, "007"))
    assert re.search(r"2026-01\s+工会会费\s+38\.85\s+0\.00\s+38\.85", last)
    for page in (first, last):
        assert re.search(r"职工活动支出\s+60\.00", page)


def test_a_page_holds_no_name_number_id_or_base(
    shown: tuple[House, Path],
) -> None:
    house, out = shown
    for place, base in enumerate(BASES, 1):
        row = numbered(house, f"{place:03d}")
        for language in ("", "en/"):
            text = (out / language / page_of(house, row.number).path).read_text()
            for secret in ("示例会员", f"会员编号 {row.number}", row.id, row.person, base,
                           f"{base[0]},{base[1:]}"):  # fmt: skip
                assert secret not in text


def test_every_living_member_has_a_page_whose_name_tells_nothing(
    shown: tuple[House, Path],
) -> None:
    house, out = shown
    names = own(out)
    assert len(names) == len(BASES)
    assert all(re.fullmatch(r"[a-z2-7]{26}\.html", name) for name in names)
    drawn = [page.token for page in site_dues.my_dues(house.registry, built(house))]
    assert drawn == sorted(drawn)
    by_number = [page_of(house, f"{place:03d}").token for place in range(1, 8)]
    assert set(drawn) == set(by_number)
    assert drawn != by_number


def test_another_master_key_gives_other_names(house: House, tmp_path: Path) -> None:
    row = numbered(house, "001")
    mine = dues_token(house.registry.vault, row.id)
    assert mine == page_of(house, "001").token == page_of(house, row.id).token
    assert dues_token(Vault(bytes(32)), row.id) != mine


def test_pages_of_ones_own_stand_in_no_list_and_no_page_leads_there(
    shown: tuple[House, Path],
) -> None:
    _, out = shown
    tokens = [name.removesuffix(".html") for name in own(out)]
    for name, data in files(out).items():
        text = data.decode(errors="replace")
        found = [token for token in tokens if token in text]
        if "my/" in name and name != "my/index.html" and name != "en/my/index.html":
            assert found in ([], [name.rpartition("/")[2].removesuffix(".html")])
            assert '<meta name="robots" content="noindex' in text
        else:
            assert not found, name
    assert "没有这个网页" in (out / "my/index.html").read_text()


def test_the_edition_for_members_verifies_though_its_own_pages_are_in_no_list(
    shown: tuple[House, Path], tmp_path: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(shown[1], out)
    assert verified(out).returncode == 0
    (out / "my" / "extra.html").write_text("x")
    assert "my/extra.html" in verified(out).stdout
    (out / "my" / "extra.html").unlink()
    index = out / "my" / "index.html"
    index.write_bytes(index.read_bytes() + b" ")
    assert "my/index.html" in verified(out).stdout


def test_the_same_book_gives_the_same_pages(
    shown: tuple[House, Path], house: House, tmp_path: Path
) -> None:
    published(house, tmp_path / "again")
    assert files(tmp_path / "again") == files(shown[1])


def test_who_was_erased_has_no_page_any_more(
    shown: tuple[House, Path], house: House, tmp_path: Path
) -> None:
    before, after = shown[1], tmp_path / "after"
    keep(house)
    page, row = page_of(house, "003"), numbered(house, "003")
    with house.registry.write() as conn:
        persons.erase(conn, row.person)
    published(house, after)
    assert page.token + ".html" in own(before)
    assert page.token + ".html" not in own(after)
    assert len(own(after)) == len(BASES) - 1
    assert verified(after, "--since", str(before)).returncode == 0
    with pytest.raises(Refused) as caught:
        page_of(house, "003")
    assert caught.value.findings[0].rule == "erased"


def test_the_public_has_neither_pages_of_dues_nor_the_statements_of_members(
    shown: tuple[House, Path], house: House, tmp_path: Path
) -> None:
    keep(house)
    published(house, tmp_path / "public", "public")
    assert own(tmp_path / "public") == []
    mine = {path.name for path in shown[1].rglob("packs/**/*.json")}
    theirs = {path.name for path in (tmp_path / "public").rglob("packs/**/*.json")}
    assert mine - theirs == {"dues-collection-2026-01.json"}
    assert theirs <= mine


def test_members_read_where_dues_went_and_sums_that_the_public_roll_has(house: House) -> None:
    statements = {one.name: one for one in built(house).statements}
    use = {line.code: line.cells for line in statements["dues-use"].lines}
    assert [str(cell) for cell in use["501"]] == ["60.00 CNY", "60.00 CNY"]
    roll, collected = statements["dues-roll"], statements["dues-collection"]
    total = next(line for line in roll.lines if line.style == "total" or len(roll.lines) == 1)
    (line,) = collected.lines
    assert line.cells[:4] == total.cells
    assert line.cells[0] == len(BASES)


def test_who_may_not_record_is_told_no_address(house: House) -> None:
    for user in (house.checker, house.reader, house.administrator):
        with pytest.raises(NotAllowed):
            dues_page(house.registry, UNIT, "001", user, house.now)
    with pytest.raises(Refused) as caught:
        page_of(house, "099")
    assert caught.value.findings[0].rule == "no-member"


def test_that_an_address_was_told_is_kept_without_the_address(house: House) -> None:
    page = page_of(house, "002")
    with house.registry.read() as conn:
        (act,) = [one for one in oplog.entries(conn, UNIT) if one.action == "dues.page"]
    assert (act.object, act.user) == (numbered(house, "002").id, house.maker.id)
    assert page.token not in str(act)


def settle(house: House, text: str) -> None:
    path = house.registry.folder / settings.SETTINGS
    path.write_text(path.read_text() + text)


def test_the_command_tells_the_address_where_the_settings_name_the_site(
    house: House, tmp_path: Path
) -> None:
    def run(*more: object) -> Any:
        return mingbai(
            "dues", "page", house.registry.folder, "--unit", UNIT, "001", *more, "--user", "zhou",
            MINGBAI_PASSWORD=PASSWORD,
        )  # fmt: skip

    token = page_of(house, "001").token
    found = run()
    assert found.status == 0 and f"my/{token}.html" in found.out
    settle(house, '\n[members]\naddress = "https://members.example/qinghe/"\n')
    address = f"https://members.example/qinghe/my/{token}.html"
    slip = tmp_path / "slip.pdf"
    found = run("--json", "-o", slip)
    assert found.json["address"] == address and found.json["code"] == token
    assert address.encode() in slip.read_bytes()


@pytest.mark.parametrize(
    "address",
    [
        "members.example", "ftp://members.example", "https://u:p@members.example",
        "https://members.example/?q=1", "https://members.example/a b", "javascript:alert(1)",
        "https://members.example/" + "a" * 120, "https://members.example/#top",
    ],
)  # fmt: skip
def test_what_is_no_address_of_a_site_is_refused_with_its_place(house: House, address: str) -> None:
    settle(house, f'\n[public]\naddress = "{address}"\n')
    with pytest.raises(CannotRun) as caught:
        settings.read_settings(house.registry.folder)
    assert caught.value.findings[0].rule == "bad-address"
    assert address not in str(caught.value)


def test_settings_with_addresses_are_written_as_they_are_read(tmp_path: Path) -> None:
    mine = settings.FederationSettings(
        "qinghe", "青禾", "", "sqlite:///x", "k", "https://a.example", "http://b.example:8080/m"
    )
    settings.write_settings(tmp_path / settings.SETTINGS, mine)
    assert settings.read_settings(tmp_path) == mine


def test_names_of_pages_do_not_change(house: House) -> None:
    assert gift_token(bytes(32)) == "2rzbtuv5bemm6uhjypf5ulkmrt"
    assert address_of("", "x") == ""
    page = page_of(house, "001")
    assert draw_slip("小河", page, DAY, of_dues=True) == draw_slip("小河", page, DAY, of_dues=True)


def test_a_receipt_says_where_to_read_ones_dues_only_where_the_settings_do(house: House) -> None:
    with house.registry.read() as conn:
        row = receipts.of_unit(conn, UNIT, 2026)[0]
    _, page = receipt_page(house.registry, row, house.maker, house.now)
    assert page.follow == ""
    plain = draw_receipt(page)
    assert b"/URI" not in plain
    settle(house, '\n[members]\naddress = "https://members.example"\n')
    again = Registry.open(house.registry.folder)
    _, page = receipt_page(again, row, house.maker, house.now)
    again.close()
    token = dues_token(house.registry.vault, row.member)
    assert page.follow == f"https://members.example/my/{token}.html"
    assert page.follow.encode() in draw_receipt(page)


def test_the_roll_is_held_against_the_sums_of_the_published_book(
    shown: tuple[House, Path],
) -> None:
    """The book tells of six together; if it told of five, the roll would tell of the sixth."""
    house, _ = shown
    found = built(house)
    source = known_source(house.registry, UNIT, "dues-roll", JANUARY)
    with_book = with_sums(source, found.book, found.sealed)
    assert with_book.dues is not None
    ((month, figure),) = with_book.dues.told
    assert (month, len(figure.members)) == (Month(2026, 1), 6)
    assert figure.fen == sum(fen for _, fen in figure.unknowns)
    assert PublicRoll(with_book).of("union-member", month).total.paid == figure.fen
    five = dict(list(figure.unknowns.items())[:5])
    less = replace(figure, members=frozenset(who for who, _ in five), unknowns=five)
    dues = replace(with_book.dues, told=((month, less),))
    total = PublicRoll(replace(source, dues=dues)).of("union-member", month).total
    assert (total.paid, total.owed) == (None, None)
