"""What every page of the desk shares: its unit, its findings, and the papers of its forms."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from flask import make_response, render_template, request

from ledger.account import account_code, account_label
from ledger.choosing import initials
from ledger.errors import Refused, Words, finding
from ledger.registry import entries, papers
from reports.web.access import IN_UNIT, current_user, desk
from reports.web.units import find_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from flask import Response

    from ledger.errors import Finding

#: All files of one form together.
LARGEST_FORM: Final = 24 * 1024 * 1024
_MOST_PAPERS: Final = 20

#: What a paper may be: its suffix, and how such a file begins.
_KINDS: Final[dict[str, tuple[bytes, ...]]] = {
    ".pdf": (b"%PDF-",),
    ".png": (b"\x89PNG\r\n\x1a\n",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".ofd": (b"PK\x03\x04",),
    ".xlsx": (b"PK\x03\x04",),
}


def page(
    template: str,
    unit: str,
    *,
    findings: Sequence[Finding] = (),
    status: int = 200,
    **values: object,
) -> Response:
    """A page of the desk; with findings it says what has to be corrected."""
    facts = find_unit(desk().folder, unit)
    user = current_user()
    return make_response(
        render_template(
            template,
            unit=unit,
            unit_name=facts.name if facts else Words(unit, unit),
            rights=frozenset(right for right in IN_UNIT if user.may(right, unit)),
            findings=findings,
            done=request.args.get("done", "")[:80],
            **values,
        ),
        422 if findings and status == 200 else status,
    )


def form_key() -> str:
    """A key that makes one form one draft, however often it is sent."""
    return secrets.token_hex(8)


# ---- choices -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Choice:
    """An account or fund to choose: what is sent, and what is shown and searched beside it."""

    value: str
    label: str


def account_choices(unit: str) -> list[Choice]:
    """Open accounts, found by code, pinyin initials or name while typing."""
    with desk().registry.read() as conn:
        known = entries.accounts(conn, unit)
    return [
        Choice(account_code(name) or name, f"{account_label(name)} {initials(account_label(name))}")
        for name, row in sorted(known.items(), key=lambda item: account_code(item[0]))
        if row.closed is None
    ]


def fund_choices(unit: str) -> list[Choice]:
    with desk().registry.read() as conn:
        known = entries.funds(conn, unit)
    return [Choice(code, row.name) for code, row in sorted(known.items()) if row.closed is None]


# ---- papers ------------------------------------------------------------------------------------


def sent_papers(field: str = "papers") -> list[tuple[str, bytes]]:
    """The papers of the form, looked at; Refused if one is not what its name says."""
    found: list[tuple[str, bytes]] = []
    faults: list[Finding] = []
    for file in request.files.getlist(field):
        name = Path(file.filename or "").name
        if not name:
            continue
        data = file.read()
        kind = _KINDS.get(Path(name).suffix.lower())
        if kind is None or not data.startswith(kind):
            faults.append(
                finding(
                    "paper-kind",
                    "附件须为 PDF、PNG、JPEG、OFD 或 XLSX，且内容与扩展名相符",
                    "a paper is a PDF, PNG, JPEG, OFD or XLSX file, and is what its name says",
                    "扫描或拍照后另存为 PDF 或图片",
                    "scan or photograph it and save it as PDF or picture",
                )
            )
        else:
            found.append((name, data))
    if len(found) > _MOST_PAPERS:
        faults.append(
            finding(
                "papers-many",
                f"一次最多 {_MOST_PAPERS} 份附件",
                f"at most {_MOST_PAPERS} papers at a time",
                "合并为一个 PDF",
                "put them into one PDF",
            )
        )
    if faults:
        raise Refused(*faults)
    return found


def keep_papers(unit: str, sent: list[tuple[str, bytes]]) -> tuple[str, ...]:
    """Store the papers beside the book; their digests, each once."""
    user, now = current_user().id, desk().clock()
    return tuple(
        dict.fromkeys(
            papers.store_bytes(desk().registry, unit, data, name, user=user, now=now)
            for name, data in sent
        )
    )
