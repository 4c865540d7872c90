"""What auditors say stands on the published site and in its open data: results, words, counts."""

from __future__ import annotations

import json
from pathlib import Path

from ledger.registry import entries, persons
from ledger.registry.persons import PersonData
from reports.validating import validate
from tests.audit.bench import TEXT, another, answered, closed, confirmed, evaluated, opened
from tests.house import UNIT, House
from tests.packs.test_packs import files, published, verified

PAGE = f"u/{UNIT}/evaluations.html"
DATA = "data/evaluations.json"


def test_a_confirmed_evaluation_is_on_the_site_with_counts_of_findings_alone(
    sealed: House, tmp_path: Path
) -> None:
    published(sealed, tmp_path / "before")
    with sealed.registry.read() as conn:
        number = next(row.number for row in entries.all_entries(conn, UNIT) if row.number)
    row = opened(sealed, f"{UNIT}/{number}", severity="high", period="2026-01")
    one = evaluated(sealed, period="2026-01", words="账目可信，<b>附件</b>应更完整。")
    published(sealed, tmp_path / "waits")
    assert not (tmp_path / "waits" / DATA).exists()
    assert "附件" not in (tmp_path / "waits" / PAGE).read_text()
    gu = another(sealed, "gu")
    sealed.now = sealed.later(days=3)
    confirmed(sealed, one.code, gu)
    published(sealed, tmp_path / "out")
    out = files(tmp_path / "out")
    for path in (PAGE, f"en/{PAGE}"):
        page = out[path].decode()
        assert "&lt;b&gt;附件&lt;/b&gt;" in page and one.code in page
        assert row.code not in page and number not in page
    assert "有意见" in out[PAGE].decode() and "with remarks" in out[f"en/{PAGE}"].decode()
    assert f'href="u/{UNIT}/evaluations.html"' in out["evaluations.html"].decode()
    assert "审计评价" in out[f"u/{UNIT}/index.html"].decode()
    told = json.loads(out[DATA])
    assert told["on"] == sealed.now.date().isoformat()
    assert told["evaluations"] == [
        {"unit": UNIT, "code": one.code, "version": 1, "scope": "period", "subject": None,
         "period": "2026-01", "result": "remarks", "words": "账目可信，<b>附件</b>应更完整。",
         "note": None, "published": told["on"], "superseded": None,
         "findings": [{"severity": "high", "state": "open", "count": 1}]}
    ]  # fmt: skip
    assert validate(tmp_path / "out") == []
    sums = out["SHA256SUMS"].decode()
    assert all(f"  {path}\n" in sums for path in (PAGE, f"en/{PAGE}", "evaluations.html", DATA))
    found = verified(tmp_path / "out", "--since", str(tmp_path / "before"))
    assert found.returncode == 0, found.stdout + found.stderr
    every = b"\n".join(out.values()).decode(errors="ignore")
    assert TEXT not in every and "欧阳" not in every
    answered(sealed, row.code, text="已说明")
    closed(sealed, row.code, "explained")
    published(sealed, tmp_path / "later")
    (after,) = json.loads((tmp_path / "later" / DATA).read_bytes())["evaluations"]
    assert after["findings"] == [{"severity": "high", "state": "closed", "count": 1}]


def test_a_correction_stands_beside_what_it_corrects(sealed: House, tmp_path: Path) -> None:
    gu = another(sealed, "gu")
    one = evaluated(sealed, period="2026-01")
    confirmed(sealed, one.code, gu)
    evaluated(sealed, corrects=one.code, period="2026-01", result="adverse", note="复核后更正")
    confirmed(sealed, one.code, gu)
    published(sealed, tmp_path / "out")
    page = (tmp_path / "out" / PAGE).read_text()
    assert f'id="{one.code}-v1"' in page and f'id="{one.code}-v2"' in page
    assert "已由第 2 版取代" in page and "复核后更正" in page
    assert validate(tmp_path / "out") == []
    published(sealed, tmp_path / "again")
    assert files(tmp_path / "out") == files(tmp_path / "again")


def test_words_that_came_to_name_somebody_are_withheld(sealed: House, tmp_path: Path) -> None:
    """A name that is registered after the confirmation is looked for once more."""
    gu = another(sealed, "gu")
    one = evaluated(sealed, period="2026-01", words="司马青云经手的账目可信。")
    confirmed(sealed, one.code, gu)
    with sealed.registry.write() as conn:
        persons.add(conn, sealed.registry.vault, PersonData("司马青云"), sealed.now)
    published(sealed, tmp_path / "out")
    for path, data in files(tmp_path / "out").items():
        assert "司马青云" not in data.decode(errors="ignore"), path
    assert validate(tmp_path / "out") == []
