"""``/desk/<unit>/donors``: who gives to the unit, what may be published of them, and who they are.

Others see ids and consent only. A name is looked for by a form and never stands in an address; who
records or checks sees names when they ask for them, and the log keeps that they did.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

from flask import Blueprint, abort, redirect, request, url_for

from importers.donors import enter_donor_list, look_at_donor_list
from ledger.errors import CannotRun, Finding, LedgerError, Refused, Words, finding
from ledger.gifts import donors as library
from ledger.gifts.called import STATES
from ledger.gifts.donors import SaidDonor, enter_donors, names_of
from ledger.gifts.standing import gift_standings
from ledger.registry import donors
from ledger.registry.donors import ANONYMOUS
from ledger.registry.persons import PersonData
from ledger.seeing import may_know
from reports.statement import COUNT, TEXT, Column
from reports.web.access import accepts, current_user, desk, may_browse, may_record
from reports.web.gifts import CONSENTS, DONORS, KINDS, gift_bar
from reports.web.work import typed
from reports.web.work.frame import LARGEST_FORM, logins, page
from reports.web.work.gift_acts import one_paper
from reports.web.work.members import bad_field
from reports.web.work.tables import FORMS, form_asked, table_file
from reports.web.work.waiting import sent_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from werkzeug.wrappers import Response

    from ledger.gifts.donors import Looked
    from ledger.registry.donors import DonorRow
    from reports.statement import Cell

donors_page = Blueprint("work-donors", __name__)

_PER_PAGE: Final = 100
_MOST_TOLD: Final = 200
_ASKED: Final = ("q", "kind", "consent", "related")
ERASED: Final = Words("已删除", "erased")


# ---- all of them -------------------------------------------------------------------------------


@donors_page.get("/desk/<unit>/donors", provide_automatic_options=False)
@may_browse
def overview(unit: str) -> Response:
    return _overview(unit)


def _overview(
    unit: str, findings: tuple[Finding, ...] = (), looked: Looked | None = None, file: str = "",
    only: Sequence[DonorRow] | None = None, act: str = "",
) -> Response:  # fmt: skip
    """The page; ``only`` are the donors of a name that somebody looked for."""
    user, registry = current_user(), desk().registry
    asked = {name: request.args.get(name, "").strip()[:24] for name in _ASKED}
    named = only is not None or request.args.get("names") == "1"
    if named and not may_know(user, unit):
        abort(403)
    with registry.read() as conn:
        every = donors.of_unit(conn, unit)
    found = [row for row in every if _matches(row, asked)] if only is None else list(only)
    given = {name: text for name, text in asked.items() if text}
    if named and only is None:
        given["names"] = "1"
    if form := form_asked():
        return _file(unit, found, form, named=named)
    found.reverse()
    pages = max(1, -(-len(found) // _PER_PAGE))
    at = min(max(typed.digits(request.args.get("page", "")) or 1, 1), pages)
    shown = found[(at - 1) * _PER_PAGE : at * _PER_PAGE]
    report = findings if any(fault.line is not None for fault in findings) else ()
    return page(
        "work/donors.html", unit, findings=(_not_entered(len(report)),) if report else findings,
        tab="gifts", sub="donors", rows=shown, count=len(found), every=len(every),
        names=_names(unit, shown) if named and shown else {}, named=named, only=only,
        may_know=may_know(user, unit), asked=asked, given=given, at=at, pages=pages,
        sums=_sums(found), kinds=DONORS, consents=CONSENTS, report=report[:_MOST_TOLD],
        more=max(0, len(report) - _MOST_TOLD), looked=looked, file=file, act=act,
        typed=request.form if act == "one" else {}, forms=FORMS, most=_MOST_TOLD,
    )  # fmt: skip


def _matches(row: DonorRow, asked: dict[str, str]) -> bool:
    return (
        asked["q"].upper() in row.id.upper()
        and asked["kind"] in ("", row.kind)
        and asked["consent"] in ("", row.consent)
        and (asked["related"] != "1" or row.related)
    )


def _sums(found: Sequence[DonorRow]) -> list[tuple[Words, int]]:
    """How many donors there are by what may be published of them."""
    counted = Counter(row.consent for row in found)
    return [(words, counted[name]) for name, words in CONSENTS.items() if counted[name]]


def _names(unit: str, rows: Sequence[DonorRow]) -> dict[str, str]:
    """Who these donors are, for the page; the log keeps that they were shown."""
    found = names_of(desk().registry, unit, rows, current_user(), desk().clock())
    for row in rows:
        if row.person is not None and row.id not in found:
            found[row.id] = f"{ERASED.zh} {ERASED.en}"
    return found


def _file(unit: str, found: Sequence[DonorRow], form: str, *, named: bool) -> Response:
    columns = [
        Column("kind", Words("类别", "Kind"), TEXT, 0.8),
        Column("where", Words("境内境外", "Where"), TEXT, 0.8),
        Column("consent", Words("公开方式", "Consent"), TEXT, 0.8),
        Column("version", Words("版本", "Version"), COUNT, 0.6),
        Column("related", Words("关联方", "Related party"), TEXT, 0.8),
    ]
    names = _names(unit, found) if named else {}
    if named:
        columns.insert(0, Column("name", Words("捐赠人", "Donor"), TEXT, 1.6))
    rows: list[tuple[str, Words, tuple[Cell, ...]]] = []
    for row in found:
        cells: tuple[Cell, ...] = (
            DONORS[row.kind].zh, "境外" if row.abroad else "境内", CONSENTS[row.consent].zh,
            row.version, "是" if row.related else "否",
        )  # fmt: skip
        if named:
            cells = (names.get(row.id, ""), *cells)
        rows.append((row.id, Words(row.id, row.id), cells))
    return table_file(
        unit, "donors", Words("捐赠人名册", "List of donors"), desk().clock().date(), columns,
        rows, heads=Words("编号", "Id"), form=form,
    )  # fmt: skip


@donors_page.post("/desk/<unit>/donors/find")
@may_browse
def find(unit: str) -> Response:
    """The donors of exactly this name, for who may know them; a name is in no address."""
    name = typed.text("name", 100)
    if not name:
        return _overview(unit, (bad_field("填写名称", "type the name"),))
    rows = library.find_named(desk().registry, unit, name, current_user(), desk().clock())
    return _overview(unit, only=rows)


# ---- entering ----------------------------------------------------------------------------------


@donors_page.post("/desk/<unit>/donors")
@may_record
def add(unit: str) -> Response:
    """Enter the one donor of the form."""
    kind = typed.text("kind", 12)
    name = typed.text("name", 100)
    data = PersonData(name, typed.text("phone", 30), typed.text("identity", 30)) if name else None
    consent = typed.text("consent", 12) or donors.UNNAMED
    one = SaidDonor(
        1, "", kind, data, consent, bool(request.form.get("related")),
        bool(request.form.get("abroad")),
    )  # fmt: skip
    try:
        if kind != ANONYMOUS and data is None:
            raise Refused(bad_field("名称须填写；匿名的选「匿名」",
                                    "a name is needed, or choose anonymous"))  # fmt: skip
        done = enter_donors(desk().registry, unit, [one], "", current_user(), desk().clock())
        if not done.fresh:
            raise Refused(
                finding(
                    "donor-known", "此名称或证件号已登记", "this name or number is known already",
                    "用「按名称查找」打开", "look for it by name",
                )
            )  # fmt: skip
    except LedgerError as fault:
        # One donor has no row to count, and needs no command.
        return _overview(unit, tuple(_of_form(found) for found in fault.findings), act="one")
    return _to(unit, done.fresh[0][1], "donors 1")


def _of_form(found: Finding) -> Finding:
    return finding(
        found.rule, found.what.zh, found.what.en, "改正后再提交", "correct it and send it again"
    )


@donors_page.post("/desk/<unit>/donors/list")
@may_record
@accepts(LARGEST_FORM)
def add_list(unit: str) -> Response:
    """Look at a list row by row, or enter all of it."""
    registry, user, now = desk().registry, current_user(), desk().clock()
    file = request.files.get("file")
    name = sent_name(file.filename) if file else ""
    if file is None or not name:
        return _overview(unit, (bad_field("选择捐赠人名册", "choose the list of donors"),))
    # What a file is called may name somebody: it is called by what it is from here on.
    called = f"donors.{name.rpartition('.')[2].lower()[:5]}"
    data = file.read()
    try:
        if request.form.get("act") == "look":
            looked = look_at_donor_list(registry, unit, data, called, user)
            return _overview(unit, looked=looked, file=called)
        done = enter_donor_list(registry, unit, data, called, user, now)
    except LedgerError as fault:
        return _overview(unit, tuple(fault.findings), file=called)
    told = f"donors {len(done.fresh)}"
    return redirect(url_for("work-donors.overview", unit=unit, done=told), 303)


def _not_entered(count: int) -> Finding:
    return finding(
        "not-entered", f"没有登记：{count} 处须改正，见下表",
        f"nothing was entered: {count} things to correct, see below",
        "改正后重新登记", "correct them and enter it again",
    )  # fmt: skip


# ---- one of them -------------------------------------------------------------------------------


@donors_page.get("/desk/<unit>/donors/<donor>", provide_automatic_options=False)
@may_browse
def donor(unit: str, donor: str) -> Response:
    return donor_shown(unit, donor)


def donor_shown(unit: str, donor: str, findings: tuple[Finding, ...] = ()) -> Response:
    """One donor with their gifts; who they are for who may know, which the log keeps."""
    registry, today = desk().registry, desk().clock().date()
    with registry.read() as conn:
        row = donors.find(conn, unit, donor)
        versions = donors.consents(conn, donor) if row is not None else []
    if row is None:
        abort(404)
    knows = may_know(current_user(), unit)
    given = [one for one in gift_standings(registry, unit, today) if one.row.donor == donor]
    return page(
        "work/donor.html", unit, findings=findings, tab="gifts", sub="donors", row=row,
        name=_names(unit, [row]).get(donor, "") if knows and row.person else "", knows=knows,
        versions=versions, gifts=[(one, gift_bar(one)) for one in reversed(given)],
        total={name: sum(getattr(one, f"{name}_fen") for one in given)
               for name in ("received", "used", "held", "returned")},
        kinds=DONORS, consents=CONSENTS, gift_kinds=KINDS, states=STATES, logins=logins(),
        typed=request.form, years=sorted({use.day.year for one in given for part in one.parts
                                          for use in part.came}, reverse=True),
        admin=current_user().may("administer", "*"),
    )  # fmt: skip


@donors_page.post("/desk/<unit>/donors/<donor>/consent")
@may_record
@accepts(LARGEST_FORM)
def consent(unit: str, donor: str) -> Response:
    """Another version of what a donor consents to, with the paper that says so."""
    try:
        data, name = one_paper("consent")
        library.change_consent(
            desk().registry, unit, donor, typed.text("consent", 12), data, name, current_user(),
            desk().clock(), related=bool(request.form.get("related")),
        )  # fmt: skip
    except CannotRun:
        abort(404)
    except LedgerError as fault:
        return donor_shown(unit, donor, fault.findings)
    return _to(unit, donor, "donor-consent")


def _to(unit: str, donor: str, done: str) -> Response:
    return redirect(url_for("work-donors.donor", unit=unit, donor=donor, done=done), 303)
