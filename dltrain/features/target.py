"""Targets: what the network learns to answer, and how its answers are read."""

import re
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from dltrain.config.sections.preprocessing import TargetSection
from dltrain.config.sections.section import Section
from dltrain.errors import DataError, quoted_list
from dltrain.features.labels import class_labels, find_positive
from dltrain.features.precision import to_float32
from dltrain.features.scaling import TargetScaler, fit_affine_scaler
from dltrain.table import (
    Table,
    arrow_from_numpy,
    categorical_values,
    integers_from_arrow,
    numeric_values,
    numpy_from_arrow,
    row_places,
    text_array,
)
from dltrain.table.bad_cells import bad_cells_error
from dltrain.table.number_text import NUMBER

_TRANSFORMS: Final[dict[str, Callable[[np.ndarray], np.ndarray]]] = {
    "none": np.asarray,
    "log": np.log,
    "log1p": np.log1p,
}
_IS_NUMBER: Final = re.compile(NUMBER)
_MOST_NUMBERED_CLASSES: Final = 20
"""So many numbers may be names of classes; more are amounts."""

_DIGITS: Final = ("0", "1")
_TRUTHS: Final = ("false", "true")

_LOWER_BOUNDS: Final = {"none": -np.inf, "log": 0.0, "log1p": -1.0}


class RegressionTarget(Section):
    """A fitted numeric target.

    Attributes:
        name: The column.
        transform: Applied before scaling.
        scaler: Fitted on the transformed values of the training rows.
    """

    task: Literal["regression"] = "regression"
    name: str
    transform: Literal["none", "log", "log1p"]
    scaler: TargetScaler

    @property
    def labels(self) -> tuple[str, ...]:
        """Empty: it has no classes."""
        return ()

    @property
    def n_outputs(self) -> int:
        """Outputs of the network: one."""
        return 1

    def encode(self, table: Table) -> np.ndarray:
        """What the network should answer for the rows of a table.

        Returns:
            float32 `(n_rows,)`, NaN where the target is missing.

        Raises:
            DataError: The column is missing, or has cells that are not numbers, outside the domain of the
                transform, or too large for float32.
        """
        values = numeric_values(table, self.name)
        scaled = self.scaler.transform(_transformed(table, self.name, values, self.transform))
        return to_float32(scaled, table=table, name=self.name)

    def scaled(self, values: np.ndarray) -> np.ndarray:
        """Values in the unit of the target as the network sees them, float64; they lie in the transform's domain."""
        return self.scaler.transform(_TRANSFORMS[self.transform](values))

    def decode(self, outputs: np.ndarray) -> np.ndarray:
        """The network's answers in the unit of the target.

        Args:
            outputs: float, any shape.

        Returns:
            float64 of the same shape; infinite where an answer is beyond float64.
        """
        values = self.scaler.inverse(outputs.astype(np.float64))
        with np.errstate(over="ignore"):
            match self.transform:
                case "none":
                    return values
                case "log":
                    return np.asarray(np.exp(values))
                case "log1p":
                    return np.asarray(np.expm1(values))


class ClassTarget(Section):
    """A target of classes.

    Attributes:
        task: binary or multiclass.
        name: The column.
        labels: In the order of their codes; binary: negative, positive.
    """

    task: Literal["binary", "multiclass"]
    name: str
    labels: tuple[str, ...] = Field(min_length=2, fail_fast=True)

    @model_validator(mode="after")
    def _labels_fit(self) -> "ClassTarget":
        if len(set(self.labels)) < len(self.labels):
            raise ValueError("expected different labels")
        if self.task == "binary" and len(self.labels) != 2:
            raise ValueError(f"expected two labels for a binary task, got {len(self.labels)}")
        return self

    @property
    def n_outputs(self) -> int:
        """Outputs of the network: one for binary tasks, else one for every label."""
        return 1 if self.task == "binary" else len(self.labels)

    def encode(self, table: Table) -> np.ndarray:
        """The classes of the rows of a table.

        Returns:
            int32 `(n_rows,)`: position of the label in `labels`, -1 where it is missing.

        Raises:
            DataError: The column is missing, or has labels that training did not know.
        """
        cells = categorical_values(table, self.name, known=self.labels)
        codes = pc.index_in(cells.dictionary, value_set=text_array(self.labels))
        by_cell = codes.take(cells.indices)
        if by_cell.null_count > cells.null_count:
            self._refuse_unknown(table, numpy_from_arrow(pc.and_(by_cell.is_null(), cells.is_valid())))
        return integers_from_arrow(by_cell, missing=-1)

    def _refuse_unknown(self, table: Table, is_unknown: np.ndarray) -> None:
        rows = np.flatnonzero(is_unknown)
        unknown = (
            categorical_values(table, self.name, known=self.labels)
            .take(arrow_from_numpy(rows))
            .cast(pa.string())
            .unique()
            .to_pylist()
        )
        hint = _same_but_for_case(unknown, self.labels) or _same_truth(table, self.name, unknown, self.labels)
        raise DataError(
            f"{row_places(table, [int(rows[0])])[0]}: column '{self.name}': expected the labels "
            f"{quoted_list(self.labels)}, got {quoted_list(unknown)} in {rows.size:,} of {table.extent('rows')}",
            hint=hint,
            table_hint=hint,
        )


def _same_but_for_case(unknown: Sequence[str], labels: Sequence[str]) -> str | None:
    """What to do where unknown labels are the known ones in another spelling."""
    known = {label.strip(" .").lower() for label in labels}
    if not all(label.strip(" .").lower() in known for label in unknown):
        return None
    return "these differ only in upper and lower case, spaces or a full stop: write them as the run knows them"


def _same_truth(table: Table, name: str, unknown: Sequence[str], labels: Sequence[str]) -> str | None:
    """What to do where one of labels and unknown ones are 0 and 1, the other true and false."""
    for known, others in ((_DIGITS, _TRUTHS), (_TRUTHS, _DIGITS)):
        if set(labels) != set(known) or not set(unknown) <= set(others):
            continue
        if table.is_frame and not pa.types.is_string(table.column(name).type):
            column = f"frame[{name!r}]"
            mapping = "{True: 1, False: 0}" if known == _DIGITS else "{1: True, 0: False}"
            return f"{column} = {column}.map({mapping})"
        pairs = " and ".join(f"'{other}' as '{label}'" for label, other in zip(known, others, strict=True))
        return f"write the labels as the run knows them: {pairs}"
    return None


def fit_regression_target(table: Table, name: str, rows: np.ndarray, section: TargetSection) -> RegressionTarget:
    """Fits a numeric target.

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows; none of them lacks the target.
        section: What to do with it; scale None means standard.

    Raises:
        DataError: A cell is not a number, outside the domain of the transform, or too large to compute with.
    """
    values = _transformed(table, name, numeric_values(table, name), section.transform)
    try:
        scaler = fit_affine_scaler(section.scale or "standard", values[rows])
    except OverflowError as error:
        raise DataError(f"{table.source}: column '{name}': the values are too large to compute with") from error
    return RegressionTarget(name=name, transform=section.transform, scaler=scaler)


def _meaning(label: str) -> str:
    """What two labels share that differ in case or in spaces around them only."""
    return label.strip().casefold()


def fit_class_target(
    table: Table, name: str, *, task: Literal["binary", "multiclass"], positive: str | None = None
) -> ClassTarget:
    """Collects the labels of a target from all rows of a table.

    Args:
        table: Holds the column.
        name: The column.
        task: binary or multiclass.
        positive: Binary tasks: the label for class 1, see `find_positive`.

    Raises:
        ConfigError: There is no label `positive`.
        DataError: The number of labels does not fit the task.
    """
    labels = class_labels(table, name)
    if len(labels) < 2 or (task == "binary" and len(labels) > 2):
        expected = "two different labels" if task == "binary" else "two or more different labels"
        got = f"{len(labels):,}: {quoted_list(labels)}" if labels else "none"
        are_amounts = len(labels) > _MOST_NUMBERED_CLASSES and all(map(_IS_NUMBER.fullmatch, labels))
        hint = None if len(labels) < 2 else f"data.task: {'regression' if are_amounts else 'multiclass'}"
        meanings = Counter(map(_meaning, labels))
        if ways := [label for label in labels if meanings[_meaning(label)] > 1]:
            hint = f"{quoted_list(ways)} differ in case or spaces only: write each label one way into the table"
        raise DataError(f"{table.source}: column '{name}': expected {expected}, got {got}", hint=hint)
    if task == "binary":
        labels = find_positive(labels, positive)
    return ClassTarget(task=task, name=name, labels=labels)


def _transformed(table: Table, name: str, values: np.ndarray, transform: Literal["none", "log", "log1p"]) -> np.ndarray:
    """Applies the transform to float64 values, NaN allowed."""
    bound = _LOWER_BOUNDS[transform]
    is_outside = values <= bound
    if is_outside.any():
        expected = f"a number above {bound:g} for preprocessing.target.transform: {transform}"
        has_none_below = transform == "log" and np.nanmin(values) >= 0
        hint = "preprocessing.target.transform: log1p takes 0, too" if has_none_below else None
        raise DataError(bad_cells_error(table, name, is_outside, expected=expected).message, hint=hint)
    return _TRANSFORMS[transform](values)
