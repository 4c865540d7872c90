"""A publication: every pack of an audience, the site that shows them, and what verifies them.

It is written into a folder of its own, which holds nothing that is not published. The registry's
part in it is what people may read: names by consent, sums of five, labels.
"""

from __future__ import annotations

import hashlib
import re
import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from ledger.audit.evaluation_standing import last_published
from ledger.errors import (
    CannotRun,
    Finding,
    LedgerError,
    NotAllowed,
    Refused,
    Words,
    finding,
)
from ledger.registry import Registry, units
from ledger.registry.settings import read_settings
from ledger.sealing import lists
from ledger.sealing.lists import SIGNATURE
from reports import schemas, threesixty
from reports.packs import keeping, site_audit, site_due, site_dues, site_gifts, site_unit
from reports.packs.building import place_of
from reports.packs.keeping import Turn
from reports.packs.scanning import Scanner
from reports.packs.site_unit import Kept
from reports.packs.writing import SUMS, json_bytes, sums, write_files
from reports.site import model
from reports.site.writing import render_site

if TYPE_CHECKING:
    from datetime import date

    from ledger.period import Period
    from ledger.registry import User
    from ledger.registry.units import UnitRow
    from ledger.sealing.signing import SigningKey
    from reports.packs.telling import Told

_Page = TypeVar("_Page", model.MyGift, model.MyDues)

FORMAT: Final = "mingbai-publication-1"
INDEX: Final = "publication.json"
SCRIPT: Final = "verify.py"
_SCHEMAS: Final = "data/schemas"
#: Pages whose address only one person knows stand in no list.
_OWN: Final = re.compile(r"(?:en/)?my/[a-z2-7]{26}(?:-p[0-9]+)?\.html")
#: From so many units on their packs are made in several processes.
_MANY: Final = 8


@dataclass(frozen=True)
class Gathered:
    """The packs of a period, and why units have none."""

    rows: tuple[UnitRow, ...]
    turns: Mapping[str, Turn]
    left_out: tuple[Finding, ...]


def gather(
    registry: Registry, period: Period, audience: str, *, asked: str | None = None,
    explanation: str = "", below: bool = True,
) -> Gathered:  # fmt: skip
    """The packs of every unit, or of one with what is below it; Refused if there are none.

    Without ``below`` it is that unit alone.

    What is published already is rebuilt, and has to be the same to the byte.
    """
    with registry.read() as conn:
        rows = units.all_units(conn) if asked is None else units.subtree(conn, asked)
    if asked is not None and not below:
        rows = [row for row in rows if row.id == asked]
    asked_of = partial(
        _turn, period=period, audience=audience, explanation=explanation, inside=registry
    )
    if len(rows) >= _MANY:
        away = partial(asked_of, inside=registry.folder)
        with ProcessPoolExecutor(mp_context=get_context("spawn")) as pool:
            found = list(pool.map(away, [row.id for row in rows]))
    else:
        found = [asked_of(row.id) for row in rows]
    turns = {one.built.unit: one for one in found if isinstance(one, Turn)}
    left = [fault for one in found if not isinstance(one, Turn) for fault in one]
    if not turns:
        raise Refused(*(left or [_no_unit(period)]))
    return Gathered(tuple(rows), turns, tuple(left))


def _turn(
    unit: str, period: Period, audience: str, explanation: str, inside: Registry | Path
) -> Turn | tuple[Finding, ...]:
    """A unit's pack, or why it has none; each unit's is its own, wherever it is made."""
    registry = Registry.open(inside) if isinstance(inside, Path) else inside
    try:
        return keeping.turn(registry, unit, period, audience, explanation)
    except LedgerError as fault:
        return tuple(fault.findings)
    finally:
        if isinstance(inside, Path):
            registry.close()


def only_by(found: Gathered, user: User) -> Gathered:
    """What a user may publish: what is published already, and what is new of their own units."""
    turns, left = {}, list(found.left_out)
    for unit, turn in found.turns.items():
        if turn.row is not None or user.may("record", unit):
            turns[unit] = turn
        else:
            left.append(_not_theirs(unit, turn.built.period))
    if not turns:
        raise NotAllowed(*left)
    return Gathered(found.rows, turns, tuple(left))


def write(
    registry: Registry, found: Gathered, period: Period, audience: str, out: Path,
    key: SigningKey | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Write the publication into ``out``, in place of an older one; what ``publication.json`` says.

    With a key its list of digests is signed, and all pages with it. CannotRun where ``out`` holds
    anything that is no publication.
    """
    demand_place(out, registry.folder)
    files = _packs(registry, found, audience)
    versions = _versions(registry, found, audience)
    on = _as_of(registry, found, versions, period)
    files |= _open_data(registry, found, period, on)
    files[SCRIPT] = (Path(keeping.__file__).parents[2] / "ledger/verify/standalone.py").read_bytes()
    site = _site(registry, found, period, audience, versions, files, on)
    files |= dict(render_site(site))
    told = {
        "format": FORMAT,
        "federation": site.code,
        "name": site.name.zh,
        "period": str(period),
        "audience": audience,
        "packs": [
            {
                "place": one.place, "unit": one.row.unit, "period": one.row.period,
                "version": one.row.version, "digest": one.row.digest,
                "size": one.row.seal_size, "root": one.row.seal_root,
            }
            for mine in versions.values()
            for one in mine
        ],
        "left_out": [one.as_json() for one in found.left_out],
    }  # fmt: skip
    files[INDEX] = json_bytes(told)
    files[SUMS] = sums({name: data for name, data in files.items() if not _OWN.fullmatch(name)})
    if key is not None:
        files[SIGNATURE] = lists.sign(files[SUMS], key).text
    _put(out, files)
    return told


def _packs(registry: Registry, found: Gathered, audience: str) -> dict[str, bytes]:
    """The files of every version that was published, and of what is new."""
    files: dict[str, bytes] = {}
    for row in keeping.kept(registry, audience, [row.id for row in found.rows]):
        place = place_of(row.unit, row.period, row.audience, row.version)
        for name, data in keeping.files_of(registry.folder, row).items():
            files[f"{place}/{name}"] = data
    for turn in found.turns.values():
        for name, data in turn.built.files.items():
            files[f"{turn.built.place}/{name}"] = data
    return files


def _versions(registry: Registry, found: Gathered, audience: str) -> dict[str, list[Kept]]:
    """By unit every version, with what is new though nobody entered it yet."""
    rows: dict[str, list[Kept]] = {row.id: [] for row in found.rows}
    for row in keeping.kept(registry, audience, list(rows)):
        rows[row.unit].append(Kept(row))
    for unit, turn in found.turns.items():
        if turn.row is None and all(one.row.digest != turn.built.digest for one in rows[unit]):
            rows[unit].append(Kept(keeping.row_of(turn.built)))
    return rows


def _as_of(
    registry: Registry, found: Gathered, versions: Mapping[str, Sequence[Kept]], period: Period
) -> date:
    """The day as of which the site tells: that of the last pack or evaluation; never the clock's.

    What auditors say of a period comes after its pack, and does not wait for the next one.
    """
    ids = [row.id for row in found.rows if row.id in found.turns]
    days = [one.row.published for id in ids for one in versions[id]]
    said = last_published(registry, ids)
    return max([*(days or [period.last]), *([said] if said else [])])


def _open_data(registry: Registry, found: Gathered, period: Period, on: date) -> dict[str, bytes]:
    """Grants and gifts in the fields of 360Giving, evaluations, and the schemas of all data."""
    told = Scanner(registry)
    by = threesixty.publisher_of(registry)
    by = replace(by, name=told(by.name))
    ids = [row.id for row in found.rows if row.id in found.turns]
    grants = [
        replace(one, funder=_called(one.funder, told), recipient=_called(one.recipient, told))
        for one in threesixty.grants_of(registry, ids, period, period.last)
    ]
    files = {}
    if text := threesixty.render_grants(by, grants, period):
        files["data/grants.json"] = text.encode()
    gifts = [
        replace(one, campaign=told(one.campaign), recipient=_called(one.recipient, told))
        for id in ids
        for one in threesixty.gifts_of(registry, id, period)
    ]
    if gifts:
        files["data/gifts.json"] = threesixty.render_gifts(by, gifts, period).encode()
    said = site_audit.by_unit(registry, ids, on)
    every = [one for mine in said.values() for one in mine]
    if evaluated := site_audit.open_data(every, told, read_settings(registry.folder).id, on):
        files["data/evaluations.json"] = json_bytes(evaluated)
    for path in sorted(Path(schemas.__file__).parent.glob("*.schema.json")):
        files[f"{_SCHEMAS}/{path.name}"] = path.read_bytes()
    return files


def _called(unit: threesixty.Organisation, told: Told) -> threesixty.Organisation:
    """A unit by its name, if that holds nothing of a person."""
    return replace(unit, name=told(unit.name))


def _site(
    registry: Registry, found: Gathered, period: Period, audience: str,
    versions: Mapping[str, Sequence[Kept]], files: Mapping[str, bytes], on: date,
) -> model.Site:  # fmt: skip
    settings = read_settings(registry.folder)
    told = Scanner(registry)
    name = Words(told(settings.name), told(settings.name_en))
    shown = [
        site_gifts.Shown(registry, row, found.turns[row.id].built, told)
        for row in found.rows
        if row.id in found.turns
    ]
    ids = [one.row.id for one in shown]
    lines = site_due.lines_of(registry, ids, on)
    said = site_audit.by_unit(registry, ids, on)
    return model.Site(
        settings.id, name, str(period), period.start, period.last,
        on, audience,
        tuple(
            replace(
                site_unit.unit_of(one, versions[one.row.id], lines[one.row.id], on),
                evaluations=tuple(site_audit.evaluations_of(said[one.row.id], told)),
            )
            for one in shown
        ),
        downloads=tuple(
            model.Download(name, _words(name), len(data), hashlib.sha256(data).hexdigest())
            for name, data in sorted(files.items())
            if name.startswith("data/") or name == SCRIPT
        ),
        gifts=_own(gift for one in shown for gift in site_gifts.my_gifts(one)),
        dues=_own(
            dues
            for one in shown
            if audience == model.MEMBERS
            for dues in site_dues.my_dues(registry, one.built)
        ),
        home=settings.members_address if audience == model.MEMBERS else settings.public_address,
        sums=SUMS,
        schema=f"{_SCHEMAS}/publication.schema.json",
        script=SCRIPT,
    )  # fmt: skip


def _own(pages: Iterable[_Page]) -> tuple[_Page, ...]:
    """Pages of one's own in the order of their addresses, so that files tell of no other one."""
    return tuple(sorted(pages, key=lambda page: page.token))


def _words(name: str) -> Words:
    for start, words in _DATA.items():
        if name.startswith(start):
            return words
    return Words(name, name)


_DATA: Final = {
    "data/grants": Words("单位之间的拨款与补助（360Giving）", "Grants between units, 360Giving"),
    "data/gifts": Words("收到的捐赠（360Giving 字段）", "Gifts received, in fields of 360Giving"),
    "data/evaluations": Words("审计评价", "Evaluations by auditors"),
    _SCHEMAS: Words("数据格式（JSON Schema）", "Schema of the data"),
    SCRIPT: Words("核对程序：python verify.py 本目录", "Verify: python verify.py FOLDER"),
}


# ---- where it is written -----------------------------------------------------------------------


def demand_place(out: Path, federation: Path) -> None:
    """CannotRun unless ``out`` is empty, new, or an older publication, outside the federation.

    OSError where nothing can be written there: it is asked before anything counts as published.
    """
    place, home = out.resolve(), federation.resolve()
    if place == home or home in place.parents or place in home.parents:
        raise CannotRun(_bad_place(out, "不能在联合会目录之中", "it is inside the federation"))
    new, _ = _beside(place)
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir(parents=True)
    new.rmdir()
    if not out.exists():
        return
    if out.is_symlink() or not out.is_dir():
        raise CannotRun(_bad_place(out, "不是目录", "it is no folder"))
    if any(out.iterdir()) and not (out / INDEX).is_file():
        raise CannotRun(
            _bad_place(out, "其中有别的文件，不会覆盖", "it holds something else, which stays")
        )


def _put(out: Path, files: Mapping[str, bytes]) -> None:
    """Write a publication beside the older one, and then in its place.

    What is no longer published does not stay behind, and nobody finds half of a publication.
    """
    place = out.resolve()
    new, old = _beside(place)
    for left in (new, old):
        shutil.rmtree(left, ignore_errors=True)
    write_files(new, files)
    if place.exists():
        place.rename(old)
    new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _beside(place: Path) -> tuple[Path, Path]:
    """Where a publication is written, and where the older one is until it is gone."""
    return place.with_name(f".{place.name}.new"), place.with_name(f".{place.name}.old")


def _bad_place(out: Path, zh: str, en: str) -> Finding:
    return finding(
        "bad-output", f"不能写到 {out.name}：{zh}", f"nothing is written to {out.name}: {en}",
        "用 -o 指定一个新的目录", "name a new folder with -o", file=out.name,
    )  # fmt: skip


def _not_theirs(unit: str, period: Period) -> Finding:
    return finding(
        "not-theirs", f"单位 {unit} 的 {period} 尚未公开，由该单位记账的人公开",
        f"{period} of unit {unit} is not published yet: who records for it does that",
        "由该单位的会计执行 mingbai publish --unit",
        "its treasurer publishes it with mingbai publish --unit", file=f"units/{unit}",
    )  # fmt: skip


def _no_unit(period: Period) -> Finding:
    return finding(
        "nothing-sealed", f"没有单位可公开 {period} 的账目", f"no unit has anything of {period}",
        "结账并封存后再公开", "close and seal it first",
    )  # fmt: skip
