"""The county is founded: its users, and a unit's book with accounts, funds and what it begins with.

Three people keep and check every book: they have their roles below the root of the tree.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Final

from importers.staging import replace_rules
from ledger import workflow
from ledger.cli.demo.county.facts import YEAR, County, Place
from ledger.cli.demo.county.names import (
    ALIPAY,
    BANK,
    CARE,
    COLLECTING,
    DOWN,
    GIVING,
    GRANT,
    HELD,
    HELD_FUND,
    INTEREST,
    LEVY,
    OTHER,
    PARTY,
    RULE,
    TRANSIT,
    UPPER,
    WECHAT,
)
from ledger.cli.demo.county.opening import held_at_new_year, opening_drafts
from ledger.cli.demo.county.rulings import federation_tables, line_rules, unit_table
from ledger.cli.demo.start import DUES, PUBLICITY, SPORTS, SURPLUS
from ledger.clock import CHINA
from ledger.founding import Founding, declare_fund, found_unit, open_accounts
from ledger.journal import open_pen
from ledger.layout import unit_folder
from ledger.money import Money, total, yuan
from ledger.registry import Registry, User, dues_schemes, entries, imports, users
from ledger.registry.dues_schemes import SchemeRow
from ledger.rules import rulebook
from ledger.transfers.entering import set_target
from ledger.tree.changing import Standing, set_standing

PASSWORD: Final = "mingbai-demo"  # noqa: S105
_LIMIT: Final = yuan("50000.00")
_FUNDS: Final = (
    ("F01", "会费", "Dues", "none"),
    ("F02", "拨缴经费", "Levy", "none"),
    ("F03", "补助", "Grants", "none"),
)
_LOGINS: Final = (
    ("zhou", "shi/", "treasurer"),
    ("he", "shi/", "accountant"),
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
    local.write_text(federation_tables(), encoding="utf-8")
    with registry.write() as conn:
        users.add(
            conn, login="admin", password=PASSWORD,
            roles=frozenset({(users.EVERYWHERE, "administrator")}),
            now=datetime(YEAR, 1, 1, 8, tzinfo=CHINA),
        )  # fmt: skip
    return registry


def rule_of(place: Place) -> str:
    """By which rule a unit collects its dues."""
    return "association" if place.rules else RULE


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


def found_book(
    registry: Registry, county: County, place: Place, admin: User, now: datetime
) -> None:
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
    if place.rules:
        local = unit_folder(registry.folder, place.id) / rulebook.FOLDER / "dues.toml"
        local.parent.mkdir(exist_ok=True)
        local.write_text(unit_table(place.rules), encoding="utf-8")
    standing = Standing(level=place.level, regions=place.regions)
    set_standing(registry, place.id, standing, admin, now)
    names = [(BANK, "Basic account"), (UPPER, "Due to the upper union")]
    if place.is_basic:
        names.append((COLLECTING, "Account that dues come in on"))
    if place.platform:
        names += [
            (platform_of(place), "Merchant's account on the platform"),
            (TRANSIT, "Money on its way from the platform"),
        ]
    funds = list(_FUNDS)
    if place.party:
        names.append((HELD, "Party dues collected for the branch"))
        funds.append((HELD_FUND, "代收党费", "Party dues held", "agency"))
    grants = county.data["grant"] if place.level == "county" else []
    funds += [(one["fund"], one["name"], one["name_en"], "purpose") for one in grants]
    is_given = place.id == county.gifts["unit"]
    if is_given:
        names.append((GIVING, "Account that gifts come in on"))
        funds += [
            (one["code"], one["name"], one["name_en"], one["restriction"])
            for one in county.gifts["fund"]
        ]
    with open_pen(registry, place.id, now) as pen:
        known = entries.accounts(pen.conn, place.id)
        # What a chart has as an option is opened by the units that use it.
        wanted = [
            LEVY,
            GRANT,
            SURPLUS,
            SPORTS,
            PUBLICITY,
            INTEREST,
            OTHER,
            *([DUES] if place.is_basic else [DOWN]),
            *(one["spent_on"] for one in grants),
            *([CARE] if is_given else []),
        ]
        names += [(name, "") for name in wanted if name not in known]
        open_accounts(
            pen,
            [
                entries.AccountRow(name, name_en, "CNY", False, place.opened, None)
                for name, name_en in names
            ],
        )
        for code, name, name_en, restriction in funds:
            declare_fund(
                pen,
                entries.FundRow(
                    code, name, name_en, restriction, "示例 example", place.opened, None
                ),
            )
    enter_accounts(registry, county, place)


def platform_of(place: Place) -> str:
    """The account of the platform that a unit collects dues on, or nothing."""
    return {"wechat": WECHAT, "alipay": ALIPAY}.get(place.platform, "")


def account_number(county: County, place: Place, account: str) -> str:
    """The number that statements print for an account; invented."""
    index = county.places.index(place)
    if account == ALIPAY:
        return f"20880000{index:08d}"
    return f"620{int(account == BANK)}0000000000{index:05d}"


def enter_accounts(registry: Registry, county: County, place: Place) -> None:
    """The accounts that statements come for."""
    known = [(COLLECTING, "bank", "Dues", "F01")] if place.is_basic else []
    if place.id == county.gifts["unit"]:
        known.append((GIVING, "bank", "Gifts", county.gifts["fund"][0]["code"]))
    if place.imports:
        known.append((BANK, "bank", "Basic", "F02"))
    if place.platform:
        known.append((platform_of(place), place.platform, place.platform, "F01"))
    with registry.write() as conn:
        for account, kind, label, fund in known:
            number = "" if account == WECHAT else account_number(county, place, account)
            row = imports.MoneyAccount(place.id, account, kind, label, number, fund)
            imports.add_account(conn, registry.vault, row)


def begin_year(
    registry: Registry, county: County, place: Place, seed: int, user: User, now: datetime
) -> Money:
    """Where dues and transfers are entered, and what the book begins with.

    What is in the bank when the year of the story begins.
    """
    for kind, account, fund in (("remittance", LEVY, "F02"), ("allocation", GRANT, "F03")):
        set_target(registry, place.id, kind, account, fund, user, now)
    if place.is_basic:
        with registry.write() as conn:
            schemes = [SchemeRow(place.id, rule_of(place), DUES, "F01", "HY")]
            if place.party:
                schemes.append(SchemeRow(place.id, PARTY, HELD, HELD_FUND, "DF"))
            for scheme in schemes:
                dues_schemes.put(conn, scheme, user=user.id, now=now)
        replace_rules(registry, place.id, line_rules(county, place, platform_of(place)), user, now)
    drafts = opening_drafts(place, seed)
    workflow.propose_many(registry, place.id, drafts, user, now)
    return total(held_at_new_year(place).values())
