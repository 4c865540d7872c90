"""Consent drives every name: of donors on the site's pages, and in no file of a pack."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

import pytest

from ledger.closing import close_month
from ledger.disclosing.own_addresses import gift_page
from ledger.errors import CannotRun, NotAllowed, Refused, Words
from ledger.gifts import donors as entering
from ledger.gifts import receipting
from ledger.gifts.published import PublishedCampaign, all_published
from ledger.period import Month, Period
from ledger.registry import Registry, oplog
from ledger.registry.donors import MASKED, NAMED, UNNAMED
from ledger.registry.settings import SETTINGS
from ledger.sealing import acting
from reports.gift_receipts import receipt_pages
from reports.packs import keeping, publication, site_gifts
from reports.packs.scanning import Scanner
from reports.pdf.gift_receipt import draw_gift_receipts
from reports.site import model, opening, writing
from tests.gifts import planted
from tests.gifts.giving import NOW, UNIT, Giving, begin
from tests.packs.test_packs import verified

MARCH = Period.parse("2026-03")
DAY = date(2026, 3, 2)
#: Donors' names, which no text of the program has: three want to be named, two masked, one nothing.
CONSENTS = (NAMED, NAMED, NAMED, MASKED, MASKED, UNNAMED)
PEOPLE = tuple(zip(planted.NAMES[:: len(planted.NAMES) // 6], CONSENTS, strict=False))
COMPANY = planted.NAMES[777] + "有限公司"


@dataclass
class Lived:
    """A campaign with gifts of six persons and a company; its month closed and sealed."""

    giving: Giving
    campaign: str
    donors: dict[str, str]
    gifts: dict[str, str]
    loose: str

    @property
    def registry(self) -> Registry:
        return self.giving.registry

    def copied(self, folder: Path) -> Lived:
        shutil.copytree(self.registry.folder, folder)
        return replace(self, giving=replace(self.giving, registry=Registry.open(folder)))

    def publish(self, out: Path, audience: str = "public") -> Path:
        found = publication.gather(self.registry, MARCH, audience)
        keeping.publish(self.registry, list(found.turns.values()), self.giving.maker, NOW)
        publication.write(self.registry, found, MARCH, audience, out)
        return out

    def page(self, name: str) -> str:
        maker = self.giving.maker
        return gift_page(self.registry, UNIT, self.gifts[name], maker, NOW).path

    def site(self, out: Path) -> str:
        """The text of the campaign's page."""
        return (out / "u" / UNIT / "campaigns" / f"{self.campaign}.html").read_text()


@pytest.fixture(scope="session")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    folder = tmp_path_factory.mktemp("gift-pages") / "federation"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        giving = begin(folder, opened=date(2026, 3, 1))
        row = giving.campaign()
        who = {name: giving.donor(name, consent=consent) for name, consent in PEOPLE}
        who[COMPANY] = giving.donor(COMPANY, kind="company", consent=NAMED)
        codes = {
            name: giving.give("100.00", DAY, campaign=row.code, donor=one)
            for name, one in who.items()
        }
        loose = giving.give("9.00", DAY, fund="F01", donor=who[COMPANY])
        giving.spend("350.00", row.fund, date(2026, 3, 20))
        receipting.give_all(giving.registry, UNIT, MARCH, giving.maker, NOW)
        close_month(giving.registry, UNIT, Month(2026, 3), giving.maker, NOW)
        acting.seal_month(giving.registry, UNIT, Month(2026, 3), giving.maker, NOW)
    giving.registry.close()
    return Lived(giving, row.code, who, codes, loose)


@pytest.fixture
def world(lived: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Lived]:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    made = lived.copied(tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture(scope="session")
def first(lived: Lived, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The first publication; looked at only."""
    folder = tmp_path_factory.mktemp("gift-pages-first")
    made = lived.copied(folder / "federation")
    out = made.publish(folder / "out")
    made.registry.close()
    return out


def test_the_site_names_whom_consent_names_and_no_other(lived: Lived, first: Path) -> None:
    page = lived.site(first)
    for name, consent in PEOPLE:
        assert (name in page) == (consent == NAMED)
    assert COMPANY in page


@pytest.mark.parametrize("audience", ["public", "members"])
def test_no_file_of_a_pack_holds_a_donors_name_also_of_who_wants_to_be_named(
    world: Lived, tmp_path: Path, audience: str
) -> None:
    out = world.publish(tmp_path / "out", audience)
    assert planted.in_folder(out / "u") != []
    assert list((out / "packs").rglob("*.pdf"))
    assert planted.in_folder(out / "packs") == []
    assert planted.in_folder(world.registry.folder / keeping.FOLDER) == []


def test_who_takes_the_consent_back_is_gone_from_the_next_publication(
    world: Lived, first: Path, tmp_path: Path
) -> None:
    world.publish(tmp_path / "first")
    (name, _), maker = PEOPLE[0], world.giving.maker
    entering.change_consent(
        world.registry, UNIT, world.donors[name], UNNAMED, b"letter", "letter.txt", maker, NOW
    )
    out = world.publish(tmp_path / "next")
    assert name in world.site(first)
    assert not [path for path in out.rglob("*") if path.is_file() and name in _text(path)]
    assert (out / world.page(name)).is_file()
    same = (out / "packs" / UNIT).rglob("SHA256SUMS")
    for path in same:
        assert path.read_bytes() == (first / path.relative_to(out)).read_bytes()


def test_who_was_erased_is_gone_with_the_page_of_the_gift_and_books_stay_valid(
    world: Lived, first: Path, tmp_path: Path
) -> None:
    world.publish(tmp_path / "first")
    name = PEOPLE[1][0]
    page = world.page(name)
    done = world.giving.run(
        "donors", "erase", world.donors[name], "--reason", "本人要求", user="admin"
    )
    assert done.status == 0, done.err
    out = world.publish(tmp_path / "next")
    assert (first / page).is_file() and name in world.site(first)
    assert not (out / page).exists()
    assert not [path for path in out.rglob("*") if path.is_file() and name in _text(path)]
    assert len(own(out)) == len(own(first)) - 1
    found = verified(out, "--since", str(first))
    assert found.returncode == 0, found.stdout
    with pytest.raises(Refused) as caught:
        world.page(name)
    assert caught.value.findings[0].rule == "erased"


def _text(path: Path) -> str:
    return path.read_bytes().decode(errors="replace")


def own(out: Path) -> list[str]:
    return sorted(path.name for path in (out / "my").iterdir() if path.name != "index.html")


def test_the_address_that_the_command_tells_is_the_one_that_the_receipt_leads_to(
    world: Lived, first: Path
) -> None:
    name = PEOPLE[0][0]
    told = world.giving.run("gift", "page", world.gifts[name], "--json")
    assert told.json["path"] == world.page(name) and told.json["address"] == ""
    page = (first / told.json["path"]).read_text()
    assert world.gifts[name] in page
    opening = re.search(r"MB1\|[^<\s]+", page)
    assert opening is not None  # its own proof, which its receipt has too
    assert len(own(first)) == len(world.gifts)


def test_a_gift_without_a_campaign_has_no_page_and_says_so(world: Lived) -> None:
    maker = world.giving.maker
    with pytest.raises(Refused) as caught:
        gift_page(world.registry, UNIT, world.loose, maker, NOW)
    assert caught.value.findings[0].rule == "no-page"
    with pytest.raises(CannotRun):
        gift_page(world.registry, UNIT, "JZ2026-9999-9", maker, NOW)


def test_who_may_not_know_donors_is_told_no_address_and_who_was_told_is_kept(world: Lived) -> None:
    code = next(iter(world.gifts.values()))
    with pytest.raises(NotAllowed):
        gift_page(world.registry, UNIT, code, world.giving.reader, NOW)
    page = gift_page(world.registry, UNIT, code, world.giving.checker, NOW)
    with world.registry.read() as conn:
        (act,) = [one for one in oplog.entries(conn, UNIT) if one.action == "gift.page"]
    assert (act.object, act.user) == (code, world.giving.checker.id)
    assert page.token not in str(act)


def test_a_receipt_says_where_to_follow_the_gift_only_where_the_settings_do(world: Lived) -> None:
    def printed(registry: Registry) -> dict[str, str]:
        with_codes = receipting.give_all(registry, UNIT, MARCH, world.giving.maker, NOW)
        pages = receipt_pages(registry, UNIT, with_codes, world.giving.maker, NOW)
        drawn = draw_gift_receipts(pages)
        found = {page.gift: page.follow for page in pages}
        for address in found.values():
            assert address.encode() in drawn
        assert (b"/URI" in drawn) == any(found.values())
        return found

    assert set(printed(world.registry).values()) == {""}
    path = world.registry.folder / SETTINGS
    path.write_text(path.read_text() + '\n[public]\naddress = "https://open.example/qinghe"\n')
    again = Registry.open(world.registry.folder)
    told = printed(again)
    again.close()
    assert told.pop(world.loose) == ""
    assert told == {
        code: f"https://open.example/qinghe/{world.page(name)}"
        for name, code in world.gifts.items()
    }


def test_what_waits_is_told_without_amount_or_number(lived: Lived, first: Path) -> None:
    """The six persons stand in one sum; had one given alone to another fund, that would wait."""
    (pack,) = first.rglob("packs/**/pack.json")
    assert json.loads(pack.read_bytes())["held"] is False
    assert "待下次公开" not in (first / "u" / UNIT / "index.html").read_text()


def test_money_of_one_person_waits_and_every_statement_of_the_book_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.clock.now", lambda: NOW)
    giving = begin(tmp_path / "federation", opened=date(2026, 3, 1))
    code = giving.give("123.45", DAY, fund="F02", donor=giving.donor(PEOPLE[0][0]))
    close_month(giving.registry, UNIT, Month(2026, 3), giving.maker, NOW)
    acting.seal_month(giving.registry, UNIT, Month(2026, 3), giving.maker, NOW)
    world = Lived(giving, "", {}, {}, code)
    out = world.publish(tmp_path / "out")
    (pack,) = out.rglob("packs/**/pack.json")
    assert json.loads(pack.read_bytes())["held"] is True
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance"):
        told = json.loads((pack.parent / f"{name}-2026-03.json").read_bytes())
        assert json.dumps(told["notes"], ensure_ascii=False).count("少于五人的款项待下次公开") == 1
    assert "少于五人的款项待下次公开" in (out / "u" / UNIT / "index.html").read_text()
    # The law wants each gift told by itself; nothing else says what waits.
    told = [path for path in out.rglob("*") if path.is_file() and "123.45" in _text(path)]
    assert not [path for path in told if "gift-disclosure" not in path.name]
    assert verified(out).returncode == 0
    giving.registry.close()


# ---- what follows from the published book ------------------------------------------------------


def shown_of(world: Lived) -> site_gifts.Shown:
    found = publication.gather(world.registry, MARCH, "public")
    (row,) = [one for one in found.rows if one.id == UNIT]
    return site_gifts.Shown(world.registry, row, found.turns[UNIT].built, Scanner(world.registry))


def test_a_campaign_tells_what_follows_from_the_published_book_and_no_more(world: Lived) -> None:
    shown = shown_of(world)
    (one,) = site_gifts.campaigns_of(shown)
    assert (one.raised, one.used, one.held, one.untraced) == (70000, 35000, 35000, 0)
    assert {gift.came for gift in one.gifts} == {10000}
    assert all(gift.uses for gift in one.gifts if gift.used)
    assert sum(gift.used or 0 for gift in one.gifts) == 35000
    # Each gift of a person leads to the sum of gifts; the company's is a row.
    assert all(gift.brought for gift in one.gifts)
    # The spending is not in the published book: nobody reads what it took from whom.
    book = replace(shown.built.book, rows=())
    lines = tuple(
        replace(
            made, lines=tuple(x for x in made.lines if not x.code.endswith((".used", ".held")))
        )
        for made in shown.built.statements
        if made.name == "campaign"
    )  # fmt: skip
    held = replace(shown, built=replace(shown.built, book=book, statements=lines))
    (other,) = site_gifts.campaigns_of(held)
    assert (other.raised, other.used, other.held, other.untraced) == (70000, None, None, None)
    assert (other.coverage, other.progress) == ("", one.progress)
    by_code = {gift.code: gift.used for gift in one.gifts}
    used = [gift for gift in other.gifts if by_code[gift.code]]
    assert used
    assert all((x.used, x.held, x.state, x.uses) == (None, None, "", ()) for x in used)
    # What a page of one's own says stays: who has its receipt reads it.
    assert [page.gift.used for page in site_gifts.my_gifts(held)] == [
        page.gift.used for page in site_gifts.my_gifts(shown)
    ]


def test_what_is_not_told_of_a_campaign_is_blank_on_its_page(world: Lived) -> None:
    shown = shown_of(world)
    (one,) = site_gifts.campaigns_of(shown)
    gifts = tuple(replace(gift, used=None, held=None, state="", uses=()) for gift in one.gifts)
    budget = tuple(replace(line, spent=None) for line in one.budget)
    blank = replace(one, used=None, held=None, untraced=None, gifts=gifts, budget=budget)
    site = model.Site(
        "f", Words("联合会", ""), "2026-03", MARCH.start, MARCH.last, MARCH.last, model.PUBLIC,
        (model.Unit(UNIT, Words("工会", ""), Words("", ""), None, Words("", ""),
                    campaigns=(blank,)),),
    )  # fmt: skip
    files = dict(writing.render_site(site))
    page = files[f"u/{UNIT}/campaigns/{world.campaign}.html"].decode()
    assert "350.00" not in page
    assert "700.00" in page
    assert not list(opening.shut(files.items()))


def test_a_units_campaigns_are_gathered_once_for_its_pages(
    world: Lived, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def counted(registry: Registry, unit: str, on: date) -> list[PublishedCampaign]:
        asked.append(unit)
        return all_published(registry, unit, on)

    monkeypatch.setattr(site_gifts, "all_published", counted)
    world.publish(tmp_path / "out")
    assert asked == [UNIT]
