"""Sealing at the desk: unsigned, or by a key that never comes to the server."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest

from ledger.period import Month
from ledger.registry import seal_keys, seals
from ledger.sealing import signing
from ledger.sealing.turns import COVERED, LATER, NEXT, SEALED, turns
from reports.web.app import create_app
from reports.web.work.seals import grouped
from tests.house import UNIT, House
from tests.sealing import months
from tests.web.desk import Browser

PAGE = f"/desk/{UNIT}/seals"
KEY, OTHER = signing.new_key(), signing.new_key()


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    house = months.build(tmp_path_factory.mktemp("seals") / "federation")
    house.registry.close()
    return house


@pytest.fixture
def house(lived: House, tmp_path: Any) -> Iterator[House]:
    made = months.copied(lived, tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def at_desk(house: House) -> dict[str, Browser]:
    app = create_app(house.registry.folder, clock=lambda: house.now)
    return {login: Browser(app.test_client(), login) for login in ("zhou", "lin", "shen")}


def file(data: bytes, name: str = "file") -> tuple[io.BytesIO, str]:
    return io.BytesIO(data), name


def public(key: signing.SigningKey) -> tuple[io.BytesIO, str]:
    return file(signing.public_pem(key.public), "public.pem")


def sealed(house: House) -> list[tuple[str, str]]:
    """By month the key of its seal."""
    with house.registry.read() as conn:
        rows = seals.of_unit(conn, UNIT)
    return [
        (row.month, row.text.split("key: ")[1].split("\n")[0].removeprefix("ed25519 "))
        for row in rows
    ]


def test_months_are_sealed_unsigned_with_one_click_in_their_order(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    assert "还没有封存" in at_desk["shen"].get(PAGE)
    assert "封存 2026-01（不签名）" in zhou.get(PAGE)
    assert "封存 2026-01（不签名）" not in at_desk["shen"].get(PAGE)
    done = zhou.send(PAGE, month="2026-01")
    assert done.headers["Location"].endswith("sealed+2026-01")
    again = zhou.send(PAGE, month="2026-01")
    assert again.status_code == 422 and "已经封存" in again.text
    assert zhou.send(PAGE, month="2026-02").status_code == 303
    assert sealed(house) == [("2026-01", "none"), ("2026-02", "none")]
    assert "都已封存" in zhou.get(PAGE)
    for odd in ("2026-03", "2026-99", ""):
        assert zhou.send(PAGE, month=odd).status_code == 422
    for login in ("lin", "shen"):
        assert at_desk[login].send(PAGE, month="2026-03").status_code == 403


def test_a_request_is_taken_to_the_key_and_its_signature_brought_back(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    zhou.get(f"{PAGE}/request", 404)
    asked = zhou.send(PAGE, f"{PAGE}/request", month="2026-01", public=public(KEY))
    assert asked.status_code == 303, asked.text[:2000]
    assert grouped(KEY.public) in zhou.get(PAGE)
    data = zhou.fetch(f"{PAGE}/request")
    at_desk["shen"].get(f"{PAGE}/request", 403)
    wrong = zhou.send(
        PAGE, f"{PAGE}/response", month="2026-01", response=file(OTHER.sign(data))
    )  # fmt: skip
    assert wrong.status_code == 422 and "不是该密钥" in wrong.text
    right = zhou.send(PAGE, f"{PAGE}/response", month="2026-01", response=file(KEY.sign(data)))
    assert right.status_code == 303, right.text[:2000]
    # From now on the unit has a key: it need not be named, and nothing is sealed without it.
    assert zhou.send(PAGE, month="2026-02").status_code == 422
    other = zhou.send(PAGE, f"{PAGE}/request", month="2026-02", public=public(OTHER))
    assert other.status_code == 422 and "另一把" in other.text
    assert zhou.send(PAGE, f"{PAGE}/request", month="2026-02").status_code == 303
    text = KEY.sign(zhou.fetch(f"{PAGE}/request")).hex().encode()
    zhou.send(PAGE, f"{PAGE}/response", month="2026-02", response=file(text))
    assert sealed(house) == [("2026-01", KEY.public), ("2026-02", KEY.public)]


@pytest.mark.parametrize(
    ("path", "fields", "told"),
    [
        ("/request", {"public": file(b"")}, "请求文件须写明"),
        ("/request", {"public": file(b"key")}, "不是 Ed25519"),
        ("/request", {"public": file(KEY.pem())}, "这是私钥"),
        ("/request", {"public": file(KEY.pem("words"))}, "这是私钥"),
        ("/request", {"public": file(b"x" * 16_385)}, "文件太大"),
        ("/response", {"response": file(b"x" * 64)}, "没有等待签名"),
        ("/response", {"response": file(b"x" * 63)}, "不是签名"),
        ("/response", {"response": file(KEY.pem())}, "这是私钥"),
        ("/response", {}, "选择签名文件"),
        ("/key", {"public": public(OTHER), "reason": "换人"}, "首次签名"),
        ("/key", {"reason": "换人"}, "选择新的公钥"),
    ],
)
def test_what_is_no_key_and_no_signature_is_refused_and_never_kept(
    house: House, at_desk: dict[str, Browser], path: str, fields: dict[str, Any], told: str
) -> None:
    given = {name: file(one[0].getvalue()) if isinstance(one, tuple) else one
             for name, one in fields.items()}  # fmt: skip
    answer = at_desk["zhou"].send(PAGE, f"{PAGE}{path}", month="2026-01", **given)
    assert answer.status_code == 422 and told in answer.text
    assert "PRIVATE KEY" not in answer.text
    assert sealed(house) == []
    kept = [path for path in house.registry.folder.rglob("*")
            if path.is_file() and b"PRIVATE KEY" in path.read_bytes()]  # fmt: skip
    assert kept == []


def test_a_file_beyond_the_form_is_not_read(at_desk: dict[str, Browser]) -> None:
    large = at_desk["zhou"].send(
        PAGE, f"{PAGE}/request", month="2026-01", public=file(b"x" * 70_000)
    )
    assert large.status_code == 413


def test_another_key_is_asked_for_by_one_and_confirmed_by_another(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou, lin = at_desk["zhou"], at_desk["lin"]
    months.seal(house, Month(2026, 1), KEY)
    place = f"{PAGE}/key"
    assert zhou.send(PAGE, place, public=public(OTHER), reason=" ").status_code == 422
    assert zhou.send(PAGE, place, public=public(KEY), reason="换").status_code == 422
    both = zhou.send(PAGE, place, public=public(OTHER), none="yes", reason="换")
    assert both.status_code == 422
    assert zhou.send(PAGE, place, public=public(OTHER), reason="保管人轮换").status_code == 303
    shown = lin.get(PAGE)
    assert grouped(OTHER.public) in shown and "保管人轮换" in shown and "确认换钥" in shown
    assert "确认换钥" not in zhou.get(PAGE)
    assert zhou.send(PAGE, f"{place}/confirm").status_code == 403
    assert lin.send(PAGE, f"{place}/decline").status_code == 303
    assert lin.send(PAGE, f"{place}/confirm").status_code == 422
    zhou.send(PAGE, place, none="yes", reason="停用")
    assert zhou.send(PAGE, f"{place}/withdraw").status_code == 303
    zhou.send(PAGE, place, public=public(OTHER), reason="保管人轮换")
    assert lin.send(PAGE, f"{place}/confirm").status_code == 303
    with house.registry.read() as conn:
        now = seal_keys.in_force(conn, UNIT)
    assert now is not None and now.key == OTHER.public
    assert zhou.send(PAGE, f"{PAGE}/request", month="2026-02").status_code == 303
    data = zhou.fetch(f"{PAGE}/request")
    answered = zhou.send(PAGE, f"{PAGE}/response", month="2026-02", response=file(OTHER.sign(data)))
    assert answered.status_code == 303


def test_the_registry_tells_what_is_sealed_as_the_book_does(house: House) -> None:
    def told() -> list[tuple[str, str]]:
        with house.registry.read() as conn:
            return [(str(one.month), one.state) for one in turns(conn, UNIT)]

    assert told() == [("2026-01", NEXT), ("2026-02", LATER)]
    months.seal(house, Month(2026, 2), None)
    assert told() == [("2026-01", COVERED), ("2026-02", SEALED)]
    months.reopen(house, Month(2026, 2))
    assert told() == [("2026-01", COVERED)]
    months.close(house, Month(2026, 2), minutes=1)
    assert told() == [("2026-01", COVERED), ("2026-02", NEXT)]
