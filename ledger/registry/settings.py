"""``federation.toml``: whose folder it is, where its database and its master key are, and where
what it publishes is read."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ledger.errors import CannotRun, Finding, Refused, finding

SETTINGS: Final = "federation.toml"
DEFAULT_URL: Final = "sqlite:///registry.db"
#: An address without a name, a password, a query or a place on the page.
_ADDRESS: Final = re.compile(r"https?://[A-Za-z0-9.-]+(?::[0-9]{1,5})?(?:/[A-Za-z0-9._~-]+)*/?")
_LONGEST: Final = 120


@dataclass(frozen=True, slots=True)
class FederationSettings:
    """``federation.toml``; ``url`` and ``key_file`` are relative to the folder.

    ``public_address`` and ``members_address`` are where the publications for the public and for
    members are served, as ``https://mingbai.example/open``; empty where nobody said.
    """

    id: str
    name: str
    name_en: str
    url: str
    key_file: str
    public_address: str = ""
    members_address: str = ""


def read_settings(folder: Path) -> FederationSettings:
    """``federation.toml`` of a folder; CannotRun if it is missing or not as it should be."""
    path = folder / SETTINGS
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
        federation = raw["federation"]
        settings = FederationSettings(
            id=federation["id"],
            name=federation["name"],
            name_en=federation.get("name_en", ""),
            url=raw.get("registry", {}).get("url", DEFAULT_URL),
            key_file=raw.get("key", {}).get("file", "master.key"),
            public_address=raw.get("public", {}).get("address", ""),
            members_address=raw.get("members", {}).get("address", ""),
        )
        if not all(isinstance(getattr(settings, name), str) for name in settings.__slots__):
            raise TypeError(SETTINGS)
    except FileNotFoundError as fault:
        raise CannotRun(
            finding(
                "no-federation",
                "这里没有联合会目录（缺 federation.toml）",
                "this is no federation folder: it has no federation.toml",
                "检查路径；新建用 mingbai init 或 mingbai demo",
                "check the path; make one with mingbai init or mingbai demo",
                file=SETTINGS,
            )
        ) from fault
    except (
        tomllib.TOMLDecodeError,
        UnicodeDecodeError,
        KeyError,
        TypeError,
        AttributeError,
    ) as bad:
        raise CannotRun(
            finding(
                "bad-settings",
                "federation.toml 无法读取",
                "federation.toml cannot be read",
                "从备份恢复；其中须有 [federation] id 与 name",
                "restore it from a backup; it holds [federation] with id and name",
                file=SETTINGS,
            )
        ) from bad
    for table, address in (
        ("public", settings.public_address),
        ("members", settings.members_address),
    ):
        if address and (len(address) > _LONGEST or not _ADDRESS.fullmatch(address)):
            raise CannotRun(_bad_address(table))
    return settings


def _bad_address(table: str) -> Finding:
    return finding(
        "bad-address",
        f"federation.toml 中 [{table}] address 不是网址",
        f"[{table}] address in federation.toml is not the address of a site",
        f"写作 https://mingbai.example/open，不超过 {_LONGEST} 个字符，不含问号、井号与口令",
        f"as https://mingbai.example/open, of {_LONGEST} characters at the most, without a query, "
        "a # or a password",
        file=SETTINGS,
    )


def write_settings(path: Path, settings: FederationSettings) -> None:
    path.write_text(settings_text(settings), encoding="utf-8")


def settings_text(settings: FederationSettings) -> str:
    """What stands in ``federation.toml``."""
    # A URL may hold a password: it is written only as it was given to the command, and the
    # environment variable keeps it out of the file altogether.
    tables = {
        "federation": {"id": settings.id, "name": settings.name, "name_en": settings.name_en},
        "registry": {"url": settings.url},
        "key": {"file": settings.key_file},
    }
    for table, address in (
        ("public", settings.public_address),
        ("members", settings.members_address),
    ):
        if address:
            tables[table] = {"address": address}
    lines = []
    for table, values in tables.items():
        lines.append(f"[{table}]")
        # A JSON string is a TOML basic string.
        lines += [f"{key} = {json.dumps(v, ensure_ascii=False)}" for key, v in values.items()]
        lines.append("")
    return "\n".join(lines)


def refuse_used(folder: Path) -> None:
    if (folder / SETTINGS).exists():
        what = ("此目录已有一个联合会", "there is a federation in this folder already")
        rule = "federation-exists"
    elif folder.is_dir() and any(folder.iterdir()):
        what = ("目录不是空的", "the folder is not empty")
        rule = "folder-in-use"
    elif folder.exists() and not folder.is_dir():
        what = ("这不是目录", "this is no folder")
        rule = "folder-in-use"
    else:
        return
    raise Refused(finding(rule, *what, "换一个空目录", "choose an empty folder", file=str(folder)))


@contextmanager
def all_or_nothing(folder: Path) -> Iterator[None]:
    """Take away what was written into a folder that was empty, if the block does not succeed."""
    missing = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    except BaseException:
        for path in folder.iterdir():
            path.unlink()
        if missing:
            folder.rmdir()
        raise
