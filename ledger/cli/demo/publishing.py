"""What the demonstrations lay open: months sealed with an example key, packs, the site, the proof.

The key is drawn from the seed, so that seals and publications are the same on any machine; anyone
can make it. It lies in the folder of the demonstration and says so in its first lines.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from ledger.cli.demo.steps import Steps
from ledger.errors import CannotRun, finding
from ledger.sealing import acting
from ledger.sealing.signing import SigningKey, key_of
from reports.packs import keeping, publication, signatures

if TYPE_CHECKING:
    from datetime import datetime

    from ledger.period import Month, Period
    from ledger.registry import Registry, User
    from ledger.sealing.seals import Seal

KEY: Final = "example-seal-key.pem"
_MARK: Final = (
    "示例密钥：由种子算出，人人可得，不可用于真实账目。\n"
    "EXAMPLE KEY: computed from the seed, anyone can make it; never seal real books with it.\n"
)


def public_folder(target: Path) -> Path:
    """Where a demonstration publishes: beside its folder, which nothing public lies in."""
    place = target.resolve()
    return target.parent / f"{place.name}-public" if target.name else Path(f"{place}-public")


def example_key(target: Path, seed: int) -> SigningKey:
    """The demonstration's key, written into its folder as a file that says what it is."""
    key = key_of(hashlib.sha256(f"mingbai-demo-key-1 {seed}".encode()).digest())
    path = target / KEY
    path.write_bytes(_MARK.encode() + key.pem())
    path.chmod(0o600)
    return key


def seal_months(
    registry: Registry, unit: str, months: list[Month], key: SigningKey, user: User, now: datetime
) -> list[Seal]:
    """Seal closed months, in their order."""
    return [
        acting.seal_month(registry, unit, month, user, now, key).seal for month in months
    ]  # fmt: skip


def publish(
    registry: Registry, period: Period, out: Path, user: User, now: datetime, key: SigningKey,
    *, why: str = "",
) -> dict[str, Any]:  # fmt: skip
    """Publish what is sealed of a period, and sign it; what ``publication.json`` says."""
    found = publication.gather(registry, period, "public", explanation=why)
    keeping.publish(registry, list(found.turns.values()), user, now)
    rows = keeping.kept(registry, "public", [row.id for row in found.rows])
    signatures.sign(registry, rows, key, user, now)
    return publication.write(registry, found, period, "public", out, key)


def prove(out: Path, steps: Steps) -> None:
    """Run the script that was published, as a visitor does; CannotRun if it proves nothing."""
    done = subprocess.run(
        [sys.executable, "-I", out / publication.SCRIPT, out, "--json"],
        capture_output=True, text=True, encoding="utf-8", check=False,
    )  # fmt: skip
    if done.returncode != 0:
        raise CannotRun(
            finding(
                "not-proven", "公开的内容没有通过核验", "what was published is not proven",
                f"运行 python {out}/verify.py {out}", f"run python {out}/verify.py {out}",
                file=out.name,
            )
        )  # fmt: skip
    for line in json.loads(done.stdout)["proves"]:
        steps.say(line)
