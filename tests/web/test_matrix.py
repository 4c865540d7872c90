"""Everybody asks for everything: what the table says is what the desk answers, and no more.

Every suite asks each line for some of those who may come; ``MINGBAI_MATRIX=whole`` (``make
matrix``) asks for all of them, with every method, of every unit.
"""

from __future__ import annotations

import logging
import os
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from itertools import product
from urllib.parse import unquote

import pytest
from werkzeug.test import TestResponse

from ledger.reference import make_code
from reports.web.access import IN_UNIT, SIGNED_IN
from tests.conftest import NOW
from tests.house import UNIT
from tests.web import matrix
from tests.web.everything import DATABASE, FAR, MISSING, OTHER, ROLES, Everything, furnish
from tests.web.matrix import CALLERS, METHODS, REFUSED, STRANGERS, Line, address, ask

WHOLE = os.environ.get("MINGBAI_MATRIX") == "whole"
LINES = matrix.read_table()
#: Things that are called as those of ``tiny`` are, and that nobody has.
NOTHING = {
    "draft_id": "dr-0000000000", "member": "m-0000000000", "donor": "d-0000000000",
    "template_id": "t-0000000000", "digest": "0" * 64, "key": "z" * 22, "plan": "none-2026",
    "vouchers:number": "收-202603-0999", "year": "2026", "receipts:number": "999",
    "files:number": "999", "lines:number": "999", "row": "1", "transfer": "999",
    "write-offs:code": make_code("WO", 2026, 999), "reference": make_code("ZZ", 2026, 999),
    "campaigns:code": make_code("HD", 2026, 999), "gifts:code": make_code("JZ", 2026, 999),
    "batch": make_code("BF", 2026, 999), "allocations:code": make_code("BK", 2026, 999),
    "assets:code": "FA-00999", "requests:code": make_code("ZB", 2026, 999),
    "stocktakes:code": make_code("PD", 2026, 999), "contracts:code": make_code("HT", 2026, 999),
    "venues:code": make_code("CD", 2026, 999), "findings:code": make_code("SJ", 2026, 999),
    "evaluations:code": make_code("PJ", 2026, 999), "papers:code": make_code("DG", 2026, 999),
}  # fmt: skip
#: What a form of any kind may say, so that a view goes on to what its address names.
TYPED = {
    "act": "withdraw", "amount": "1.00", "day": "2026-03-05", "digest": "0" * 64, "kind": "facts",
    "milestone": "1", "money": "10201", "note": "x", "number": "1", "reason": "x", "to": "x",
    "decision": "x", "month": "2026-03", "seen": "0" * 16, "heads": "1", "booking": "1",
    "text": "x", "outcome": "explained",
}  # fmt: skip


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Everything]:
    made = furnish(tmp_path_factory.mktemp("everything") / "federation", NOW)
    for caller in CALLERS:
        made.caller(caller)  # whose session is written before anything is compared
    yield made
    made.registry.close()


class Heard(logging.Handler):
    """Everything that is logged, as it would stand in a file."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.setFormatter(logging.Formatter("%(name)s %(message)s"))
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(self.format(record))


@pytest.fixture
def heard() -> Iterator[Heard]:
    handler = Heard()
    logging.getLogger().addHandler(handler)
    yield handler
    logging.getLogger().removeHandler(handler)


# ---- the table -----------------------------------------------------------------------------------


def test_every_route_has_a_line_and_every_line_a_route(made: Everything) -> None:
    desk, fava = matrix.routes(made.app), matrix.fava_routes(made.app)
    known = {key: declared for key, (declared, _) in desk.items()} | fava
    lines = {line.key: line.access for line in LINES}
    assert [key for key, count in Counter(line.key for line in LINES).items() if count > 1] == []
    assert sorted(known.keys() - lines.keys()) == [], "routes without a line"
    assert sorted(lines.keys() - known.keys()) == [], "lines without a route"
    assert {key: (lines[key], known[key]) for key in known if lines[key] != known[key]} == {}
    assert {line.key: line.methods for line in LINES if line.key in desk} == {
        key: methods for key, (_, methods) in desk.items()
    }


def test_whoever_is_refused_learns_nothing_and_writes_nothing(
    made: Everything, heard: Heard
) -> None:
    """The answer is the same for a unit that is there and for one that is not, but for its name."""
    before = matrix.written(made)
    asked = 0
    for place, line in enumerate(LINES):
        for who in _refused(place, line):
            first = _refusal(made, who, line.methods[0], line.rule, UNIT)
            if "<unit>" in line.rule and not _may_look(who):
                again = _refusal(made, who, line.methods[0], line.rule, MISSING)
                assert matrix.plain(first, UNIT) == matrix.plain(again, MISSING), (who, line.rule)
            asked += 2
    assert asked > 3000
    assert matrix.written(made) == before
    assert matrix.leaks("\n".join(heard.lines).encode()) == []


def _may_look(who: str) -> bool:
    """Whether a caller may look at ``tiny``, so that it is no secret that it is there."""
    role, _, place = who.partition("@")
    return role in ROLES and role != "administrator" and place != "another"


def _refused(place: int, line: Line) -> list[str]:
    """Those whom a line refuses; in every suite one role of those that are held elsewhere."""
    refused = [who for who in CALLERS if matrix.expected(line, who) == REFUSED]
    if WHOLE:
        return refused
    turn = ROLES[place % len(ROLES)]
    return [
        who for who in refused
        if who.endswith("@own") or who in STRANGERS or who == f"{turn}@another"
    ]  # fmt: skip


def _refusal(
    made: Everything, who: str, method: str, rule: str, unit: str, **said: object
) -> TestResponse:
    answer = ask(made, who, method, address(rule, unit, made.ids), **said)
    led = method in ("GET", "HEAD") and "/api/" not in rule
    status = (303 if led else 401) if who in STRANGERS else 403
    assert answer.status_code == status, (who, method, rule, unit, answer.status)
    _says_nothing(answer, who, method, rule)
    assert "Set-Cookie" not in answer.headers
    if status == 303:
        assert answer.headers["Location"].startswith("/login")
    return answer


def _says_nothing(answer: TestResponse, *where: str) -> None:
    assert matrix.leaks(matrix.said_by(answer)) == [], where


def test_a_unit_that_is_none_is_refused_to_everybody(made: Everything) -> None:
    """Whoever holds a role everywhere holds it in no unit that there is not."""
    before = matrix.written(made)
    for place, line in enumerate(LINES):
        if "<unit>" not in line.rule:
            continue
        units = (MISSING, *matrix.MALFORMED)
        chosen = units if WHOLE else (MISSING, units[1 + place % len(matrix.MALFORMED)])
        roles = ROLES if WHOLE else (ROLES[place % len(ROLES)],)
        for unit, role in product(chosen, roles):
            path = address(line.rule, unit, made.ids)
            answer = ask(made, f"{role}@everywhere", line.methods[0], path)
            assert answer.status_code in (403, 404, 405), (role, line.rule, unit, answer.status)
            _says_nothing(answer, role, line.rule, unit)
    assert matrix.written(made) == before


def test_no_other_method_is_answered(made: Everything) -> None:
    """Nor does its refusal differ between units, or between those who ask."""
    before = matrix.written(made)
    rules = sorted({line.rule for line in LINES if line.access not in ("open", "closed")})
    map_ = made.app.url_map.bind("127.0.0.1")
    callers = CALLERS if WHOLE else ("nobody", "auditor@another", "treasurer@own")
    for place, rule in enumerate(rules):
        known = set(map_.allowed_methods(unquote(address(rule, UNIT, made.ids))))
        for turn, method in enumerate(METHODS):
            if method in known:
                continue
            some = callers if WHOLE else (callers[(place + turn) % len(callers)],)
            for who, unit in product(some, (UNIT, OTHER, MISSING) if WHOLE else (UNIT,)):
                answer = ask(made, who, method, address(rule, unit, made.ids))
                assert answer.status_code == 405, (who, method, rule)
                assert set(answer.headers["Allow"].split(", ")) == known
                _says_nothing(answer, who, method, rule)
    assert matrix.written(made) == before


def test_whoever_may_not_send_a_form_may_not_ask_how(made: Everything) -> None:
    """HEAD and OPTIONS are refused as the first method of their line is."""
    for place, line in enumerate(LINES):
        for method in line.methods[1:]:
            for who in _refused(place, line) if WHOLE else ("nobody", "administrator@another"):
                refused = matrix.expected(line, who) == REFUSED and not _may_look(who)
                if line.access in IN_UNIT and refused:
                    _refusal(made, who, method, line.rule, UNIT)


# ---- forms ---------------------------------------------------------------------------------------


def test_a_form_of_another_page_or_session_is_refused_everywhere(made: Everything) -> None:
    """Without a token, with another session's, or sent from elsewhere: nothing is done."""
    _, others = made.caller("accountant@another")
    before = matrix.written(made)
    for place, line in enumerate(LINES):
        if line.methods[0] != "POST":
            continue
        path = address(line.rule, UNIT, made.ids)
        given = [
            who for who in CALLERS
            if who not in (*STRANGERS, "accountant@another")
            and matrix.expected(line, who) == matrix.LET_IN
        ]  # fmt: skip
        for who in given if WHOLE else given[place % len(given) :][:1]:
            _, own = made.caller(who)
            for data, headers in (
                ({}, {}),
                ({"csrf": others}, {}),
                ({"csrf": own}, {"Origin": "https://elsewhere.example"}),
                ({"csrf": own}, {"Sec-Fetch-Site": "cross-site"}),
                ({"csrf": own}, {"Sec-Fetch-Site": "same-site"}),
                ({"csrf": own}, {"Origin": "null"}),
            ):
                answer = ask(made, who, "POST", path, data=data, headers=headers)
                stale = line.rule == "/login" and not headers
                assert answer.status_code == (400 if stale else 403), (line.rule, data, headers)
                _says_nothing(answer, who, line.rule)
    assert matrix.written(made) == before


# ---- things of another unit ----------------------------------------------------------------------


def test_a_thing_of_another_unit_is_as_one_that_nobody_has(made: Everything, heard: Heard) -> None:
    """In the address of one's own unit the ids of others mean nothing, to the byte."""
    things = made.ids
    parts = {*things.values(), *NOTHING.values()}
    before = _rows_of(made, UNIT)
    asked = 0
    for line in LINES:
        if address(line.rule, OTHER, things) == address(line.rule, OTHER, NOTHING):
            continue
        for role, form in product(("accountant", "cashier", "auditor"), ({}, TYPED)):
            who, method = f"{role}@another", line.methods[0]
            if form and method != "POST":
                continue
            _, token = made.caller(who)
            said = {"data": {"csrf": token} | form} if method == "POST" else {}
            answers = [
                ask(made, who, method, address(line.rule, OTHER, ids), **said)
                for ids in (things, NOTHING)
            ]
            theirs, none = (matrix.plain(answer, *parts) for answer in answers)
            assert theirs == none, (who, method, line.rule)
            assert answers[0].status_code >= 400 or method == "POST", (line.rule, answers[0].status)
            _says_nothing(answers[0], who, line.rule)
            asked += 1
    assert asked > 150
    assert _rows_of(made, UNIT) == before
    assert matrix.leaks("\n".join(heard.lines).encode()) == []


def _rows_of(made: Everything, unit: str) -> dict[str, list[tuple[object, ...]]]:
    """All rows of a unit, of every table that says whose they are, but for who looked at what."""
    found = {}
    with closing(sqlite3.connect(made.registry.folder / DATABASE)) as conn:
        tables = [name for (name,) in conn.execute("select name from sqlite_master"
                                                   " where type = 'table'")]  # fmt: skip
        for table in tables:
            columns = {row[1] for row in conn.execute(f'pragma table_info("{table}")')}
            if "unit" in columns:
                found[table] = conn.execute(
                    f'select * from "{table}" where unit = ?',
                    (unit,),
                ).fetchall()
    return found


def test_who_looks_at_another_unit_sees_nothing_of_this_one(made: Everything) -> None:
    """Pages that name no unit show the units of who asks; those of their own unit, that unit."""
    for line in LINES:
        if line.methods[0] != "GET" or line.access == "closed":
            continue
        for unit in (OTHER,) if "<unit>" in line.rule else (UNIT,):
            answer = ask(made, "accountant@another", "GET", address(line.rule, unit, made.ids))
            _says_nothing(answer, line.rule)


# ---- whoever may ---------------------------------------------------------------------------------


def test_each_role_gets_what_its_line_says(made: Everything) -> None:
    """In its unit; and where it is held in all units below, or everywhere. Last: forms act here."""
    different = []
    for place, line in enumerate(LINES):
        callers = [who for who in CALLERS if "@" in who and not who.endswith("@another")]
        if not WHOLE:
            given = [role for role in ROLES if line.cells[role] != REFUSED]
            refused = [role for role in ROLES if line.cells[role] == REFUSED]
            turn = given[place % max(1, len(given)) :][:1]
            callers = [f"{role}@own" for role in (*refused, *turn)]
            if place % 4 == 0:
                wider = "below" if place % 8 else "everywhere"
                callers.append(f"{ROLES[(place // 8) % len(ROLES)]}@{wider}")
        for who in callers:
            found = matrix.asked(made, who, line.methods[0], line.rule)
            wanted = matrix.expected(line, who)
            # What is there may be somebody's own, such as a draft that its maker corrects.
            same = found == wanted or (not who.endswith("@own") and REFUSED not in (found, wanted))
            if not same:
                different.append((who, *line.key[1:], matrix.expected(line, who), found))
    assert different == []


def test_the_table_would_be_written_as_it_stands() -> None:
    """Its columns stand where they are looked for, so that a changed line is one line."""
    assert matrix.TABLE.read_text(encoding="utf-8") == matrix.write(LINES)


def test_a_unit_apart_is_not_below(made: Everything) -> None:
    assert ask(made, "accountant@below", "GET", f"/desk/{OTHER}/").status_code == 200
    assert ask(made, "accountant@below", "GET", f"/desk/{FAR}/").status_code == 403


def test_a_view_that_lets_in_too_many_is_seen(
    made: Everything, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What all of this looks for is found where it is: in the table, and in what is said."""
    view = made.app.view_functions["work-gifts.overview"]
    monkeypatch.setattr(view, "access", SIGNED_IN)
    key = (False, "GET", "/desk/<unit>/gifts")
    (line,) = (line for line in LINES if line.key == key)
    assert matrix.routes(made.app)[key][0] != line.access
    answer = ask(made, "auditor@another", "GET", f"/desk/{UNIT}/gifts")
    assert answer.status_code == 200
    assert "金丝雀" in matrix.leaks(matrix.said_by(answer))
    before = matrix.written(made)
    with made.registry.write() as conn:
        conn.exec_driver_sql("update unit set name_en = name_en || '.' where id = 'far'")
    assert matrix.written(made) != before
