"""The import rule, executable: imports point inward, and every heavy library has one door."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

pytestmark = pytest.mark.xdist_group("imports")

ROOT = Path(__file__).parent.parent
PACKAGES = ("ledger", "importers", "reports")

# What each ring may import, from the inside out. The longest prefix that fits a module decides.
VALUES = ("money", "period", "errors", "account", "entry")
RINGS: tuple[tuple[str, int], ...] = (
    *((f"ledger.{name}", 0) for name in VALUES),
    ("ledger.chart", 1),
    ("ledger.chart_form", 1),
    ("ledger.chart_proof", 1),
    ("ledger.canonical", 1),
    ("ledger.layout", 1),
    ("ledger.fundcheck", 1),
    ("ledger.usecheck", 1),
    ("ledger.draft_text", 1),
    ("ledger.rules", 1),
    ("ledger", 2),
    ("importers", 3),
    ("reports", 3),
    ("reports.web", 4),
    ("ledger.cli", 5),
)

# Where the import of a heavy library may stand.
DOORS: dict[str, tuple[str, ...]] = {
    "sqlalchemy": ("ledger.registry",),
    "alembic": ("ledger.registry",),
    "cryptography": ("ledger.registry", "ledger.sealing.signing"),
    "argon2": ("ledger.registry",),
    "beancount": (
        "importers.beangulp_wrapper",
        "ledger.audit.query_book",
        "ledger.audit.query_cells",
        "ledger.audit.query_child",
        "ledger.audit.query_tables",
        "ledger.book",
        "ledger.gate_child",
        "ledger.loaded_book",
        "ledger.plain_book",
        "ledger.plugins",
    ),
    "beanquery": ("ledger.audit.query_child", "ledger.audit.query_tables"),
    "beangulp": ("importers.beangulp_wrapper",),
    "python_calamine": ("importers.readers",),
    "pyzipper": ("importers.readers",),
    "msoffcrypto": ("importers.readers",),
    "lxml": ("importers.readers", "reports.exports.saft"),
    "ofxparse": ("importers.readers.ofx",),
    "mt940": ("importers.readers.mt940",),
    "pycamt": ("importers.readers.camt",),
    "pdfplumber": ("importers.readers.pdf",),
    "pdfminer": ("importers.readers.pdf",),
    "reportlab": ("reports.pdf",),
    "pikepdf": ("reports.pdf.tagging",),
    "jsonschema": ("reports.validating",),
    "pyhanko": ("reports.signing_pdf",),
    "pyhanko_certvalidator": ("reports.signing_pdf",),
    "xlsxwriter": ("reports.xlsx", "importers.template_sheet"),
    "openpyxl": (),
    "flask": ("reports.web",),
    "fava": ("reports.web",),
    "cheroot": ("reports.web",),
    "jinja2": ("reports.site", "reports.web"),
    "markupsafe": ("reports.site", "reports.web"),
    "rich": ("ledger.cli",),
    "duckdb": ("ledger.consolidation.duck",),
    "pyspark": ("ledger.consolidation.spark_child",),
    "pypinyin": ("ledger.choosing",),
}


@cache
def modules() -> tuple[tuple[str, tuple[tuple[str, bool], ...]], ...]:
    """Every module and what it imports, read once for all that is asked of them."""
    found = []
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            found.append((name, tuple(imports(ast.parse(path.read_text(encoding="utf-8"))))))
    return tuple(found)


def imports(tree: ast.Module) -> Iterator[tuple[str, bool]]:
    """Every imported module, and whether it is needed for type checking only."""
    typing_only: set[int] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            typing_only.update(id(inner) for inner in ast.walk(node))
    for node in ast.walk(tree):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        for name in names:
            yield name, id(node) in typing_only


def is_within(name: str, package: str) -> bool:
    return name == package or name.startswith(package + ".")


def ring(name: str) -> int:
    fitting = [(len(prefix), number) for prefix, number in RINGS if is_within(name, prefix)]
    return max(fitting)[1]


def test_no_module_imports_from_a_ring_further_out() -> None:
    outward = [
        f"{name} → {target}"
        for name, imported in modules()
        for target, _ in imported
        if target.split(".")[0] in PACKAGES
        # The alias part may be a function; its module was looked at on its own.
        and ring(target) > ring(name)
        and not is_within(name, "reports.web.extension")
    ]
    assert outward == []


def test_the_statement_importers_and_the_reports_do_not_import_each_other() -> None:
    across = [
        f"{name} → {target}"
        for name, imported in modules()
        for target, _ in imported
        if (is_within(name, "importers") and is_within(target, "reports"))
        or (
            is_within(name, "reports")
            and not is_within(name, "reports.web")
            and is_within(target, "importers")
        )
    ]
    assert across == []


@pytest.mark.parametrize("library", sorted(DOORS))
def test_a_heavy_library_is_imported_through_its_door_only(library: str) -> None:
    elsewhere = [
        f"{name} → {target}"
        for name, imported in modules()
        for target, typing_only in imported
        if is_within(target, library)
        and not typing_only
        and not any(is_within(name, door) for door in DOORS[library])
    ]
    assert elsewhere == []


def test_values_know_only_the_standard_library() -> None:
    beyond = [
        f"{name} → {target}"
        for name, imported in modules()
        if ring(name) == 0
        for target, _ in imported
        if target.split(".")[0] not in sys.stdlib_module_names
        and not any(is_within(target, f"ledger.{value}") for value in VALUES)
    ]
    assert beyond == []


def test_rules_know_only_values_and_the_standard_library() -> None:
    """No clock, no database, no journal: what a rule says depends on what it is given."""
    beyond = [
        f"{name} → {target}"
        for name, imported in modules()
        if is_within(name, "ledger.rules")
        for target, _ in imported
        if target.split(".")[0] not in sys.stdlib_module_names
        and not any(is_within(target, f"ledger.{inner}") for inner in (*VALUES, "rules"))
    ]
    assert beyond == []


def test_a_warm_report_starts_without_any_heavy_library() -> None:
    """The command line, the read model and the text renderer import none of them."""
    script = (
        "import sys; import ledger.cli.main, ledger.model, reports.text; "
        f"print([m for m in {sorted(DOORS)!r} if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT
    )
    assert done.stdout.strip() == "[]"


def test_every_folder_of_code_has_a_readme() -> None:
    folders = {
        path.parent
        for package in (*PACKAGES, "books")
        for path in (ROOT / package).rglob("*")
        if path.suffix in (".py", ".toml", ".bean") and "versions" not in path.parts
    }
    bare = [
        folder.relative_to(ROOT).as_posix()
        for folder in sorted(folders)
        if not (folder / "README.md").exists()
        and not folder.is_relative_to(ROOT / "books" / "tiny")
    ]
    assert bare == []
