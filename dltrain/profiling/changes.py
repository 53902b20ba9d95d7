"""Changes of a config, as overrides that can be pasted behind a command."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from dltrain.config import Config
from dltrain.config.sections.data import NumberFormat
from dltrain.config.sections.split import Strategy
from dltrain.config.yaml.commented import scalar_text
from dltrain.config.yaml.overrides import key_part
from dltrain.table.csv_text import ROW_NUMBERS

Change = tuple[str, ...]

_MOST_LISTED: Final = 100
_MOST_FOLDS: Final = 100
_USUAL_FOLDS: Final = 5
_MOST_HELD_OUT: Final = 0.7
_LARGE_SHARE: Final = 0.3
"""Of the rows, for validation."""


def drop(config: Config, names: Iterable[str]) -> Change:
    """Leaves feature columns out; empty for a config that lists these alone, or more than anybody would paste."""
    names = list(names)
    if config.data.features is None:
        return (f"data.drop={_listed([*config.data.drop, *names])}",)
    left_out = set(names)
    left = [name for name in config.data.features if name not in left_out]
    return (f"data.features={_listed(left)}",) if left and len(config.data.features) <= _MOST_LISTED else ()


def make_ids(config: Config, names: Sequence[str]) -> Change:
    """Makes feature columns ids, which are carried into the predictions; a config that lists features drops them.

    Predictions have columns of their own that are named like these; such columns are dropped, and so are row numbers
    without a name, which the next table may not have.
    """
    if config.data.features is not None or any(_cannot_be_id(name) for name in names):
        return drop(config, names)
    return (f"data.id={_listed([*config.data.id, *names])}",)


def make_categorical(name: str) -> Change:
    """Makes it a categorical column."""
    return (f"preprocessing.columns.{key_part(name)}.kind=categorical",)


def set_date_format(name: str, date_format: str) -> Change:
    """Says how the dates of a column are written, which makes it a datetime column."""
    return (f"preprocessing.columns.{key_part(name)}.format={scalar_text(date_format)}",)


def map_texts(name: str, numbers: Mapping[str, float]) -> Change:
    """Says which numbers some texts of a column mean; empty for more than anybody would paste."""
    pairs = ", ".join(f"{scalar_text(text)}: {scalar_text(number)}" for text, number in numbers.items())
    return (f"preprocessing.columns.{key_part(name)}.map={{{pairs}}}",) if len(numbers) < _MOST_LISTED else ()


def read_as_missing(config: Config, texts: Iterable[str]) -> Change:
    """Reads some cell texts as missing values."""
    return (f"data.missing_values={_listed(dict.fromkeys([*config.data.missing_values, *texts]))}",)


def write_numbers(numbers: NumberFormat) -> Change:
    """Says how texts write numbers."""
    decimal = () if numbers.decimal == "." else (f"data.decimal={scalar_text(numbers.decimal)}",)
    return decimal if numbers.thousands is None else (*decimal, f"data.thousands={scalar_text(numbers.thousands)}")


def read_units(config: Config, units: Mapping[str, str]) -> Change:
    """Says what stands beside the numbers of some columns."""
    pairs = (f"{scalar_text(name)}: {scalar_text(unit)}" for name, unit in {**config.data.unit_of, **units}.items())
    return (f"data.unit_of={{{', '.join(pairs)}}}",)


def split_by_time(column: str, date_format: str | None) -> Change:
    """Divides the rows by time, and says how its dates are written if they are no ISO dates."""
    return (*(set_date_format(column, date_format) if date_format is not None else ()), *split_by("time", column))


def split_by(strategy: Strategy, column: str) -> Change:
    """Divides the rows by a column."""
    return f"split.strategy={strategy}", f"split.column={scalar_text(column)}"


def more_test_rows(config: Config, *, may_have_folds: bool) -> Change:
    """Tests every row, by folds that train on as many rows as before; without folds, tests more rows.

    Empty where the test or validation rows are given, by a file or a column, or this is a fold.
    """
    split = config.split
    if isinstance(split.test, str) or isinstance(split.validation, str) or split.folds or split.strategy == "column":
        return ()
    if split.strategy == "time" or not may_have_folds:
        return ("split.test=0.3",) if split.test < 0.3 else ()
    n_folds = round(1 / split.test)
    is_same_share = n_folds <= _MOST_FOLDS and abs(1 / n_folds - split.test) < 1e-6
    return (f"split.folds={n_folds if is_same_share else _USUAL_FOLDS}",)


def more_validation_rows(config: Config) -> Change:
    """Keeps more rows for validation; empty where they are given by a file or a column, or are many already."""
    share, test = config.split.validation, config.split.test
    if isinstance(share, str) or config.split.strategy == "column" or share >= _LARGE_SHARE:
        return ()
    tested = 1 / config.split.folds if config.split.folds is not None else 0 if isinstance(test, str) else test
    if tested + _LARGE_SHARE > _MOST_HELD_OUT:
        return ()
    return (f"split.validation={_LARGE_SHARE}",)


def without_folds(config: Config) -> Change:
    """Takes folds out of a config that has some."""
    return () if config.split.folds is None else ("split.folds=null",)


def _cannot_be_id(name: str) -> bool:
    return name in ("prediction", ROW_NUMBERS) or name.startswith("p_")


def _listed(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(scalar_text, texts))}]"
