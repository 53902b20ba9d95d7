"""The tables that a check looks at, divided if they can be."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from dltrain.config import Config, LoadedConfig
from dltrain.errors import ConfigError, DataError
from dltrain.table import Table, read_table
from dltrain.workflows.checking.refusal import attempt
from dltrain.workflows.rows.complete_rows import complete_rows
from dltrain.workflows.rows.dataset import Dataset, read_dataset


@dataclass(frozen=True)
class CheckedData:
    """What could be read.

    Attributes:
        config: Resolved if the rows could be divided, else as read.
        whole: The table of `data.path`.
        table: Its rows without those that `impute: drop` leaves out.
        rows: int64, the training rows, or all rows when they could not be divided.
        names: The feature columns.
        dataset: None when the rows could not be divided.
        error: Why they could not.
    """

    config: Config
    whole: Table
    table: Table
    rows: np.ndarray
    names: tuple[str, ...]
    dataset: Dataset | None = None
    error: ConfigError | DataError | None = None


def read_data(loaded: LoadedConfig) -> CheckedData:
    """Reads the tables of a config and divides the rows; only reads, if something about config or target is wrong.

    Args:
        loaded: The config.

    Raises:
        DataError: The table of `data.path` cannot be read.
    """
    try:
        dataset = read_dataset(loaded)
    except (ConfigError, DataError) as error:
        config = loaded.config
        whole = _read_whole(config)
        table = attempt(lambda: complete_rows(whole, config)).result or whole
        rows = np.arange(table.n_rows)
        names = tuple(name for name, role in column_roles(config, table.column_names).items() if role == "feature")
        return CheckedData(config, whole, table, rows, names, error=error)
    assert dataset.config.data.features is not None  # noqa: S101 - resolve_config has set it
    train = dataset.train
    # What was left out is looked at nevertheless: its cells may be the ones to mend.
    is_whole = dataset.files["data"].rows == train.table.n_rows
    whole = train.table if is_whole else _read_whole(dataset.config)
    return CheckedData(dataset.config, whole, train.table, train.rows, dataset.config.data.features, dataset)


def _read_whole(config: Config) -> Table:
    return read_table(Path(config.data.path), texts=config.data.texts)


def column_roles(config: Config, names: Iterable[str]) -> dict[str, str]:
    """The role of every column of the table.

    Args:
        config: As read, or resolved.
        names: The columns of the table.

    Returns:
        Column → "feature", "target", "id", "weight", "dropped", "split" or "not used".
    """
    data = config.data
    roles = dict.fromkeys(names, "feature" if data.features is None else "not used")
    for role, named in (
        ("feature", data.features or ()),
        ("split", (config.split.column,) if data.features is None or config.split.column not in data.features else ()),
        ("dropped", data.drop),
        ("weight", (data.weight,)),
        ("id", data.id),
        ("target", (data.target,)),
    ):
        roles |= {name: role for name in named if name in roles}
    return roles
