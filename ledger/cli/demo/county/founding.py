"""The county is founded: its users, and a unit's book with accounts, funds and what it begins with.

Three people keep and check every book: they have their roles below the root of the tree.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from ledger import workflow
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.start import DUES, PUBLICITY, SPORTS, SURPLUS
from ledger.clock import CHINA
from ledger.entry import Draft, Posting
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.journal import open_pen
from ledger.money import Money, yuan
from ledger.registry import Registry, User, dues_schemes, entries, imports, users
from ledger.registry.dues_schemes import SchemeRow
from ledger.rules import rulebook
from ledger.transfers.entering import set_target
from ledger.tree.changing import Standing, set_standing

BANK: Final = "Assets:102-银行存款:01-基本户"
COLLECTING: Final = "Assets:102-银行存款:02-会费户"
UPPER: Final = "Liabilities:211-应付上级经费:01-上级工会"
LEVY: Final = "Income:402-拨缴经费收入"
GRANT: Final = "Income:403-上级补助收入:01-一般性转移支付补助"
DOWN: Final = "Expenses:508-补助下级支出:01-一般性转移支付补助"
PASSWORD: Final = "mingbai-demo"  # noqa: S105
RULE: Final = "union-member"
_LIMIT: Final = yuan("50000.00")
_OPENING: Final = {"F01": yuan("8000.00"), "F02": yuan("60000.00"), "F03": yuan("5000.00")}
_FUNDS: Final = (
    ("F01", "会费", "Dues", "none"),
    ("F02", "拨缴经费", "Levy", "none"),
    ("F03", "补助", "Grants", "none"),
)
_LOGINS: Final = (
    ("zhou", "shi/", "treasurer"),
    ("lin", "shi/", "checker"),
    ("gao", "shi/", "checker"),
    ("shen", "*", "auditor"),
)


def begin(target: Path, county: County, url: str) -> Registry:
    """The federation's folder with an administrator, and nothing else."""
    said = county.data["federation"]
    registry = Registry.create(
        target, id=said["id"], name=said["name"], name_en=said["name_en"], url=url
    )
    local = target / rulebook.FOLDER / "dues.toml"
    local.parent.mkdir(exist_ok=True)
    local.write_text(higher_dues(), encoding="utf-8")
    with registry.write() as conn:
        users.add(
            conn, login="admin", password=PASSWORD,
            roles=frozenset({(users.EVERYWHERE, "administrator")}),
            now=datetime(YEAR, 1, 1, 8, tzinfo=CHINA),
        )  # fmt: skip
    return registry


def higher_dues() -> str:
    """The federation's own table: the shipped one with another rate from 1 July on."""
    shipped = Path(rulebook.__file__).parent / "data" / "union.toml"
    first = shipped.read_text(encoding="utf-8").split("[[table]]")[1]
    return "[[table]]" + (
        first.replace('id = "union-dues"', 'id = "higher-dues"')
        .replace('version = "1978"', 'version = "2026"')
        .replace("issued = 1978-11-13", "issued = 2026-05-01")
        .replace("effective_from = 1978-11-13", f"effective_from = {YEAR}-07-01")
        .replace('rate = "0.005"', 'rate = "0.006"')
    )


def enter_users(registry: Registry, now: datetime) -> None:
    """Those who keep and check the books: once the root is there, they are for all below it."""
    with registry.write() as conn:
        for login, where, role in _LOGINS:
            users.add(
                conn, login=login, password=PASSWORD, roles=frozenset({(where, role)}), now=now
            )


def people(registry: Registry) -> dict[str, User]:
    """Every user by login, with rights over the units that there are by now."""
    with registry.read() as conn:
        return {user.login: user for user in users.all_users(conn)}


def found_book(registry: Registry, place: Place, number: int, admin: User, now: datetime) -> None:
    """Found one unit: where it stands, its accounts and funds."""
    chart = "union-2021-basic" if place.is_basic else "union-2021-county"
    found_unit(
        registry,
        Founding(
            place.id, place.name, chart, place.opened, _LIMIT, name_en=place.name_en,
            upper=place.upper,
        ),
        now,
    )  # fmt: skip
    standing = Standing(level=place.level, regions=place.regions)
    set_standing(registry, place.id, standing, admin, now)
    names = [(BANK, "Basic account"), (UPPER, "Due to the upper union")]
    if place.is_basic:
        names.append((COLLECTING, "Account that dues come in on"))
    with open_pen(registry, place.id, now) as pen:
        known = entries.accounts(pen.conn, place.id)
        # What a chart has as an option is opened by the units that use it.
        wanted = [LEVY, GRANT, SURPLUS, SPORTS, PUBLICITY, *([DUES] if place.is_basic else [DOWN])]
        names += [(name, "") for name in wanted if name not in known]
        open_accounts(
            pen,
            [
                entries.AccountRow(name, name_en, "CNY", False, place.opened, None)
                for name, name_en in names
            ],
        )
        for code, name, name_en, restriction in _FUNDS:
            declare_fund(
                pen,
                entries.FundRow(
                    code, name, name_en, restriction, "示例 example", place.opened, None
                ),
            )
    if place.is_basic:
        account = f"62000000000000{number:05d}"
        with registry.write() as conn:
            imports.add_account(
                conn, registry.vault,
                imports.MoneyAccount(place.id, COLLECTING, "bank", "Dues", account, "F01"),
            )  # fmt: skip


def begin_year(registry: Registry, place: Place, user: User, now: datetime) -> None:
    """Where dues and transfers are entered, and what the book begins with."""
    for kind, account, fund in (("remittance", LEVY, "F02"), ("allocation", GRANT, "F03")):
        set_target(registry, place.id, kind, account, fund, user, now)
    if place.is_basic:
        with registry.write() as conn:
            scheme = SchemeRow(place.id, RULE, DUES, "F01", "HY")
            dues_schemes.put(conn, scheme, user=user.id, now=now)
    times = 1 if place.is_basic else 10
    lines: list[Posting] = []
    for fund, amount in _OPENING.items():
        held = Money(amount.fen * times)
        lines += [Posting(BANK, held, fund), Posting(SURPLUS, -held, fund)]
    draft = Draft(
        place.id, place.opened, "转", "年初余额", tuple(lines), tags=("opening",), source="opening"
    )
    workflow.propose_many(registry, place.id, [draft], user, now)
