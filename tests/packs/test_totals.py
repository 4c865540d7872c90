"""What a PDF says, what is embedded in it, and what bean-query finds in the book: one sum."""

from __future__ import annotations

import io
import json
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import beanquery
import pytest
from pypdf import PdfReader

from ledger.entry import Posting, meta_of
from ledger.money import Money, yuan
from ledger.period import Month, Period
from ledger.sealing import acting
from reports.packs.building import Built, build_pack
from tests.house import ACTIVITY, BANK, DUES, LEVY, OFFICE, PAYABLE, UNIT, build_house
from tests.sealing.months import NOW, close

PERIOD = Period.parse("2026-01")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Built:
    """Six members' dues, which stand as one sum; what came and went of three funds."""
    folder = tmp_path_factory.mktemp("totals") / "federation"
    house = build_house(folder, url="sqlite:///registry.db", now=NOW)
    for number in range(6):
        money = yuan(f"{20 + number}.{number}5")
        lines = (
            Posting(BANK, money, "F01"),
            Posting(DUES, -money, "F01", meta_of({"member": f"m-{number:010d}"})),
        )
        house.post(replace(house.draft(day=date(2026, 1, 5 + number)), postings=lines))
    for amount, debit, credit, fund, kind in (
        ("12345.67", BANK, LEVY, "F02", "收"), ("345.60", OFFICE, BANK, "F02", "付"),
        ("800.00", BANK, LEVY, "F03", "收"), ("99.99", ACTIVITY, BANK, "F03", "付"),
        ("1500.00", ACTIVITY, PAYABLE, "F02", "转"),
    ):  # fmt: skip
        house.post(
            house.draft(amount, debit=debit, credit=credit, fund=fund, kind=kind,
                        day=date(2026, 1, 20))
        )  # fmt: skip
    close(house, Month(2026, 1))
    at = house.now + timedelta(hours=1)
    acting.seal_month(house.registry, UNIT, Month(2026, 1), house.maker, at)
    found = build_pack(house.registry, UNIT, PERIOD, "public")
    house.registry.close()
    return found


@pytest.fixture(scope="module")
def asked(built: Built, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """bean-query over the redacted book."""
    folder = tmp_path_factory.mktemp("book")
    for name, data in built.files.items():
        if name.startswith("book/"):
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
    connection = beanquery.connect(f"beancount:{folder / 'book/book.bean'}")
    assert connection.errors == []
    yield connection


def _sums(asked: Any, by: str, where: str = "TRUE") -> dict[str, int]:
    """Sums in fen up to the period's end, as bean-query works them out."""
    rows = asked.execute(
        f"SELECT {by}, sum(number) WHERE date <= {PERIOD.last} AND {where} GROUP BY {by}"
    ).fetchall()
    return {name: yuan(str(total)).fen for name, total in rows}


def _stated(built: Built, name: str) -> dict[str, Any]:
    """What is embedded in a PDF, which is what stands beside it as JSON."""
    stem = f"{name}-{PERIOD}"
    reader = PdfReader(io.BytesIO(built.files[f"{stem}.pdf"]))
    ((_, contents),) = reader.attachments.items()
    embedded = json.loads(contents[0])
    assert embedded == json.loads(built.files[f"{stem}.json"])
    return dict(embedded)


def _lines(built: Built, name: str) -> dict[str, dict[str, int]]:
    """The money of each line by column, in fen, of which the PDF's text says the same."""
    stated = _stated(built, name)
    money = [one["key"] for one in stated["columns"] if one["kind"] == "money"]
    reader = PdfReader(io.BytesIO(built.files[f"{name}-{PERIOD}.pdf"]))
    said = " ".join(word for page in reader.pages for word in page.extract_text().split())
    found = {}
    for line in stated["lines"]:
        if line["style"] == "heading":
            continue
        amounts = [line["cells"][key] for key in money]
        ending = " ".join(yuan(text).grouped for text in amounts if text is not None)
        assert line["label"] in said, line
        assert ending in said, line
        found[line["code"]] = {
            key: yuan(text).fen for key, text in zip(money, amounts, strict=True) if text
        }
    return found


def test_the_trial_balance_is_what_bean_query_says(built: Built, asked: Any) -> None:
    by_code: defaultdict[str, int] = defaultdict(int)
    for account, fen in _sums(asked, "account").items():
        by_code[account.split(":")[1].split("-")[0]] += fen
    lines = _lines(built, "trial-balance")
    total = lines.pop("total")
    assert {code: line["closing"] for code, line in lines.items()} == by_code
    assert len(by_code) == 6
    for side, sign in (("debit", "number > 0"), ("credit", "number < 0")):
        rows = asked.execute(f"SELECT sum(number) WHERE {sign}").fetchall()
        assert total[side] == abs(yuan(str(rows[0][0])).fen)
    assert total["closing"] == 0


def test_the_money_lines_of_the_balance_sheet_are_what_bean_query_says(
    built: Built, asked: Any
) -> None:
    lines = _lines(built, "balance-sheet")
    (money,) = _sums(asked, "root(account, 1)", "account ~ '^Assets:10[12]'").values()
    assert lines["money"]["end"] == money
    assert lines["assets"]["end"] == sum(_sums(asked, "account", "account ~ '^Assets'").values())
    owed = sum(_sums(asked, "account", "account ~ '^Liabilities'").values())
    assert lines["liabilities"]["end"] == -owed
    assert lines["claims"]["end"] == lines["assets"]["end"] == money


def test_the_funds_are_what_bean_query_says(built: Built, asked: Any) -> None:
    lines = _lines(built, "funds")
    net = _sums(asked, "meta('fund')", "account ~ '^(Assets|Liabilities)'")
    assert {code: lines[code]["remaining"] for code in net} == net
    assert set(net) == {"F01", "F02", "F03"}
    assert lines["all"]["remaining"] == sum(net.values())
    came = _sums(asked, "meta('fund')", "account ~ '^Income'")
    assert {code: -lines[code]["in"] for code in came} == came
    assert Money(-came["F01"]).text == "136.80"


def test_a_book_that_is_altered_says_something_else(
    built: Built, asked: Any, tmp_path: Path
) -> None:
    """The oracle reads the book: another amount in it is another sum."""
    for name, data in built.files.items():
        if name.startswith("book/"):
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data.replace(b"345.60", b"345.61"))
    other = beanquery.connect(f"beancount:{tmp_path / 'book/book.bean'}")
    assert _sums(other, "account") != _sums(asked, "account")
