"""Ten thousand donors' names are looked for in everything that is written: none is there.

Gifts come by the bank, over the counter and by a platform's list, are spent, handed out, refunded
and released; people make mistakes with names in their words; statements are drawn in every form.
Whatever was written or said is searched to the byte, the registry's own file and copies included.
"""

from __future__ import annotations

import io
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

import pytest

from importers import staging
from importers.donors import enter_donor_list
from importers.expected import enter_gifts
from importers.gift_list import targets
from importers.read import read_bytes
from ledger import checking, workflow
from ledger.cli import acting
from ledger.cli.demo.files import icbc
from ledger.cli.demo.month import Movement
from ledger.errors import LedgerError, Words
from ledger.gifts.donors import erase
from ledger.gifts.given import Given
from ledger.gifts.recording import record
from ledger.gifts.releasing import release
from ledger.money import Money, yuan
from ledger.period import Period
from ledger.registry import donors, drafts, imports, oplog, users
from ledger.registry.campaigns import CampaignRow
from reports.render import FORMATS, render
from reports.sources import known_source
from reports.statements.catalogue import STATEMENTS, build
from tests.cli.command import mingbai
from tests.gifts import planted
from tests.gifts.giving import NOW, UNIT, Giving, begin

COUNT = len(planted.NAMES)
_HEAD = "捐赠人编号,捐赠人类别,捐赠人,证件号或信用代码,手机,境内境外,公开方式,关联方"
_NUMBER = "6200000000000000018"
_DAY = date(2026, 3, 2)


@dataclass
class Lived:
    """The unit after all of it, and what was printed; ``outside`` is where reports were laid."""

    giving: Giving
    outside: Path
    said: list[str] = field(default_factory=list)

    def told(self, *words: object, user: str = "zhou") -> int:
        """Run a command about the unit, and keep what it prints."""
        done = self.giving.run(*words, user=user)
        self.said.append(done.said)
        return done.status


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    folder = tmp_path_factory.mktemp("planted")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ledger.clock.now", lambda: NOW)
        one = Lived(begin(folder / "federation"), folder / "outside")
        one.outside.mkdir()
        _live(one)
        yield one
        one.giving.registry.close()


def _live(one: Lived) -> None:
    giving = one.giving
    known = _enter_everybody(giving)
    campaign = giving.campaign()
    _over_the_counter(giving, campaign, known)
    expected = _announced(giving, campaign, known)
    _by_platform(giving, campaign)
    _by_bank(giving, expected)
    _afterwards(one, campaign, known)
    _mistaken(one, campaign, known)
    _drawn(one)


# ---- what happens ------------------------------------------------------------------------------


def _enter_everybody(giving: Giving) -> list[str]:
    """All of them by one list, as a treasurer enters it; their ids."""
    rows = [
        f",个人,{name},ID{place:06d},,境内,{('实名', '隐名', '匿名')[place % 3]},否"
        for place, name in enumerate(planted.NAMES)
    ]
    data = "\n".join(["单位名称,爱心会", "", _HEAD, *rows]).encode()
    done = enter_donor_list(giving.registry, UNIT, data, "donors.csv", giving.maker, giving.now)
    assert len(done.fresh) == COUNT == 10_000
    return [id for _, id in done.fresh]


def _approve(giving: Giving) -> None:
    waits = [row.id for row in workflow.waiting(giving.registry, UNIT)]
    workflow.approve_many(giving.registry, UNIT, waits, giving.checker, giving.now)


def _over_the_counter(giving: Giving, campaign: CampaignRow, known: list[str]) -> None:
    for place in range(40):
        given = Given(
            UNIT, "cash", known[place], _DAY, Money(10_00 + place), campaign.code,
            money=giving.bank,
        )  # fmt: skip
        record(giving.registry, given, giving.maker, giving.now)
    _approve(giving)


def _announced(giving: Giving, campaign: CampaignRow, known: list[str]) -> list[tuple[str, Money]]:
    """Gifts that will come by the bank, whose statement names who paid."""
    expected = []
    for place in range(100, 160):
        amount = Money(50_00 + place)
        given = Given(UNIT, "cash", known[place], _DAY, amount, campaign.code)
        row = record(giving.registry, given, giving.maker, giving.now).row
        expected.append((row.code, amount))
    return expected


def _by_platform(giving: Giving, campaign: CampaignRow) -> None:
    rows = [
        f"GY{place:05d},2026-03-{place % 20 + 1:02d},{planted.NAMES[1000 + place]},个人,,"
        f"{('实名', '隐名', '匿名')[place % 3]},20.00,0.12,19.88"
        for place in range(300)
    ]
    text = [
        "单位名称,爱心会", "清单编号,", "平台,示例公益平台", "募捐项目,防汛", "结算日期,2026-03-22",
        "", "订单号,捐赠日期,捐赠人,捐赠人类别,捐赠人编号,公开方式,捐赠金额,平台费用,到账金额",
        *rows,
    ]  # fmt: skip
    data = "\n".join(text).encode()
    to, fee = targets(giving.registry, UNIT, campaign.code, giving.maker, giving.now)
    enter_gifts(giving.registry, UNIT, data, "gifts.csv", to, fee, giving.maker, giving.now)


def _by_bank(giving: Giving, expected: list[tuple[str, Money]]) -> None:
    with giving.registry.write() as conn:
        row = imports.MoneyAccount(UNIT, giving.bank, "bank", "Basic", _NUMBER, "F01")
        imports.add_account(conn, giving.registry.vault, row)
    held, rows = Money(0), []
    for place, (code, amount) in enumerate(expected):
        name = planted.NAMES[100 + place]
        memo = f"捐赠 {code}" if place % 3 else f"{name}捐款"  # nobody knows what that is
        at = datetime(2026, 3, 3, 9) + timedelta(minutes=place)
        held += amount
        rows.append((Movement(at, amount, "转账", name, memo), held))
    data = icbc(rows, _NUMBER)
    staging.import_statement(
        giving.registry, UNIT, read_bytes(data, "bank.csv"), data, giving.maker, giving.now,
        account=giving.bank,
    )  # fmt: skip
    _approve(giving)


def _afterwards(one: Lived, campaign: CampaignRow, known: list[str]) -> None:
    giving = one.giving
    goods = giving.record(
        kind="goods", donor=known[5], campaign=campaign.code, amount=yuan("90.00"), quantity="9",
        measure="条", basis="invoice", paper=f"{planted.NAMES[5]} 赠".encode(), paper_name="p.txt",
    )  # fmt: skip
    giving.approve(goods.draft)
    assert one.told("gift", "give", goods.row.code, "--quantity", "4", "--on", "2026-04-02",
                    "--purpose", "受灾户", "--expense", giving.account("5101")) == 0  # fmt: skip
    back = giving.give("25.00", campaign=campaign.code, donor=known[6])
    assert one.told("gift", "refund", back, "--amount", "25.00", "--money", giving.bank,
                    "--on", "2026-04-03") == 0  # fmt: skip
    _approve(giving)
    giving.spend("300.00", campaign.fund, date(2026, 4, 4))
    release(giving.registry, UNIT, campaign.fund, date(2026, 6, 1), giving.maker, giving.now)
    _approve(giving)
    with giving.registry.read() as conn:
        admin = next(user for user in users.all_users(conn) if user.login == "admin")
    erase(giving.registry, UNIT, known[9_999], "本人要求", admin, giving.now)


def _mistaken(one: Lived, campaign: CampaignRow, known: list[str]) -> None:
    """What people do with names that is refused, each with a message."""
    giving, name, folder = one.giving, planted.NAMES[7], one.outside / "typed"
    folder.mkdir()
    where = ("--campaign", campaign.code, "--on", "2026-04-05", "--amount", "5.00")
    money = ("--money", giving.bank)
    lists = {
        "again.csv": f",个人,{name},,,境内,实名,否",
        "kind.csv": f",个人,{name}例,,,月球,实名,否",
        "twice.csv": f",个人,{name},A1,,境内,匿名,否\n,个人,{name},A1,,境内,匿名,否",
        "other.csv": f"{known[8]},个人,{name},,,境内,实名,否",
    }
    for file, rows in lists.items():
        (folder / file).write_text(f"单位名称,爱心会\n\n{_HEAD}\n{rows}\n", encoding="utf-8")
    paper = folder / "paper.txt"
    paper.write_text(f"{name} 同意", encoding="utf-8")
    refused = [
        *(("donors", "import", folder / file) for file in lists),
        ("gift", "record", "--kind", "cash", "--donor", name, *where, *money),
        ("gift", "record", "--kind", "cash", "--donor", known[7], *where, *money,
         "--purpose", f"为{name}"),
        ("gift", "record", "--kind", "memo", "--donor", known[7], "--campaign", campaign.code,
         "--on", "2026-04-05", "--purpose", f"{name}的旧书"),
        ("gift", "refund", "JZ2026-0001-3", "--amount", "1.00", *money, "--on", "2026-04-05",
         "--decision", f"{name}来函"),
        ("gift", "change", "JZ2026-0001-3", "--fund", "F02", "--on", "2026-04-05", "--purpose",
         f"{name}同意", "--paper", paper),
        ("gift", "record", "--kind", "cash", "--donor", known[7], "--campaign", name, "--on",
         "2026-04-05", "--amount", "5.00", "--money", name),
        ("gift", "record", "--kind", "cash", "--donor", known[7], "--fund", name, "--on",
         "2026-04-05", "--amount", "5.00", "--money", name),
        ("gift", "release", "--fund", name, "--on", "2026-04-05"),
        ("gift", "trace", name), ("gift", "void", "JZ2026-0001-3", "--reason", name),
        ("campaign", "open", "--name", f"{name}助学", "--purpose", "助学", "--start",
         "2026-04-01", "--rule", "fifo"),
        ("campaign", "close", campaign.code, "--on", "2026-06-01", "--decision", name,
         "--leftover", name),
    ]  # fmt: skip
    for words in refused:
        assert one.told(*words) != 0, words
        assert "[usage]" not in one.said[-1], one.said[-1]
    plain = giving.record(campaign=campaign.code, donor=known[7], amount=yuan("3.00"),
                          money=giving.bank)  # fmt: skip
    workflow.send_back(giving.registry, plain.draft, giving.checker, giving.now, "金额不对")
    shutil.rmtree(folder)  # what was typed is the typist's own


def _drawn(one: Lived) -> None:
    """Statements of the year and of a month, in every form; what commands print; a copy of all."""
    registry = one.giving.registry
    for period in (Period.parse("2026-03"), Period.parse("2026")):
        for name in STATEMENTS:
            try:
                statement = build(name, known_source(registry, UNIT, name, period), period)
            except LedgerError as fault:
                one.said.append(str(fault))
                continue
            for form, ending in FORMATS.items():
                if form != "pdf" or name in ("journal", "operation-log", "funds"):
                    path = one.outside / f"{name}-{period}{ending}"
                    path.write_bytes(render(statement, form))
    for words in (
        ("donors", "list"), ("donors", "list", "--json"), ("gift", "list"),
        ("gift", "list", "--json"), ("campaign", "list"), ("campaign", "list", "--json"),
        ("gift", "trace", "JZ2026-0001-3"), ("gift", "trace", "JZ2026-0001-3", "--json"),
    ):  # fmt: skip
        assert one.told(*words) == 0, words
    acting.log_in(registry, one.giving.reader, NOW)
    # The inbox is left out: it shows who settles a bank's line what the bank wrote.
    for command in ("log", "check"):
        done = mingbai(command, registry.folder)
        assert done.status == 0, done.said
        one.said.append(done.said)
    backup = sqlite3.connect(registry.folder / "registry.db")
    backup.execute("VACUUM INTO ?", (str(one.outside / "backup.db"),))
    backup.close()


# ---- what is found -----------------------------------------------------------------------------


def test_no_name_stands_in_any_file_that_was_written(lived: Lived) -> None:
    registry = lived.giving.registry
    assert (registry.folder / "registry.db").stat().st_size > 5_000_000
    assert planted.in_folder(registry.folder) == []
    assert len(list(lived.outside.glob("*.xlsx"))) > 20
    assert list(lived.outside.glob("*.pdf"))
    # What is published names those who consent to it, and nothing else that was written does.
    found = planted.in_folder(lived.outside)
    assert {name.rpartition("-2026")[0] for name in found} == {"campaign", "gift-disclosure"}
    with registry.read() as conn:
        rows = [row for row in donors.of_unit(conn, UNIT) if row.consent == donors.NAMED]
        consenting = set(donors.names(conn, registry.vault, rows).values())
    for name in found:
        if not name.endswith(".xlsx"):
            said = planted.in_text((lived.outside / name).read_text(encoding="utf-8"))
            assert said and consenting.issuperset(said), name


def test_no_name_was_printed(lived: Lived) -> None:
    said = "\n".join(lived.said)
    for rule in ("name-in-text", "donor-row", "no-donor", "no-gift", "bad-gift", "no-campaign"):
        assert f"[{rule}]" in said, rule
    assert planted.in_text(said) == []


def test_no_draft_and_no_act_of_the_log_holds_a_name(lived: Lived) -> None:
    with lived.giving.registry.read() as conn:
        rows = [
            row
            for state in (drafts.WAITING, drafts.POSTED, drafts.WITHDRAWN, drafts.RETURNED)
            for row in drafts.in_states(conn, UNIT, [state])
        ]
        acts = [f"{act.action} {act.object} {act.detail}" for act in oplog.entries(conn)]
    assert len(rows) > 80 and len(acts) > 100
    assert planted.in_text("\n".join([*(row.payload for row in rows), *acts])) == []


def test_the_registry_knows_them_all_the_same(lived: Lived) -> None:
    """They are sealed, not lost: but for the one who was erased."""
    registry = lived.giving.registry
    with registry.read() as conn:
        found = donors.names(conn, registry.vault, donors.of_unit(conn, UNIT))
    known = set(found.values()) & set(planted.NAMES)
    assert known == set(planted.NAMES[:-1])
    assert checking.check_unit(registry, UNIT) == []


# ---- the search itself -------------------------------------------------------------------------


@pytest.mark.parametrize("place", [0, 4_321, 9_999])
def test_a_name_that_is_planted_is_found_however_it_is_written(
    lived: Lived, place: int, tmp_path: Path
) -> None:
    name = planted.NAMES[place]
    text = f"捐赠人 {name}，感谢"
    for encoding in ("utf-8", "gb18030", "utf-16", "utf-16-be"):
        assert planted.in_bytes(b"\x00\xff" + text.encode(encoding))
    for escaped in (json.dumps(text), quote(text), "".join(f"&#{ord(char)};" for char in name)):
        assert planted.in_bytes(escaped.encode())
    book = tmp_path / "book"
    shutil.copytree(lived.giving.folder, book)
    assert planted.in_folder(book) == []
    with (book / "2026/03.bean").open("a", encoding="utf-8") as file:
        file.write(f'; "{name}"\n')
    assert planted.in_folder(book) == ["2026/03.bean"]


def test_a_name_in_a_workbook_a_drawing_or_a_database_is_found(
    lived: Lived, tmp_path: Path
) -> None:
    name = planted.NAMES[77]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("xl/sharedStrings.xml", f"<si><t>{name}</t></si>")
    assert planted.in_bytes(packed.getvalue())
    registry, period = lived.giving.registry, Period.parse("2026-03")
    statement = build("funds", known_source(registry, UNIT, "funds", period), period)
    titled = replace(statement, title=Words(f"{name}专项", "A fund"))
    assert planted.in_bytes(render(titled, "pdf"))
    copy = tmp_path / "copy.db"
    shutil.copyfile(lived.outside / "backup.db", copy)
    assert planted.in_folder(tmp_path) == []
    database = sqlite3.connect(copy)
    database.execute("UPDATE operation SET detail = ? WHERE id = 5", (name,))
    database.commit()
    database.close()
    assert planted.in_folder(tmp_path) == ["copy.db"]
