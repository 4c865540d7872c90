"""Packs and publications: what is written, rebuilt, corrected and verified."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from ledger import closing, reopening
from ledger.errors import CannotRun, NotAllowed, Refused
from ledger.founding import open_accounts
from ledger.journal import open_pen
from ledger.period import Month, Period
from ledger.registry import entries, oplog, units
from ledger.sealing import acting
from reports.packs import keeping, publication
from reports.packs.writing import SUMS, json_bytes, sums
from tests.house import BANK, OFFICE, UNIT, House
from tests.sealing.months import copied

JANUARY = Period.parse("2026-01")


def published(house: House, out: Path, period: Period = JANUARY, why: str = "") -> dict[str, Any]:
    """Publish as the treasurer does."""
    found = publication.gather(house.registry, period, "public", explanation=why)
    keeping.publish(house.registry, list(found.turns.values()), house.maker, house.now)
    return publication.write(house.registry, found, period, "public", out)


def verified(out: Path, *more: str) -> subprocess.CompletedProcess[str]:
    """The script that is shipped, in a process of its own, without our packages."""
    return subprocess.run(
        [sys.executable, "-I", str(out / "verify.py"), str(out), *more],
        capture_output=True, text=True, check=False, cwd="/",
    )  # fmt: skip


def files(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_what_is_published_is_proven_by_the_script_that_comes_with_it(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "out")
    found = verified(tmp_path / "out")
    assert found.returncode == 0, found.stdout + found.stderr


def test_another_run_at_another_place_gives_the_same_bytes(sealed: House, tmp_path: Path) -> None:
    published(sealed, tmp_path / "out")
    other = copied(sealed, tmp_path / "elsewhere" / "federation")
    published(other, tmp_path / "elsewhere" / "out")
    other.registry.close()
    assert files(tmp_path / "out") == files(tmp_path / "elsewhere" / "out")


def test_a_byte_that_is_altered_anywhere_is_found_with_its_file(
    sealed: House, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    published(sealed, out)
    for path in sorted(out.rglob("*")):
        if not path.is_file() or path.name in ("verify.py",):
            continue
        data = path.read_bytes()
        if not data:
            continue
        path.write_bytes(data[:-2] + bytes([data[-2] ^ 1]) + data[-1:] if len(data) > 1 else b"x")
        found = verified(out)
        assert found.returncode == 1, path
        path.write_bytes(data)


def test_a_month_that_is_not_sealed_is_not_published(sealed: House, tmp_path: Path) -> None:
    with pytest.raises(Refused) as caught:
        published(sealed, tmp_path / "out", Period.parse("2026-Q1"))
    assert caught.value.findings[0].rule == "not-sealed"
    assert not (tmp_path / "out").exists()


def test_nothing_that_stands_in_the_folder_is_overwritten_unless_it_is_a_publication(
    sealed: House, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "thesis.txt").write_text("mine")
    with pytest.raises(CannotRun):
        published(sealed, out)
    assert (out / "thesis.txt").read_text() == "mine"
    with pytest.raises(CannotRun):
        published(sealed, sealed.registry.folder / "public")


def test_a_publication_takes_the_place_of_the_older_one_whole(
    sealed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    published(sealed, out)
    before = files(out)
    (out / "u" / "stale.html").write_text("no longer published")
    with monkeypatch.context() as patch:
        patch.setattr(publication, "write_files", lambda *_: (_ for _ in ()).throw(OSError("full")))
        with pytest.raises(OSError, match="full"):
            published(sealed, out)
    assert (out / "u" / "stale.html").exists() and before.items() <= files(out).items()
    published(sealed, out)
    assert files(out) == before
    assert {path.name for path in tmp_path.iterdir()} == {"federation", "out"}


def corrected(house: House) -> None:
    """Open January and February again, add a voucher to January, and seal both anew."""
    for month in (Month(2026, 2), Month(2026, 1)):
        reopening.ask(house.registry, UNIT, month, house.maker, house.now, "漏记一笔")
        reopening.confirm(house.registry, UNIT, month, house.checker, house.now)
    house.post(
        house.draft(
            "88.00", debit=OFFICE, credit=BANK, fund="F02", day=date(2026, 1, 20), kind="付",
            narration="补记办公用品",
        )
    )  # fmt: skip
    house.now += timedelta(days=1)
    for month in (Month(2026, 1), Month(2026, 2)):
        closing.close_month(house.registry, UNIT, month, house.maker, house.now)
        acting.seal_month(house.registry, UNIT, month, house.maker, house.now)


def test_a_correction_is_another_version_with_its_reason_and_the_old_one_stays(
    sealed: House, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    published(sealed, first)
    corrected(sealed)
    with pytest.raises(Refused) as caught:
        published(sealed, second)
    assert caught.value.findings[0].rule == "published-otherwise"
    published(sealed, second, why="漏记一张办公用品凭证")
    packs = second / "packs" / UNIT / "2026-01" / "public"
    assert files(packs / "v1") == files(first / "packs" / UNIT / "2026-01" / "public" / "v1")
    told = json.loads((packs / "v2" / "pack.json").read_bytes())
    assert told["explanation"] == "漏记一张办公用品凭证"
    assert told["supersedes"] == hashlib.sha256((packs / "v1" / SUMS).read_bytes()).hexdigest()
    # Of the whole log in its order: February had to be opened before January could be.
    assert [one["month"] for one in told["reopened"]] == ["2026-02", "2026-01"]
    found = verified(second, "--since", str(first))
    assert found.returncode == 0, found.stdout + found.stderr
    page = (second / "u" / UNIT / "disclosures.html").read_text()
    assert "漏记一张办公用品凭证" in page


def test_a_month_that_was_opened_again_is_told_with_its_day_and_not_by_whom_or_why(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "first")
    day = sealed.now.date()
    corrected(sealed)
    published(sealed, tmp_path / "second", why="更正一张凭证")
    packs = tmp_path / "second" / "packs" / UNIT / "2026-01" / "public"
    told = f"2026-01 月结账后于 {day} 重新打开，更正后再次结账。"
    for name in ("balance-sheet", "income-statement", "funds", "trial-balance", "journal"):
        file = f"{name}-2026-01.json"
        assert told not in (packs / "v1" / file).read_text()
        assert (packs / "v2" / file).read_text().count(told) == 1
    # February was opened again as well, which is no matter of this period.
    page = (tmp_path / "second" / "u" / UNIT / "index.html").read_text()
    assert f"2026-01 月于 {day} 重新打开" in page and "2026-02 月于" not in page
    assert "重新打开，更正" not in (tmp_path / "first" / "u" / UNIT / "index.html").read_text()
    everything = b"".join(files(tmp_path / "second").values()).decode(errors="replace")
    for secret in ("漏记一笔", sealed.maker.id, sealed.checker.id):
        assert secret not in everything


def test_who_rewrites_what_was_published_is_found_by_who_has_the_older_one(
    sealed: House, tmp_path: Path
) -> None:
    first, second = tmp_path / "first", tmp_path / "second"
    published(sealed, first)
    corrected(sealed)
    published(sealed, second, why="漏记")
    shutil.rmtree(second / "packs" / UNIT / "2026-01" / "public" / "v1")
    assert verified(second, "--since", str(first)).returncode == 1


def test_a_kept_pack_that_is_altered_is_not_published_again(sealed: House, tmp_path: Path) -> None:
    published(sealed, tmp_path / "out")
    (row,) = keeping.kept(sealed.registry, "public", [UNIT])
    assert list(keeping.faults(sealed.registry.folder, row)) == []
    path = keeping.place(sealed.registry.folder, row) / "pack.json"
    path.write_bytes(path.read_bytes() + b" ")
    assert [one.rule for one in keeping.faults(sealed.registry.folder, row)] == [
        "publication-changed"
    ]
    assert len(keeping.every_fault(sealed.registry)) == 1
    with pytest.raises(Refused):
        published(sealed, tmp_path / "again")


def test_publishing_is_written_into_the_log(sealed: House, tmp_path: Path) -> None:
    told = published(sealed, tmp_path / "out")
    with sealed.registry.read() as conn:
        acts = [act for act in oplog.entries(conn, UNIT) if act.action == "pack.publish"]
    assert [act.detail for act in acts] == [one["digest"] for one in told["packs"]]
    published(sealed, tmp_path / "again")
    with sealed.registry.read() as conn:
        assert len([a for a in oplog.entries(conn, UNIT) if a.action == "pack.publish"]) == 1


def test_who_may_not_record_publishes_nothing(sealed: House, tmp_path: Path) -> None:
    found = publication.gather(sealed.registry, JANUARY, "public")
    with pytest.raises(Refused):
        keeping.publish(sealed.registry, list(found.turns.values()), sealed.reader, sealed.now)
    with pytest.raises(NotAllowed) as caught:
        publication.only_by(found, sealed.reader)
    assert [one.rule for one in caught.value.findings] == ["not-theirs"]
    assert keeping.kept(sealed.registry, "public", [UNIT]) == []
    keeping.publish(sealed.registry, list(found.turns.values()), sealed.maker, sealed.now)
    again = publication.gather(sealed.registry, JANUARY, "public")
    assert publication.only_by(again, sealed.reader).turns.keys() == {UNIT}


def test_an_explanation_that_holds_something_of_a_person_is_not_published(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "first")
    corrected(sealed)
    with pytest.raises(Refused) as caught:
        published(sealed, tmp_path / "second", why="请联系 13812345678")
    assert [one.rule for one in caught.value.findings] == ["number-in-text"]
    assert not (tmp_path / "second").exists()


def test_an_older_publication_that_is_not_there_proves_nothing(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "out")
    assert verified(tmp_path / "out", "--since", str(tmp_path / "nowhere")).returncode == 2


def test_of_two_who_publish_at_once_one_is_refused_and_nothing_of_theirs_is_kept(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "first")
    corrected(sealed)
    two = [
        publication.gather(sealed.registry, JANUARY, "public", explanation=why)
        for why in ("漏记一笔", "补记一笔")
    ]
    keeping.publish(sealed.registry, list(two[0].turns.values()), sealed.maker, sealed.now)
    with pytest.raises(Refused):
        keeping.publish(sealed.registry, list(two[1].turns.values()), sealed.maker, sealed.now)
    assert keeping.every_fault(sealed.registry) == []
    assert keeping.publish(
        sealed.registry, list(two[0].turns.values()), sealed.maker, sealed.now
    ) == [keeping.kept(sealed.registry, "public", [UNIT])[-1]]


def test_a_month_that_was_opened_again_is_not_published_before_it_is_closed(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "first")
    reopening.ask(sealed.registry, UNIT, Month(2026, 2), sealed.maker, sealed.now, "漏记一笔")
    reopening.confirm(sealed.registry, UNIT, Month(2026, 2), sealed.checker, sealed.now)
    with pytest.raises(Refused) as caught:
        published(sealed, tmp_path / "second", Period.parse("2026-02"))
    assert [one.rule for one in caught.value.findings] == ["not-sealed"]


# ---- a unit that ends --------------------------------------------------------------------------


def ended(house: House, day: date = date(2026, 3, 1)) -> None:
    """The unit is closed from a day on, as after a merger."""
    with house.registry.write() as conn:
        units.set_closed(conn, UNIT, day)


def doctored(pack: Path, months: list[str], out: Path) -> None:
    """A pack that says something else of the months of its book; its lists are made anew."""
    told = json.loads((pack / "pack.json").read_text(encoding="utf-8"))
    (pack / "pack.json").write_bytes(json_bytes({**told, "months": months}))
    for folder in (pack, out):
        found = {name: data for name, data in files(folder).items() if name != SUMS}
        (folder / SUMS).write_bytes(sums(found))


def test_a_unit_that_was_closed_in_the_period_publishes_up_to_its_end(
    sealed: House, tmp_path: Path
) -> None:
    ended(sealed)
    told = published(sealed, tmp_path / "out", Period.parse("2026-Q1"))
    pack = tmp_path / "out" / told["packs"][0]["place"]
    said = json.loads((pack / "pack.json").read_text(encoding="utf-8"))
    assert said["months"] == ["2026-01", "2026-02"]
    found = verified(tmp_path / "out", "--json")
    assert found.returncode == 0, found.stdout
    assert json.loads(found.stdout)["no_book"] == [f"{UNIT}/2026-Q1/2026-03"]


def test_a_unit_that_was_closed_in_the_middle_of_a_month_seals_that_month_too(
    sealed: House, tmp_path: Path
) -> None:
    ended(sealed, date(2026, 3, 2))
    with pytest.raises(Refused) as caught:
        published(sealed, tmp_path / "out", Period.parse("2026-Q1"))
    assert caught.value.findings[0].rule == "not-sealed"


def test_a_period_behind_a_units_end_has_no_pack_of_it(sealed: House, tmp_path: Path) -> None:
    ended(sealed)
    with pytest.raises(Refused) as caught:
        published(sealed, tmp_path / "out", Period.parse("2026-03"))
    assert caught.value.findings[0].rule == "nothing-sealed"


def test_months_are_left_out_only_behind_the_last_seal_and_where_no_leaf_is_of_them(
    sealed: House, tmp_path: Path
) -> None:
    """A pack that says that its book has a month without a seal proves nothing."""
    ended(sealed)
    out = tmp_path / "out"
    pack = out / published(sealed, out, Period.parse("2026-Q1"))["packs"][0]["place"]
    doctored(pack, ["2026-01", "2026-02", "2026-03"], out)
    found = verified(out)
    assert found.returncode == 1
    assert "seal 2026-03: 此月未封存" in found.stdout


def test_a_month_that_a_pack_leaves_out_and_another_one_seals_is_found(
    sealed: House, tmp_path: Path
) -> None:
    ended(sealed)
    out = tmp_path / "out"
    published(sealed, out, Period.parse("2026-Q1"))
    with sealed.registry.write() as conn:
        conn.execute(text("UPDATE unit SET closed = NULL"))
    closing.close_month(sealed.registry, UNIT, Month(2026, 3), sealed.maker, sealed.now)
    acting.seal_month(sealed.registry, UNIT, Month(2026, 3), sealed.maker, sealed.now)
    found = publication.gather(sealed.registry, Period.parse("2026-03"), "public")
    keeping.publish(sealed.registry, list(found.turns.values()), sealed.maker, sealed.now)
    publication.write(sealed.registry, found, Period.parse("2026-03"), "public", out)
    done = verified(out)
    assert done.returncode == 1
    assert "说无账却有封印" in done.stdout


def test_packs_of_many_units_are_the_same_from_several_processes(
    sealed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    published(sealed, tmp_path / "out")
    monkeypatch.setattr(publication, "_MANY", 1)
    published(sealed, tmp_path / "again")
    assert files(tmp_path / "out") == files(tmp_path / "again")


def test_pages_of_ones_own_stand_in_no_list_and_any_other_page_has_to(
    sealed: House, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    told = published(sealed, out)
    own = f"my/{'a' * 26}.html"
    for top in (out, out / "en"):
        (top / "my").mkdir(exist_ok=True)
        (top / own).write_text("mine", encoding="utf-8")
    assert verified(out).returncode == 0
    for place in ("my/other.html", f"u/{own}", f"{told['packs'][0]['place']}/{own}"):
        (out / place).parent.mkdir(parents=True, exist_ok=True)
        (out / place).write_text("more", encoding="utf-8")
        assert verified(out).returncode == 1, place
        (out / place).unlink()


def test_an_account_may_be_posted_to_with_another_one_below_it(
    sealed: House, tmp_path: Path
) -> None:
    """Totals are of each account alone, trial balances of all that is below it."""
    register = sealed.registry
    with open_pen(register, UNIT, sealed.now) as pen:
        row = entries.AccountRow(f"{OFFICE}:01-纸张", "Paper", "CNY", False, date(2026, 3, 1), None)
        open_accounts(pen, [row])
    for account, amount in ((OFFICE, "3.00"), (row.name, "4.00")):
        sealed.post(
            sealed.draft(amount, debit=account, credit=BANK, kind="付", day=date(2026, 3, 9))
        )
    closing.close_month(register, UNIT, Month(2026, 3), sealed.maker, sealed.now)
    acting.seal_month(register, UNIT, Month(2026, 3), sealed.maker, sealed.now)
    out = tmp_path / "out"
    place = published(sealed, out, Period.parse("2026-03"))["packs"][0]["place"]
    totals = json.loads((out / place / "pack.json").read_text(encoding="utf-8"))["totals"]
    assert totals[OFFICE]["debit"] == "3.00"
    assert totals[row.name]["debit"] == "4.00"
    found = verified(out)
    assert found.returncode == 0, found.stdout


def test_english_pages_call_the_federation_by_its_english_name_where_it_has_one(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "first")
    chinese = "青禾县总工会（示例）"
    assert chinese in (tmp_path / "first" / "en" / "index.html").read_text()
    settings = sealed.registry.folder / "federation.toml"
    said = settings.read_text().replace('name_en = ""', 'name_en = "Qinghe union (example)"')
    settings.write_text(said)
    published(sealed, tmp_path / "second")
    page = (tmp_path / "second" / "en" / "index.html").read_text()
    assert "Qinghe union (example)" in page and chinese not in page
    assert chinese in (tmp_path / "second" / "index.html").read_text()


def test_no_file_of_a_pack_sends_its_reader_to_a_command(
    sealed: House, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a figure's annex leaves out stands in the pack's book; the public has no registry."""
    monkeypatch.setattr("reports.packs.drawing._MOST_IN_FILES", 1)
    published(sealed, tmp_path / "out")
    place = tmp_path / "out" / "packs" / UNIT / "2026-01" / "public" / "v1"
    drawn = list(place.glob("*.pdf"))
    told = [
        subprocess.run(
            ["pdftotext", str(path), "-"], capture_output=True, text=True, check=True
        ).stdout
        for path in drawn
    ]
    assert any("book/" in one for one in told)
    assert not any("mingbai show" in one for one in told)
