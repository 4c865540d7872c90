"""The door to Spark, run as a process of its own: a question list in, rows as JSON out."""

from __future__ import annotations

import json
import os
import sys
from typing import Any

from ledger.consolidation.queries import BETWEEN, CELLS, COLUMNS

_UNREADABLE = 3


def main() -> int:
    """Answer what standard input asks; 0 if every question was answered."""
    asked = json.load(sys.stdin)
    from pyspark.errors import PySparkException  # type: ignore[import-not-found, unused-ignore]
    from pyspark.sql import SparkSession  # type: ignore[import-not-found, unused-ignore]

    # Workers are this machine's: nothing listens beyond it.
    os.environ.setdefault("SPARK_LOCAL_IP", "127.0.0.1")
    os.environ.setdefault("SPARK_LOCAL_HOSTNAME", "127.0.0.1")
    spark = (
        SparkSession.builder.master(asked["master"])
        .appName("mingbai")
        .config("spark.ui.enabled", "false")
        .config("spark.sql.shuffle.partitions", "4")
        .config("spark.driver.host", "127.0.0.1")
        .config("spark.driver.bindAddress", "127.0.0.1")
        .config("spark.executor.memory", "512m")
        .getOrCreate()
    )
    try:
        for name, files in ((CELLS, asked["cells"]), (BETWEEN, asked["between"])):
            schema = ", ".join(f"{key} {kind}" for key, kind in COLUMNS[name].items())
            table = (
                spark.read.schema(schema).parquet(*files)
                if files
                else spark.createDataFrame([], schema)
            )
            table.createOrReplaceTempView(name)
        answers: list[list[list[Any]]] = [
            [list(row) for row in spark.sql(question).collect()] for question in asked["questions"]
        ]
    except PySparkException as fault:
        print(str(fault)[:400], file=sys.stderr)
        return _UNREADABLE
    finally:
        spark.stop()
    # Behind an empty line, so that whatever Spark prints before it does no harm.
    sys.stdout.write("\n\n" + json.dumps({"answers": answers}, ensure_ascii=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
