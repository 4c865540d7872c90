"""What stands in a federation folder, but for what an auditor may write: two tables and the log."""

from __future__ import annotations

import hashlib
from typing import Final

from sqlalchemy import inspect, text

from ledger.registry import Registry

#: Working papers and the operation log; a session is of who logs in, not of what they read.
OWN: Final = ("operation", "audit_paper", "audit_paper_item", "audit_paper_mark", "session")


def standing(registry: Registry) -> dict[str, str]:
    """A digest of every file and every row that an auditor's reading leaves as it is."""
    found = {}
    for path in sorted(registry.folder.rglob("*")):
        name = path.relative_to(registry.folder).as_posix()
        if path.is_dir():
            found[name] = "folder"
        elif not path.name.startswith("registry.db"):
            stat = path.stat()
            data = hashlib.sha256(path.read_bytes()).hexdigest()
            found[name] = f"{data} {stat.st_mtime_ns} {stat.st_mode}"
    with registry.read() as conn:
        for table in sorted(inspect(conn).get_table_names()):
            if table not in OWN:
                rows = sorted(map(repr, conn.execute(text(f'SELECT * FROM "{table}"'))))
                found[f"table {table}"] = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return found
