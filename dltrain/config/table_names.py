"""File names of tables, and of what may stand in their place."""

from pathlib import Path
from typing import Final

_TEXT_SUFFIXES: Final = (".csv", ".tsv", ".txt", ".dat", ".data")
TABLE_SUFFIXES: Final = (".gz", *_TEXT_SUFFIXES, ".parquet")
CSV_SUFFIXES: Final = (*_TEXT_SUFFIXES, *(f"{suffix}.gz" for suffix in _TEXT_SUFFIXES))
SHEET_SUFFIXES: Final = (".xls", ".xlsx", ".ods")
CONFIG_SUFFIXES: Final = (".yaml", ".yml")


def is_table_name(path: Path) -> bool:
    """Whether a path ends as those of tables do.

    >>> is_table_name(Path("data/adult.csv.gz")), is_table_name(Path("adult.yaml"))
    (True, False)
    """
    return path.suffix.lower() in TABLE_SUFFIXES
