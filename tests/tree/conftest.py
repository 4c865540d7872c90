"""The tree with two people who record and approve in every unit, and dues in the school."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from ledger.clock import CHINA
from ledger.registry import dues_schemes, users
from ledger.registry.dues_schemes import SchemeRow
from tests.consolidation.tree import GRANT, copy_tree

NOW = datetime(2026, 9, 5, 9, tzinfo=CHINA)


@pytest.fixture(scope="session")
def with_people(planted_tree: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    tree = copy_tree(planted_tree, tmp_path_factory.mktemp("members") / "federation")
    with tree.registry.write() as conn:
        for login, role in (("zhou", "treasurer"), ("lin", "checker")):
            roles = frozenset({("*", role)})
            users.add(conn, login=login, password="correct horse", roles=roles, now=NOW)
        scheme = SchemeRow("xue", "union-member", GRANT, "F02", "HY")
        dues_schemes.put(conn, scheme, user="u", now=NOW)
    tree.registry.close()
    return tree.folder
