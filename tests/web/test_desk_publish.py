"""Publishing at the desk: drawn and looked at, then published once, then taken away as a ZIP."""

from __future__ import annotations

import hashlib
import io
import re
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from ledger.disclosing.packs import packs_of
from ledger.errors import Refused
from ledger.period import Month
from reports.packs import keeping, offering
from reports.packs.zipped import zip_folder
from reports.web.app import create_app
from reports.web.work import publish
from tests.house import BANK, OFFICE, UNIT, House
from tests.sealing import months
from tests.web.desk import Browser

PAGE = f"/desk/{UNIT}/publish"
LOOK = f"{PAGE}/look"
ZIP = f"{PAGE}/2026-01/public/publication.zip"
JANUARY = {"period": "2026-01", "audience": "public", "explanation": ""}


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> House:
    """January and February closed, January sealed."""
    house = months.build(tmp_path_factory.mktemp("publish") / "federation")
    months.seal(house, Month(2026, 1), None)
    house.registry.close()
    return house


@pytest.fixture
def house(lived: House, tmp_path: Path) -> Iterator[House]:
    made = months.copied(lived, tmp_path / "federation")
    yield made
    made.registry.close()


@pytest.fixture
def at_desk(house: House) -> dict[str, Browser]:
    app = create_app(house.registry.folder, clock=lambda: house.now)
    return {login: Browser(app.test_client(), login) for login in ("zhou", "lin", "shen")}


def seen(page: str) -> str:
    found = re.search(r'name="seen" value="([0-9a-f]{64})"', page)
    assert found, page[:3000]
    return found[1]


def published(browser: Browser, **said: str) -> str:
    """Look at January and publish what is shown; its digest."""
    asked = JANUARY | said
    digest = seen(browser.send(PAGE, LOOK, **asked).text)
    done = browser.send(PAGE, **asked, seen=digest)
    assert done.status_code == 303, done.text[:3000]
    return digest


def corrected(house: House) -> None:
    """January opened again, with another voucher, and sealed anew."""
    for month in (Month(2026, 2), Month(2026, 1)):
        months.reopen(house, month)
    late = house.draft(
        "88.00", debit=OFFICE, credit=BANK, fund="F02", day=date(2026, 1, 20), kind="付"
    )
    house.post(late)
    months.close(house, Month(2026, 1), minutes=1)
    months.seal(house, Month(2026, 1), None)


def test_a_sealed_month_is_looked_at_published_once_and_taken_away_as_a_proven_zip(
    house: House, at_desk: dict[str, Browser], tmp_path: Path
) -> None:
    zhou = at_desk["zhou"]
    page = zhou.get(PAGE)
    assert "<option>2026-01</option>" in page
    assert "2026-02" not in page and "2026-Q1" not in page and f"/desk/{UNIT}/calendar" in page
    zhou.get(ZIP, 404)
    looked = zhou.send(PAGE, LOOK, **JANUARY)
    assert looked.status_code == 200 and "尚未公开" in looked.text and "pack.json" in looked.text
    assert packs_of(house.registry, UNIT) == []
    digest = published(zhou)
    # A second click of the same form: no second version, and nothing is drawn for it.
    again = zhou.send(PAGE, **JANUARY, seen=digest)
    assert again.status_code == 303
    [row] = packs_of(house.registry, UNIT)
    assert (row.version, row.digest) == (1, digest)
    assert digest[:16] in at_desk["shen"].get(PAGE)
    assert "第 1 版相同" in zhou.send(PAGE, LOOK, **JANUARY).text
    data = zhou.fetch(ZIP)
    assert data == zhou.fetch(ZIP)
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(tmp_path / "out")
    [out] = (tmp_path / "out").iterdir()
    sums = out / "packs" / UNIT / "2026-01" / "public" / "v1" / "SHA256SUMS"
    assert hashlib.sha256(sums.read_bytes()).hexdigest() == digest
    proven = subprocess.run(
        [sys.executable, "-I", str(out / "verify.py"), str(out)], capture_output=True, text=True,
        check=False, cwd="/",
    )  # fmt: skip
    assert proven.returncode == 0, proven.stdout + proven.stderr


def test_what_differs_from_what_was_published_is_the_next_version_with_its_words(
    house: House, at_desk: dict[str, Browser]
) -> None:
    zhou = at_desk["zhou"]
    first = published(zhou)
    corrected(house)
    assert "可能须更正" in zhou.get(PAGE)
    looked = zhou.send(PAGE, LOOK, **JANUARY).text
    assert "须更正" in looked and 'name="seen"' not in looked and "income" in looked
    # What was published is not given out beside a book that says otherwise.
    stale = zhou.get(ZIP, 422)
    assert "现在的内容不同" in stale
    unexplained = zhou.send(PAGE, **JANUARY, seen="0" * 64)
    assert unexplained.status_code == 422 and len(packs_of(house.registry, UNIT)) == 1
    second = published(zhou, explanation="补记一笔办公用品")
    assert [(row.version, row.digest) for row in packs_of(house.registry, UNIT)] == [
        (1, first), (2, second),
    ]  # fmt: skip
    with zipfile.ZipFile(io.BytesIO(zhou.fetch(ZIP))) as archive:
        names = archive.namelist()
    assert {name.split("/")[5] for name in names if "/packs/" in name} == {"v1", "v2"}
    assert "补记一笔办公用品" in at_desk["shen"].get(PAGE)


def test_only_what_was_shown_is_published(house: House, at_desk: dict[str, Browser]) -> None:
    zhou = at_desk["zhou"]
    refused = zhou.send(PAGE, **JANUARY, seen="0" * 64)
    assert refused.status_code == 422 and "内容又有变动" in refused.text
    for login in ("lin", "shen"):
        assert at_desk[login].send(PAGE, **JANUARY, seen="0" * 64).status_code == 403
        assert at_desk[login].send(PAGE, LOOK, **JANUARY).status_code == 403
        at_desk[login].get(ZIP, 403)
    assert packs_of(house.registry, UNIT) == []
    assert not (house.registry.folder / keeping.FOLDER).exists()


@pytest.mark.parametrize(
    ("changed", "told"),
    [
        ({"period": "2026-02"}, "尚未结账并封存"),
        ({"period": "2026-Q1"}, "尚未结账并封存"),
        ({"period": "2025-12"}, "没有已结账"),
        ({"period": "2026-13"}, "期间写作"),
        ({"audience": "neighbours"}, "选择公开给谁"),
        ({"explanation": "x" * 301}, "不超过 300"),
        ({"explanation": "打 13812345678"}, "电话"),
    ],
)
def test_what_may_not_be_published_is_told(
    house: House, at_desk: dict[str, Browser], changed: dict[str, str], told: str
) -> None:
    for path, more in ((LOOK, {}), (PAGE, {"seen": "0" * 64})):
        answer = at_desk["zhou"].send(PAGE, path, **(JANUARY | changed | more))
        assert answer.status_code == 422 and told in answer.text, path
    assert packs_of(house.registry, UNIT) == []


@pytest.mark.parametrize("path", ["2026-02/public", "2026-13/public", "2026-01/neighbours", "x/y"])
def test_what_was_not_published_is_not_downloaded(at_desk: dict[str, Browser], path: str) -> None:
    at_desk["zhou"].get(f"{PAGE}/{path}/publication.zip", 404)


def test_two_clicks_at_once_draw_one_after_the_other_and_publish_one_version(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = create_app(house.registry.folder, clock=lambda: house.now)
    browsers = [Browser(app.test_client(), "zhou") for _ in range(2)]
    digest = seen(browsers[0].send(PAGE, LOOK, **JANUARY).text)
    drawn = []
    turn = keeping.turn

    def counted(*args: object, **fields: object) -> keeping.Turn:
        drawn.append(args)
        return turn(*args, **fields)  # type: ignore[arg-type]

    monkeypatch.setattr(keeping, "turn", counted)
    answers: list[int] = []

    def click(browser: Browser) -> None:
        answers.append(browser.send(PAGE, **JANUARY, seen=digest).status_code)

    threads = [threading.Thread(target=click, args=(one,)) for one in browsers]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert answers == [303, 303] and len(drawn) == 1
    assert len(packs_of(house.registry, UNIT)) == 1


def test_a_pack_is_signed_where_the_key_is_and_the_signature_kept(
    house: House, at_desk: dict[str, Browser]
) -> None:
    months.seal(house, Month(2026, 2))
    zhou = at_desk["zhou"]
    published(zhou, period="2026-02")
    ask, send = f"{PAGE}/2026-02/public/1/request", f"{PAGE}/signature"
    said = {"period": "2026-02", "audience": "public", "version": "1"}
    assert "openssl pkeyutl" in zhou.get(PAGE) and ask in zhou.get(PAGE)
    asked = zhou.fetch(ask)
    assert asked.startswith(b"mingbai-list-1\n")
    for wrong in (b"", b"x" * 63, months.OTHER.sign(asked), months.KEY.pem()):
        bad = zhou.send(PAGE, send, **said, response=(io.BytesIO(wrong), "response"))
        assert bad.status_code == 422 and "已签名" not in bad.text
    back = (io.BytesIO(months.KEY.sign(asked)), "response")
    assert zhou.send(PAGE, send, **said, response=back).status_code == 303
    assert "已签名" in zhou.get(PAGE)
    assert keeping.every_fault(house.registry) == []


def test_what_was_not_published_or_not_sealed_by_a_key_is_not_signed(
    at_desk: dict[str, Browser],
) -> None:
    zhou = at_desk["zhou"]
    zhou.get(f"{PAGE}/2026-01/public/1/request", 404)
    said = {"period": "2026-01", "audience": "public", "version": "x"}
    assert zhou.send(PAGE, f"{PAGE}/signature", **said).status_code == 404
    published(zhou)
    assert "封存未签名" in zhou.get(PAGE)
    assert "先用密钥封存" in zhou.get(f"{PAGE}/2026-01/public/1/request", 422)
    at_desk["lin"].get(f"{PAGE}/2026-01/public/1/request", 403)


def test_a_click_that_waits_too_long_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publish, "_PATIENCE", 0.01)
    drawing = publish.Drawing()
    with drawing.of(UNIT):
        with drawing.of("other"):
            pass
        with pytest.raises(Refused), drawing.of(UNIT):
            pass
    with drawing.of(UNIT):
        pass


def test_a_quarter_and_a_year_are_offered_once_all_their_months_are_sealed(house: House) -> None:
    def told() -> list[str]:
        with house.registry.read() as conn:
            return [str(one.period) for one in offering.offered(conn, UNIT)]

    assert told() == ["2026-01"]
    months.seal(house, Month(2026, 2), None)
    assert told() == ["2026-02", "2026-01"]
    months.close(house, Month(2026, 3))
    months.seal(house, Month(2026, 3), None)
    assert told() == ["2026-03", "2026-Q1", "2026-02", "2026-01"]
    months.reopen(house, Month(2026, 3))
    assert told() == ["2026-02", "2026-01"]


def test_a_folder_is_zipped_to_the_same_bytes_and_not_beyond_its_limit(tmp_path: Path) -> None:
    made = []
    for place, names in (("one", ("b/2.txt", "a.txt")), ("two", ("a.txt", "b/2.txt"))):
        for name in names:
            (tmp_path / place / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / place / name).write_text(name)
        out = io.BytesIO()
        zip_folder(tmp_path / place, out, below="p")
        made.append(out.getvalue())
    assert made[0] == made[1]
    with zipfile.ZipFile(io.BytesIO(made[0])) as archive:
        assert archive.namelist() == ["p/a.txt", "p/b/2.txt"]
    with pytest.raises(Refused, match="publication-large"):
        zip_folder(tmp_path / "one", io.BytesIO(), below="p", largest=11)
