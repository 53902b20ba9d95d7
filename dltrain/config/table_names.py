"""File names of tables, and of what may stand in their place."""

from pathlib import Path
from typing import Final

TABLE_SUFFIXES: Final = (".gz", ".csv", ".tsv", ".txt", ".data", ".parquet")
CSV_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".data", ".csv.gz", ".tsv.gz", ".txt.gz", ".data.gz")
SHEET_SUFFIXES: Final = (".xls", ".xlsx", ".ods")
CONFIG_SUFFIXES: Final = (".yaml", ".yml")


def is_table_name(path: Path) -> bool:
    """Whether a path ends as those of tables do.

    >>> is_table_name(Path("data/adult.csv.gz")), is_table_name(Path("adult.yaml"))
    (True, False)
    """
    return path.suffix.lower() in TABLE_SUFFIXES
