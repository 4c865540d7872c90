"""mingbai backup, restore, rebuild: a federation in one file; one store made from the other."""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from ledger.cli import acting

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.backup.manifest import Manifest
    from ledger.backup.published import Standing
    from ledger.backup.restoring import Restored
    from ledger.errors import Finding
    from ledger.registry import Registry
    from ledger.registry.settings import FederationSettings
    from ledger.registry.vault import Vault

_STATES = {
    "equal": "与公开的根相同 its root equals the published one",
    "extends": "在公开的根之后只有追加 it extends the published root",
    "unknown": "没有公开的根可比对 it cannot be shown: nothing of it was given",
}


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    backup = commands.add_parser("backup", help="备份，写成后即试恢复 back up, and prove it")
    acting.add_folder(backup)
    backup.add_argument(
        "-o", "--output", type=Path, required=True, metavar="OUT",
        help="备份文件，不覆盖任何文件 the backup's file; none is overwritten",
    )  # fmt: skip
    backup.add_argument(
        "--quick", action="store_true",
        help="只读回核对，不试恢复 read it back only; do not try to restore it",
    )  # fmt: skip
    acting.add_json(backup)
    acting.add_user(backup)
    backup.set_defaults(run=run_backup)

    restore = commands.add_parser("restore", help="从备份恢复到新目录 restore a backup")
    restore.add_argument("backup", metavar="OUT", type=Path, help="备份文件 the backup's file")
    restore.add_argument(
        "-o", "--output", type=Path, required=True, metavar="DIR",
        help="新目录，须不存在或为空 a folder that is new or empty",
    )  # fmt: skip
    restore.add_argument(
        "--key-file", type=Path, metavar="FILE",
        help="主密钥文件，另行保管的；或用环境变量 MINGBAI_MASTER_KEY the master key, kept apart",
    )  # fmt: skip
    restore.add_argument(
        "--digest", metavar="HEX", default="",
        help="备份时打印的清单摘要 the manifest's digest, as it was printed",
    )  # fmt: skip
    restore.add_argument(
        "--published", type=Path, metavar="PUB", action="append", default=[],
        help="公开目录或公开包：每个单位的根须由恢复的账簿得出，可多次 a publication or pack whose "
        "roots the restored books must contain; may be repeated",
    )  # fmt: skip
    restore.add_argument(
        "--url", metavar="URL", default="",
        help="另一个空的数据库 another database, an empty one",
    )  # fmt: skip
    restore.add_argument(
        "--from", dest="source", choices=["journal", "books"], default="",
        help="备份有损坏时可信的一方 the witness to trust where the other one is damaged",
    )  # fmt: skip
    acting.add_json(restore)
    restore.set_defaults(run=run_restore)

    rebuild = commands.add_parser("rebuild", help="重建 one witness from the other")
    acting.add_folder(rebuild)
    acting.add_unit(rebuild, required=False)
    rebuild.add_argument(
        "--from", dest="source", choices=["journal", "books"], required=True,
        help="可信的一方 the witness you trust",
    )  # fmt: skip
    acting.add_user(rebuild)
    rebuild.set_defaults(run=run_rebuild)


@contextmanager
def _bars() -> Iterator[Callable[[str, int, int], None]]:
    """A bar per kind of work, one behind the other."""
    from contextlib import ExitStack

    from ledger.cli.progress import told

    with ExitStack() as bars:
        shown: dict[str, Callable[[int, int], None]] = {}

        def tell(what: str, done: int, of: int) -> None:
            if what not in shown:
                bars.close()
                shown.clear()
                shown[what] = bars.enter_context(told(what))
            shown[what](done, of)

        yield tell


def _look(registry: Registry) -> list[Finding]:
    from reports.packs import keeping

    return keeping.every_fault(registry)


# ---- backup ------------------------------------------------------------------------------------


def run_backup(options: argparse.Namespace) -> int:
    from ledger import workflow
    from ledger.backup import restoring, taking

    with acting.signed_in(options) as (registry, user, now), _bars() as told:
        workflow.demand(user, "administer", "*")

        def proof(path: Path) -> None:
            if not options.quick:
                restoring.rehearse(path, registry.vault, now, told, _look)

        done = taking.take(registry, options.output, user=user.id, now=now, told=told, proof=proof)
    manifest = done.manifest
    fields = {
        "file": str(options.output), "size": done.size, "digest": manifest.digest,
        "tried": not options.quick, **_counts(manifest), **acting.as_json(done.left_out),
    }  # fmt: skip
    acting.told(options, fields, [acting.with_warnings("\n".join(_backup_lines(options, fields)),
                                                       done.left_out)])  # fmt: skip
    return 0


def _counts(manifest: Manifest) -> dict[str, object]:
    return {
        "units": len(manifest.units), "entries": sum(line.entries for line in manifest.units),
        "files": len(manifest.members), "bytes": manifest.whole,
    }  # fmt: skip


def _backup_lines(options: argparse.Namespace, fields: dict[str, object]) -> list[str]:
    tried = (
        "已读回核对；未试恢复（--quick） read back; restoring it was not tried (--quick)"
        if options.quick
        else "已读回核对，并试恢复、验证无误 read back, restored on trial and verified"
    )
    return [
        f"已备份 backed up: {options.output}（{fields['size']:,} 字节 bytes）",
        f"  单位 units {fields['units']}，条目 entries {fields['entries']:,}，"
        f"文件 files {fields['files']:,}，{fields['bytes']:,} 字节 bytes",
        f"  {tried}",
        f"  清单摘要 digest: {fields['digest']}",
        "  摘要另行记下，恢复时用 --digest 比对 note it elsewhere; restore compares it (--digest)",
        "  主密钥不在备份中，请另行保管；没有它，人员资料与附件无法读出",
        "  the master key is not in it: keep it apart; without it persons and papers are lost",
    ]


# ---- restore -----------------------------------------------------------------------------------


def run_restore(options: argparse.Namespace) -> int:
    from ledger import clock
    from ledger.backup import restoring
    from ledger.registry.vault import Vault

    with _bars() as told:
        key, text = _key(options)
        asked = restoring.Asked(
            Vault(key), text, options.url, options.digest, options.source,
            tuple(options.published),
        )  # fmt: skip
        done = restoring.restore(
            options.backup, options.output, asked, now=clock.now(), told=told, look=_look
        )
    manifest = done.manifest
    fields = {
        "folder": str(options.output), "digest": manifest.digest, "at": manifest.at,
        **_counts(manifest), "mended": done.mended,
        "lost": [{"table": name, "rows": rows} for name, rows in done.lost],
        "roots": [one._asdict() for one in done.standings],
    }  # fmt: skip
    acting.told(options, fields, _restored_lines(options, done, has_key=bool(text)))
    return 0


def _key(options: argparse.Namespace) -> tuple[bytes, bytes]:
    """The master key, and what of its file goes into the new folder."""
    from ledger.backup import faults
    from ledger.errors import CannotRun
    from ledger.registry.vault import KEY_VARIABLE, load_master_key, read_master_key

    if options.key_file is not None:
        return read_master_key(options.key_file), options.key_file.read_bytes()
    if KEY_VARIABLE not in os.environ:
        raise CannotRun(faults.no_key())
    return load_master_key(Path("master.key")), b""


def _restored_lines(options: argparse.Namespace, done: Restored, *, has_key: bool) -> list[str]:
    counts = _counts(done.manifest)
    lines = [
        f"已恢复 restored: {options.output}（{done.manifest.at} 的备份 of that moment）",
        f"  单位 units {counts['units']}，条目 entries {counts['entries']:,}；"
        "账簿、封存、附件、操作日志已验证 books, seals, papers and the log are verified",
    ]
    lines += _mended_lines(options.source, done.mended)
    if done.lost:
        lines.append("  登记册的其余内容已失，逐项行数 lost of the registry, rows by table:")
        lines.append("    " + ", ".join(f"{name} {rows:,}" for name, rows in done.lost))
        lines.append(
            f"  没有用户了 no user is left: mingbai user add {options.output} "
            "--login admin --role administrator"
        )
    lines += [_standing_line(one) for one in done.standings]
    if not has_key:
        lines.append(
            "  密钥来自环境变量，未写入目录 the key came from MINGBAI_MASTER_KEY and is not in it"
        )
    if options.url:
        lines.append(
            "  federation.toml 写有数据库地址；含口令时改用 MINGBAI_DATABASE_URL\n"
            "  its federation.toml names the database; use MINGBAI_DATABASE_URL for a password"
        )
    return lines


def _standing_line(one: Standing) -> str:
    root = f"（{one.size} 条 entries，{one.root[:16]}…）" if one.size else ""
    return f"  {one.unit}: {_STATES[one.state]}{root}"


def _mended_lines(source: str, mended: Sequence[str]) -> list[str]:
    if not mended:
        return []
    return [f"  由 --from {source} 重建 made again: {', '.join(mended)}"]


# ---- rebuild -----------------------------------------------------------------------------------


def run_rebuild(options: argparse.Namespace) -> int:
    from ledger import clock, rebuild, workflow
    from ledger.backup import mending, refounding
    from ledger.cli.progress import told
    from ledger.registry.settings import read_settings
    from ledger.registry.trouble import URL_VARIABLE
    from ledger.registry.units import all_units
    from ledger.registry.vault import Vault, load_master_key

    now = clock.now()
    settings = read_settings(options.folder)
    settings = replace(settings, url=os.environ.get(URL_VARIABLE) or settings.url)
    if options.source == "books":
        vault = Vault(load_master_key(options.folder / settings.key_file))
        if refounding.is_lost(options.folder, settings, vault):
            return _refound(options, settings, vault, now)
    with acting.opened_as_is(options.folder) as registry:
        user = acting.acting_user(registry, options, now)
        workflow.demand(user, "administer", "*")
        if options.source == "journal":
            with registry.read() as conn:
                every = [row.id for row in all_units(conn)]
            asked = [acting.known_unit(registry, options.unit)] if options.unit else every
            for unit in asked:
                changed = rebuild.text_from_journal(registry, unit, user.id, now)
                print(f"{unit}: 已重写 rewritten: {', '.join(changed) or '无 nothing'}")
            return 0
        asked = [options.unit] if options.unit else mending.units_in_order(options.folder)
        for unit in asked:
            with told(unit) as bar:
                count = rebuild.journal_from_text(registry, unit, user.id, now, bar)
            print(f"{unit}: 日志已重建 journal rebuilt: {count:,} 条 entries")
    return 0


def _refound(
    options: argparse.Namespace, settings: FederationSettings, vault: Vault, now: datetime
) -> int:
    """No registry is left, and so nobody who could log in: it is made anew from all books."""
    from ledger.backup import refounding
    from ledger.cli.progress import told
    from ledger.errors import CannotRun, finding

    if options.unit:
        raise CannotRun(
            finding(
                "no-registry", "登记册已不在：须由全部账簿一并重建",
                "the registry is lost: it is made anew from all books together",
                "不写 --unit；有备份时先用 mingbai restore",
                "leave --unit out; if there is a backup, mingbai restore comes first",
            )
        )  # fmt: skip
    with told("重建登记册 registry"):
        count = refounding.refound(options.folder, settings, vault, now)
    print(f"登记册已由账簿重建 the registry was made anew from the books: {count:,} 条 entries")
    print("账簿中没有的已失，有备份的请从备份恢复 lost is what stands in no book:")
    for words in refounding.LOST:
        print(f"  {words.zh}\n    {words.en}")
    print(
        f"没有用户了 no user is left: mingbai user add {options.folder} "
        "--login admin --role administrator"
    )
    return 0
