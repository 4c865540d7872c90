"""Spark as an engine: the same questions over the same files, in a process of its own.

Spark is needed only where one machine is not enough. It is an optional extra, and its licence keeps
it out of our process: a child asks it and writes the rows as JSON.
"""

from __future__ import annotations

import importlib.util
import json
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

from ledger.consolidation.queries import Unreadable
from ledger.errors import CannotRun, finding

_CHILD: Final = "ledger.consolidation.spark_child"
#: Two worker processes with one core each, where nobody says of a cluster.
LOCAL: Final = "local-cluster[2,1,1024]"
_PATIENCE: Final = 1800


def ask(
    cells: Sequence[Path], between: Sequence[Path], questions: Sequence[str], master: str = LOCAL
) -> list[list[tuple[Any, ...]]]:
    """The rows that each question gives; CannotRun where Spark is missing or fails."""
    if importlib.util.find_spec("pyspark") is None:
        raise CannotRun(
            finding(
                "no-spark",
                "没有安装 Spark",
                "Spark is not installed",
                "安装 mingbai[spark]（需要 Java 17），或用 --engine duckdb",
                "install mingbai[spark], which needs Java 17, or use --engine duckdb",
            )
        )
    asked = {
        "cells": [str(path) for path in cells],
        "between": [str(path) for path in between],
        "questions": list(questions),
        "master": master,
    }
    child = subprocess.run(
        [sys.executable, "-m", _CHILD],
        input=json.dumps(asked).encode(),
        capture_output=True,
        timeout=_PATIENCE,
        check=False,
    )
    if child.returncode == _UNREADABLE:
        raise Unreadable
    try:
        found = json.loads(child.stdout.rpartition(b"\n\n")[2])
    except ValueError:
        raise CannotRun(
            finding(
                "spark-failed",
                "Spark 没有给出结果",
                "Spark gave no result",
                "检查 Java 17 与 Spark 的安装；或用 --engine duckdb",
                "check Java 17 and Spark, or use --engine duckdb",
            )
        ) from None
    return [[tuple(row) for row in rows] for rows in found["answers"]]


_UNREADABLE: Final = 3
