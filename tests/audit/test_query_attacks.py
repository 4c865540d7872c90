"""Hostile queries: each is refused with a finding or bounded, and none writes or tells a path."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

from ledger.audit.query import ask, note, verified
from ledger.audit.query_book import load
from ledger.audit.query_rules import MOST_ROWS, OPEN_FUNCTIONS, OPEN_TABLES, NotAnswered
from ledger.errors import Refused
from ledger.registry import oplog
from tests.conftest import NOW
from tests.house import UNIT, House, build_house

pytestmark = pytest.mark.xdist_group("queries")

BOUNDED = "bounded"
NOT_ALLOWED, SYNTAX, MEANING = "query-not-allowed", "query-syntax", "query-meaning"
PATTERN, LARGE, COSTLY, VALUE = (
    "query-pattern", "query-too-large", "query-too-costly", "query-value",
)  # fmt: skip
BOMB = "(a+)+$"

#: What is asked, and what becomes of it.
ATTACKS: tuple[tuple[str, str], ...] = (
    # other statements
    ("PRINT", NOT_ALLOWED),
    ("PRINT FROM year = 2026", NOT_ALLOWED),
    ("CREATE TABLE t (a int)", NOT_ALLOWED),
    ("CREATE TABLE t USING 'csv:/etc/passwd' AS SELECT 1", "query-"),
    ("CREATE TABLE t (a str) USING '/tmp/mingbai-attack.csv'", NOT_ALLOWED),
    ("INSERT INTO postings (account) VALUES ('x')", NOT_ALLOWED),
    ("INSERT INTO accounts (account) VALUES ('x')", NOT_ALLOWED),
    ("EXPLAIN SELECT 1", SYNTAX),
    ("EXPLAIN PRINT", SYNTAX),
    ("ERRORS", SYNTAX),
    ("RELOAD", SYNTAX),
    (".run all", SYNTAX),
    (".errors", SYNTAX),
    ("ATTACH 'beancount:/etc/passwd' AS x", SYNTAX),
    ("DROP TABLE postings", SYNTAX),
    ("DELETE FROM postings", SYNTAX),
    ("UPDATE postings SET account = 'x'", SYNTAX),
    ("PRAGMA database_list", SYNTAX),
    ("SELECT 1; PRINT", BOUNDED),  # a semicolon begins a comment
    ("SELECT 1\n; INSERT INTO postings (account) VALUES ('x')", BOUNDED),
    ("SELECT 1 /* */ PRINT", SYNTAX),
    ("", "query-empty"),
    ("  \n\t", "query-empty"),
    (";", SYNTAX),
    # places on the server
    ("SELECT filename", NOT_ALLOWED),
    ("SELECT \"filename\"", NOT_ALLOWED),
    ("SELECT FILENAME, lineno", NOT_ALLOWED),
    ("SELECT location", NOT_ALLOWED),
    ("SELECT count(*) WHERE filename ~ 'root'", NOT_ALLOWED),
    ("SELECT account ORDER BY filename", NOT_ALLOWED),
    ("SELECT count(*) GROUP BY location", NOT_ALLOWED),
    ("SELECT meta('filename')", NOT_ALLOWED),
    ("SELECT any_meta('filename')", NOT_ALLOWED),
    ("SELECT entry_meta('lineno')", NOT_ALLOWED),
    ("SELECT entry_meta('file' + 'name')", BOUNDED),
    ("SELECT meta['filename']", NOT_ALLOWED),
    ("SELECT entry.meta['__file__']", NOT_ALLOWED),
    ("SELECT meta, entry.meta", BOUNDED),
    ("SELECT str(meta)", BOUNDED),
    ("SELECT str(entry)", BOUNDED),
    ("SELECT open_meta(account)", BOUNDED),
    ("SELECT open_meta(account, 'filename')", NOT_ALLOWED),
    ("SELECT repr(entry)", NOT_ALLOWED),
    ("SELECT row(*)", NOT_ALLOWED),
    ("SELECT id, type, filename FROM #entries", NOT_ALLOWED),
    ("SELECT * FROM #documents", NOT_ALLOWED),
    ("SELECT * FROM documents", NOT_ALLOWED),
    ("SELECT * FROM \"documents\"", NOT_ALLOWED),
    ("SELECT * FROM #prices", NOT_ALLOWED),
    ("SELECT * FROM #sqlite_master", NOT_ALLOWED),
    ("SELECT * FROM sqlite_master", MEANING),
    ("SELECT * FROM '/etc/passwd'", BOUNDED),
    ("SELECT * FROM accounts", NOT_ALLOWED),
    # attributes
    ("SELECT date.__class__", NOT_ALLOWED),
    ("SELECT date.__class__.__mro__", NOT_ALLOWED),
    ("SELECT entry.__init__", NOT_ALLOWED),
    ("SELECT entry.postings", NOT_ALLOWED),
    ("SELECT position.units.__class__", NOT_ALLOWED),
    ("SELECT account.upper", NOT_ALLOWED),
    ("SELECT \"__class__\"", BOUNDED),  # a text
    ("SELECT __class__", MEANING),
    # functions
    ("SELECT today()", NOT_ALLOWED),
    ("SELECT parse_date('tomorrow')", NOT_ALLOWED),
    ("SELECT convert(position, 'USD')", NOT_ALLOWED),
    ("SELECT getprice('CNY', 'USD')", NOT_ALLOWED),
    ("SELECT getitem(meta, 'filename')", NOT_ALLOWED),
    ("SELECT date_bin('1 day', date, 0001-01-01)", NOT_ALLOWED),
    ("SELECT date_bin(interval('1 month'), 9999-01-01, 0001-01-01)", NOT_ALLOWED),
    ("SELECT eval('1')", NOT_ALLOWED),
    ("SELECT open('/etc/passwd')", NOT_ALLOWED),
    ("SELECT __import__('os')", NOT_ALLOWED),
    ("SELECT \"open\"('/etc/passwd')", NOT_ALLOWED),
    ("SELECT %s", "query-"),
    ("SELECT %(x)s", "query-"),
    # patterns
    (f"SELECT account WHERE narration ~ '{BOMB}'", PATTERN),
    (f"SELECT account WHERE narration !~ '{BOMB}'", PATTERN),
    (f"SELECT account WHERE '{BOMB}' ?~ narration", PATTERN),
    (f"SELECT account WHERE '{BOMB}' ?~ ANY (tags)", PATTERN),
    ("SELECT account WHERE 'a' ~ ANY (tags)", NOT_ALLOWED),
    ("SELECT account WHERE 'a' !~ ALL (links)", NOT_ALLOWED),
    (f"SELECT grep('{BOMB}', narration)", PATTERN),
    (f"SELECT grepn('{BOMB}', narration, 1)", NOT_ALLOWED),
    (f"SELECT subst('{BOMB}', 'x', narration)", NOT_ALLOWED),
    (f"SELECT findfirst('{BOMB}', tags)", PATTERN),
    (f"SELECT account WHERE has_account('{BOMB}')", PATTERN),
    (f"SELECT account FROM has_account('{BOMB}')", PATTERN),
    (f"JOURNAL '{BOMB}'", PATTERN),
    ("SELECT account WHERE account ~ narration", PATTERN),
    ("SELECT account WHERE account ~ \"narration\"", PATTERN),
    ("SELECT account WHERE account ~ ('a' + '+')", PATTERN),
    ("SELECT account WHERE account ~ '" + "a" * 300 + "'", PATTERN),
    ("SELECT account WHERE account ~ '(?i)x'", PATTERN),
    # texts that become part of a query
    ("JOURNAL 'x\" OR filename ~ \"root'", BOUNDED),
    ("JOURNAL '102\" UNION SELECT 1'", BOUNDED),
    ("BALANCES AT \"units(position)), filename, str(\"", NOT_ALLOWED),
    ("BALANCES AT value", NOT_ALLOWED),
    ("BALANCES AT repr", NOT_ALLOWED),
    ("JOURNAL '102' AT value", NOT_ALLOWED),
    ("BALANCES FROM year = 2026 WHERE filename ~ 'x'", NOT_ALLOWED),
    # FROM and its days
    ("SELECT account FROM OPEN ON 2026-01-01 CLOSE ON 2025-01-01", MEANING),
    ("SELECT account FROM OPEN ON 0001-01-01", VALUE),
    ("SELECT account FROM OPEN ON 9999-12-31 CLOSE CLEAR", VALUE),
    ("SELECT account FROM OPEN ON 9999-12-31 CLEAR", BOUNDED),
    ("SELECT account FROM CLOSE ON 2026-02-31", SYNTAX),
    ("SELECT account FROM year = 2026 OPEN ON 2026-02-01 CLOSE ON 2026-03-01 CLEAR", BOUNDED),
    ("SELECT a FROM postings, entries", SYNTAX),
    ("SELECT * FROM postings JOIN entries", SYNTAX),
    ("SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT * FROM (SELECT *))))", LARGE),
    ("SELECT account WHERE account IN (SELECT filename)", NOT_ALLOWED),
    ("SELECT account WHERE account IN (SELECT account FROM #documents)", NOT_ALLOWED),
    ("SELECT account WHERE account = ANY (SELECT repr(account))", NOT_ALLOWED),
    ("SELECT x FROM (SELECT location AS x)", NOT_ALLOWED),
    ("SELECT account WHERE number IN (SELECT number, account)", "query-"),
    # size
    ("SELECT account LIMIT 999999999999", LARGE),
    ("SELECT account LIMIT " + "9" * 400, LARGE),
    ("SELECT account LIMIT -1", SYNTAX),
    ("SELECT " + "9" * 3000, LARGE),
    ("SELECT " + "9" * 30 + " * 9" * 300, LARGE),
    ("SELECT " + "(" * 1500 + "1" + ")" * 1500, "query-"),
    ("SELECT " + "(" * 60 + "1" + ")" * 60, LARGE),
    ("SELECT " + "(" * 12 + "1" + ")" * 12, BOUNDED),
    ("SELECT " + "-" * 1500 + "1", "query-"),
    ("SELECT " + "NOT " * 900 + "TRUE", "query-"),
    ("SELECT date" + ".year" * 700, "query-"),
    ("SELECT " + ", ".join(["account"] * 480), LARGE),
    ("SELECT 1 " + "x" * 1024 * 1024, LARGE),
    ("SELECT '" + "字" * 3900 + "'", BOUNDED),
    ("SELECT decimal('1e999999')", BOUNDED),
    ("SELECT decimal('1e999999') * decimal('1e999999')", "query-"),
    ("SELECT decimal('NaN'), decimal('-Infinity')", BOUNDED),
    ("SELECT int(decimal('1e999999999'))", "query-"),
    ("SELECT round(number, 1000000000)", VALUE),
    ("SELECT round(123456, -1000000000)", "query-"),
    ("SELECT date_add(date, 999999999)", VALUE),
    ("SELECT date(99999, 1, 1)", BOUNDED),  # no such day is NULL
    ("SELECT splitcomp(account, '', 0)", VALUE),
    ("SELECT splitcomp(account, ':', 99)", VALUE),
    ("SELECT maxwidth(narration, -5)", "query-"),
    ("SELECT substr(narration, -999999999, 999999999)", BOUNDED),
    ("SELECT min(meta)", "query-"),
    ("SELECT count(*) GROUP BY date, account, narration, id, number, voucher, payee", BOUNDED),
    ("SELECT year, account, number GROUP BY 1, 2, 3 PIVOT BY account, year", BOUNDED),
    # signs
    ("SELECT\x00 1", "query-invisible"),
    ("SELECT 1\u200b", "query-invisible"),
    ("SELECT 1\u202e", "query-invisible"),
    ("SELECT '\ud800'", "query-invisible"),
    ("ＳＥＬＥＣＴ account", SYNTAX),
    ("SELECT 科目", SYNTAX),
    ("SELECT account WHERE narration ~ '" + "\U0001f600" * 100 + "'", BOUNDED),
    ("SELECT 'unclosed", SYNTAX),
    ("/*" + "\n" * 60, "query-"),
    ("/*" * 900, "query-"),
)  # fmt: skip


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("queries") / "federation"
    built = build_house(folder, url="sqlite:///registry.db", now=NOW)
    for number in range(1, 13):
        built.post(built.draft(f"{number}.00", payee="示例商店", day=date(2026, 3, 1)))
    yield built
    built.registry.close()


def standing(folder: Path) -> str:
    """Every file but the database, and every table but the operation log."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        whole.update(path.relative_to(folder).as_posix().encode())
        if path.is_file() and not path.name.startswith("registry.db"):
            whole.update(path.read_bytes())
    with closing(sqlite3.connect(folder / "registry.db")) as conn:
        for line in conn.iterdump():
            if not line.startswith('INSERT INTO "operation"'):
                whole.update(line.encode())
    return whole.hexdigest()


@pytest.fixture(scope="module")
def before(house: House) -> str:
    return standing(house.registry.folder)


def test_there_are_enough_attacks() -> None:
    assert len({query for query, _ in ATTACKS}) == len(ATTACKS) >= 60


@pytest.mark.parametrize(
    ("query", "becomes"), ATTACKS, ids=[ascii(query[:40]) for query, _ in ATTACKS]
)
def test_a_hostile_query_is_refused_or_bounded(
    house: House, before: str, query: str, becomes: str
) -> None:
    try:
        answer = ask(house.registry, UNIT, query, seconds=2)
    except Refused as refused:
        rule = refused.findings[0].rule
        said = str(refused)
        assert rule.startswith(becomes) if becomes != BOUNDED else not rule, said
    else:
        assert becomes == BOUNDED
        assert len(answer.rows) <= MOST_ROWS
        said = json.dumps(answer.as_json(), ensure_ascii=False)
        assert len(said) < 1_000_000
    assert str(house.registry.folder) not in said
    for word in ("Traceback", "site-packages", ".bean", "/home", "/tmp", "object at 0x"):  # noqa: S108
        assert word not in said.replace(query, ""), said
    assert standing(house.registry.folder) == before


def test_who_asks_leaves_a_line_in_the_log_and_nothing_else(house: House, before: str) -> None:
    note(house.registry, UNIT, "BALANCES", house.reader, house.now)
    ask(house.registry, UNIT, "BALANCES")
    assert standing(house.registry.folder) == before
    with house.registry.read() as conn:
        assert oplog.entries(conn, UNIT)[-1].action == "audit.query"


@pytest.mark.parametrize("table", sorted(OPEN_TABLES))
def test_every_open_table_is_read(house: House, table: str) -> None:
    answer = ask(house.registry, UNIT, f"SELECT * FROM #{table} LIMIT 3")
    assert answer.columns
    assert answer.rows or table == "balances"


def test_every_open_function_answers_or_is_refused_whatever_it_is_given(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each function with each column: never a traceback, never a path, nothing of Python's."""
    from ledger.audit import query_child

    monkeypatch.setattr(query_child, "_allow", lambda seconds: None)
    files = verified(house.registry, UNIT)
    book = load(files)
    monkeypatch.setattr(query_child, "load", lambda *_: book)
    columns = ("date", "account", "balance", "meta")
    answered = 0
    for name in sorted(OPEN_FUNCTIONS):
        for target in [f"{name}({one})" for one in columns]:
            try:
                said = json.dumps(query_child._answer(f"SELECT {target}", files, None, 2))
                answered += 1
            except NotAnswered as refused:
                said = str(refused.fault)
            assert str(house.registry.folder) not in said
            assert "object at 0x" not in said
    assert answered > 40
