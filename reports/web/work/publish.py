"""``/desk/<unit>/publish``: what of the unit may be published, looked at first, then published.

Drawing takes seconds, so that only what was asked for is drawn, one pack of a unit at a time, and
what another click has published already is not drawn again. The whole publication comes as a ZIP.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from functools import partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Final, cast

from flask import Blueprint, abort, current_app, redirect, request, send_file, url_for

from ledger.errors import Finding, LedgerError, Refused, Words, finding, refuse_if
from ledger.period import Period
from ledger.registry import packs
from ledger.rules.disclosure_tables import MEMBERS, PUBLIC
from reports.packs import keeping, offering, publication, signatures
from reports.packs.zipped import zip_folder
from reports.web.access import current_user, desk, may_browse, may_record
from reports.web.work import key_files, typed
from reports.web.work.doing import do
from reports.web.work.frame import logins, page

if TYPE_CHECKING:
    from werkzeug.wrappers import Response

    from ledger.registry.packs import PackRow
    from reports.packs.offering import Looked

publish_page = Blueprint("work-publish", __name__)

#: Seconds that a second click waits for the first.
_PATIENCE: Final = 15
_WORDS: Final = {PUBLIC: Words("公众", "the public"), MEMBERS: Words("会员", "members")}


class Drawing:
    """One pack of a unit is drawn at a time."""

    def __init__(self) -> None:
        self._own = Lock()
        self._units: dict[str, Lock] = {}

    @contextmanager
    def of(self, unit: str) -> Iterator[None]:
        """Refused where another is drawn for longer than a click waits."""
        with self._own:
            lock = self._units.setdefault(unit, Lock())
        if not lock.acquire(timeout=_PATIENCE):
            raise Refused(
                finding(
                    "being-drawn", "正在生成本单位的公开包", "a pack of the unit is being drawn",
                    "稍等片刻再试", "wait a moment and try again",
                )
            )  # fmt: skip
        try:
            yield
        finally:
            lock.release()


def _drawing(unit: str) -> AbstractContextManager[None]:
    found = current_app.extensions.setdefault("mingbai-drawing", Drawing())
    return cast("Drawing", found).of(unit)


@publish_page.get("/desk/<unit>/publish", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _shown(unit)


def _shown(unit: str, findings: tuple[Finding, ...] = (), looked: Looked | None = None) -> Response:
    with desk().registry.read() as conn:
        offers = offering.offered(conn, unit)
        rows = packs.of_units(conn, [unit])
    return page(
        "work/publish.html", unit, findings=findings, tab="calendar", sub="publish",
        offers=offers, years=sorted({one.period.start.year for one in offers}, reverse=True),
        rows=sorted(rows, key=lambda row: (row.at, row.version), reverse=True), looked=looked,
        latest={(row.period, row.audience): row.version for row in rows}, audiences=_WORDS,
        names=logins(), typed=request.form, signed=signatures.standing(desk().registry, rows),
    )  # fmt: skip


@publish_page.post("/desk/<unit>/publish/look")
@may_record
def look(unit: str) -> Response:
    """Draw one pack and show its digest and files; nothing is kept."""
    try:
        period, audience, words = _asked()
        refuse_if(offering.faults(desk().registry, audience, words))
        with _drawing(unit):
            found = offering.look(desk().registry, unit, period, audience, words)
    except LedgerError as fault:
        return _shown(unit, fault.findings)
    return _shown(unit, looked=found)


@publish_page.post("/desk/<unit>/publish")
@may_record
def publish(unit: str) -> Response:
    """Publish what was shown, and nothing else; what is published already stays as it is."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    try:
        period, audience, words = _asked()
        seen = typed.text("seen", 64)
        refuse_if(offering.faults(registry, audience, words))
        with _drawing(unit):
            version = _published(unit, period, audience, seen)
            if version is None:
                turn = keeping.turn(registry, unit, period, audience, words)
                if turn.built.digest != seen:
                    raise offering.changed_since()
                keeping.publish(registry, [turn], user, now)
                version = turn.built.version.number
    except LedgerError as fault:
        return _shown(unit, fault.findings)
    done = f"published {period} {version}"
    return redirect(url_for("work-publish.overview", unit=unit, done=done), 303)


@publish_page.get(
    "/desk/<unit>/publish/<period>/<audience>/<int:version>/request",
    provide_automatic_options=False,
)
@may_record
def signature_request(unit: str, period: str, audience: str, version: int) -> Response:
    """What the key of the pack's seal has to sign, elsewhere, as a file."""
    try:
        row = _version(unit, period, audience, version)
        asked = signatures.request_of(desk().registry, row)
    except LedgerError as fault:
        return _shown(unit, fault.findings)
    return key_files.request_file(asked, f"{unit}-{row.period}-{audience}.v{version}.request")


@publish_page.post("/desk/<unit>/publish/signature")
@may_record
def signature(unit: str) -> Response:
    """Keep the signature of a published pack that came back."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    said = [typed.text(name, 20) for name in ("period", "audience", "version")]
    number = int(said[2]) if said[2].isascii() and said[2].isdigit() else 0
    row = _version(unit, said[0], said[1], number)
    return do(
        lambda: signatures.answer(registry, row, key_files.sent_signature(), user, now),
        partial(_shown, unit), "work-publish.overview", unit=unit,
        done=f"signed {row.period} {row.version}",
    )  # fmt: skip


def _version(unit: str, period: str, audience: str, version: int) -> PackRow:
    """A version that was published; 404 for any other."""
    with desk().registry.read() as conn:
        rows = packs.versions(conn, unit, period, audience)
    return next((row for row in rows if row.version == version), None) or abort(404)


@publish_page.get(
    "/desk/<unit>/publish/<period>/<audience>/publication.zip", provide_automatic_options=False
)
@may_record
def download(unit: str, period: str, audience: str) -> Response:
    """Everything that was published of a period: packs, site, open data, the script; as one ZIP."""
    registry = desk().registry
    try:
        asked = Period.parse(period)
    except ValueError:
        abort(404)
    with registry.read() as conn:
        known = packs.versions(conn, unit, str(asked), audience)
    if not known:
        abort(404)
    name = f"{unit}-{asked}-{audience}-v{known[-1].version}"
    with ExitStack() as stack:
        out = stack.enter_context(tempfile.TemporaryFile(prefix="mingbai-"))
        try:
            with _drawing(unit), tempfile.TemporaryDirectory(prefix="mingbai-") as folder:
                found = publication.gather(registry, asked, audience, asked=unit, below=False)
                place = Path(folder) / "publication"
                publication.write(registry, found, asked, audience, place)
                zip_folder(place, out, below=name)
        except LedgerError as fault:
            return _shown(unit, fault.findings)
        out.seek(0)
        answer = send_file(
            out, mimetype="application/zip", as_attachment=True, download_name=f"{name}.zip"
        )
        answer.call_on_close(stack.pop_all().close)  # it is sent piece by piece
    return answer


def _asked() -> tuple[Period, str, str]:
    """What the form asks for; Refused for what is no period."""
    try:
        period = Period.parse(typed.text("period", 10))
    except ValueError as fault:
        raise Refused(
            finding(
                "bad-period", "期间写作 2026、2026-Q1 或 2026-03",
                "a period is written 2026, 2026-Q1 or 2026-03", "从列表中选一个",
                "choose one of the list",
            )
        ) from fault  # fmt: skip
    return period, typed.text("audience", 20), typed.text("explanation", 301)


def _published(unit: str, period: Period, audience: str, digest: str) -> int | None:
    """The version that was published with this digest; None if none was."""
    with desk().registry.read() as conn:
        rows = packs.versions(conn, unit, str(period), audience)
    return next((row.version for row in rows if row.digest == digest), None)
