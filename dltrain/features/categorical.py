"""Categorical features: every category becomes a position, which is a 1 in a one-hot block or a number."""

from collections.abc import Mapping, Sequence, Set
from typing import Final, Literal

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field, model_validator

from dltrain.config.problems.suggest import did_you_mean, with_same_digits
from dltrain.config.sections.preprocessing import MAX_CATEGORIES, CategoricalImpute, CategoricalSection, Encode
from dltrain.config.sections.section import Section
from dltrain.config.yaml.overrides import key_part
from dltrain.errors import quoted_list
from dltrain.features.encoded import CategoryCounts, CellRemarks, EncodedColumn, FittedColumn, found
from dltrain.features.missing_cells import NEVER_FILLED, check_complete, no_values_error
from dltrain.features.target_encoding import CategoryMoments, TrainingAnswers, cross_fitted, prior_of
from dltrain.table import (
    Table,
    arrow_from_numpy,
    categorical_values,
    integers_from_arrow,
    numpy_from_arrow,
    text_array,
)
from dltrain.table.bad_cells import bad_cells_error

_MOST_COMPARED: Final = 1_000
"""Different texts of a block, or categories, that are compared without case: more may be names, and take time."""


class MeanOutput(Section):
    """One number that a category becomes with `encode: target`.

    Attributes:
        label: The class whose share it is; None for the mean of a number, and for the share of class 1 of two.
        numbers: Of every position.
        prior: Of what has no position: unseen categories, and missing values without a position of their own.
    """

    label: str | None
    numbers: tuple[float, ...] = Field(fail_fast=True)
    prior: float


class CategoricalFeature(Section):
    """A fitted categorical column.

    Positions are: the kept categories in sorted or declared order, then missing, then other, as far as these exist.
    "Other" stands for the categories that were too rare to keep, if there were any, and takes unseen ones too. Without
    it, an unseen category is all zeros (one_hot) or one more than the last position (ordinal). A missing value
    without a position of its own counts as an unseen category.

    Attributes:
        name: The column.
        impute: What replaces a missing value.
        fill_value: The category that does, None for `impute: missing`, `error` and `drop`.
        encode_as: one_hot, ordinal or target.
        categories: Those kept, in ascending order of their text, or all of them in a declared order.
        has_missing: Whether missing values have a position.
        has_other: Whether rare and unseen categories share a position.
        has_order: Whether the order of the categories was declared.
        outputs: `encode: target`: the numbers that the column becomes; otherwise empty.
        had_rare: Whether categories of the training rows were not kept, or occurred in one of them only. The first runs
            of format 1 do not tell.
        rare_rows: How many training rows have such categories; None in runs that do not tell.
    """

    kind: Literal["categorical"] = "categorical"
    name: str
    impute: CategoricalImpute
    fill_value: str | None
    encode_as: Encode
    categories: tuple[str, ...] = Field(fail_fast=True)
    has_missing: bool
    has_other: bool
    has_order: bool = False
    outputs: tuple[MeanOutput, ...] = Field(default=(), fail_fast=True)
    had_rare: bool = False
    rare_rows: int | None = Field(default=None, ge=0)

    @model_validator(mode="after")
    def _is_consistent(self) -> "CategoricalFeature":
        if self.has_order and len(set(self.categories)) < len(self.categories):
            raise ValueError("expected different categories")
        pairs = zip(self.categories, self.categories[1:], strict=False)
        if not self.has_order and any(left >= right for left, right in pairs):
            raise ValueError("expected different categories in ascending order")
        if (self.impute in ("missing", *NEVER_FILLED)) != (self.fill_value is None):
            raise ValueError("expected a fill_value exactly when impute is most_frequent or constant")
        if self.has_missing and self.impute != "missing":
            raise ValueError("expected has_missing only with impute: missing")
        if self.n_positions == 0:
            raise ValueError("expected at least one category")
        if (self.encode_as == "target") != bool(self.outputs):
            raise ValueError("expected outputs exactly when encode_as is target")
        if any(len(output.numbers) != self.n_positions for output in self.outputs):
            raise ValueError("expected a number for each position")
        return self

    @property
    def n_positions(self) -> int:
        """Number of positions."""
        return len(self.categories) + self.has_missing + self.has_other

    @property
    def width(self) -> int:
        """Number of features that the column becomes."""
        return {"one_hot": self.n_positions, "ordinal": 1, "target": len(self.outputs)}[self.encode_as]

    @property
    def feature_names(self) -> tuple[str, ...]:
        """Their names; for people, not always unique."""
        if self.encode_as == "ordinal":
            return (self.name,)
        if self.encode_as == "target":
            labels = (output.label for output in self.outputs)
            return tuple(self.name if label is None else f"{self.name}→{label}" for label in labels)
        special = ["(missing)"] * self.has_missing + ["(other)"] * self.has_other
        return tuple(f"{self.name}={category}" for category in (*self.categories, *special))

    def encode(self, table: Table) -> EncodedColumn:
        """Encodes the column of a table: int32 positions, -1 for all zeros; or float32 ordinal numbers or target means.

        Raises:
            DataError: The column is missing, or is of a type that has no categories.
        """
        return self.encode_cells(categorical_values(table, self.name, known=self.categories), table)

    def encode_cells(self, cells: pa.DictionaryArray, table: Table) -> EncodedColumn:
        """Encodes what `categorical_values` gives for the column of a table.

        Raises:
            DataError: Some cells are missing and nothing says what they mean.
        """
        positions, remarks = self.positions(cells)
        check_complete(table, self.name, remarks.missing, impute=self.impute)
        match self.encode_as:
            case "one_hot":
                return EncodedColumn(positions, remarks)
            case "ordinal":
                return EncodedColumn(np.where(positions < 0, self.n_positions, positions).astype(np.float32), remarks)
            case "target":
                # The prior stands last, where -1 leads to.
                numbers = np.array([(*output.numbers, output.prior) for output in self.outputs], np.float32)
                return EncodedColumn(numbers[:, positions], remarks)

    def positions(self, cells: pa.DictionaryArray) -> tuple[np.ndarray, CellRemarks]:
        """The position of every cell, int32 `(n_rows,)`, -1 for those that have none; and the remarkable cells."""
        indices = _indices(cells)
        # One entry for every distinct text of the table, and a last one for missing cells.
        kept = pc.index_in(cells.dictionary, value_set=text_array(self.categories))
        lookup = np.append(integers_from_arrow(kept, missing=-1), self._position_of_missing()).astype(np.int32)
        is_unseen = lookup < 0
        is_unseen[-1] = False
        is_respelled = self._are_respelled(cells.dictionary, is_unseen)
        remarks = CellRemarks(
            missing=found(indices == len(cells.dictionary)) if cells.null_count else None,
            unseen=found(is_unseen[indices]) if is_unseen.any() else None,
            respelled=found(is_respelled[indices]) if is_respelled.any() else None,
        )
        if self.has_other:
            lookup[lookup < 0] = self.n_positions - 1
        return lookup[indices], remarks

    def _are_respelled(self, texts: pa.Array, is_unseen: np.ndarray) -> np.ndarray:
        """Which unseen texts are kept categories but for case and spaces, bool like `is_unseen`; none of very many."""
        is_respelled = np.zeros_like(is_unseen)
        places = np.flatnonzero(is_unseen)
        if 0 < places.size <= _MOST_COMPARED and len(self.categories) <= _MOST_COMPARED:
            known = _letters(text_array(self.categories))
            unseen = _letters(texts.take(arrow_from_numpy(places)))
            is_respelled[places] = numpy_from_arrow(pc.is_in(unseen, value_set=known))
        return is_respelled

    def _position_of_missing(self) -> int:
        if self.has_missing:
            return len(self.categories)
        return self.categories.index(self.fill_value) if self.fill_value in self.categories else -1


def fit_categorical(
    table: Table,
    name: str,
    rows: np.ndarray,
    options: CategoricalSection,
    *,
    order: Sequence[str] | None = None,
    answers: TrainingAnswers | None = None,
) -> FittedColumn[CategoricalFeature]:
    """Fits a categorical column and encodes it.

    Missing values are replaced before categories are counted; as a category of their own they are counted like
    any other and may become part of "other".

    Args:
        table: Holds the column.
        name: The column.
        rows: int64 `(n,)`, n >= 1, the training rows.
        options: What to do with the column; `fill_value` is set for `impute: constant`.
        answers: The target of the training rows, for `encode: target`.
        order: All categories in their order, for `encode: ordinal`; None for those of the training rows.

    Raises:
        DataError: The column has a type without categories, or every training row lacks the value to fill with.
    """
    named = order or (() if options.fill_value is None else (options.fill_value,))
    cells = categorical_values(table, name, known=named)
    counts = np.bincount(_indices(cells)[rows], minlength=len(cells.dictionary) + 1)
    n_missing = int(counts[-1])
    n_cells = {text: n for text, n in zip(cells.dictionary.to_pylist(), counts.tolist(), strict=False) if n}
    texts = CategoryCounts(different=len(n_cells), known=len(rows) - n_missing)
    fill_value = options.fill_value
    if options.impute in ("most_frequent", *NEVER_FILLED) and not n_cells:
        raise no_values_error(table, name, options.impute)
    n_of_text = dict(n_cells)
    if options.impute == "most_frequent":
        fill_value = min(n_cells, key=lambda text: (-n_cells[text], text))
    if fill_value is not None and n_missing:
        n_cells[fill_value] = n_cells.get(fill_value, 0) + n_missing
    own_category = {None: n_missing} if options.impute == "missing" and n_missing else {}
    if order is None:
        is_target = options.encode == "target"
        limits = CategoricalSection(max_categories=MAX_CATEGORIES) if is_target else options
        kept, has_other = _frequent(dict(sorted(n_cells.items())) | own_category, limits)
        has_other = has_other and not is_target
    else:
        _check_order(table, name, rows, cells, order)
        kept, has_other = [*order, *own_category], False
    n_rare = 0 if order is not None else _rare_rows(n_of_text, set(kept))
    feature = CategoricalFeature(
        name=name,
        impute=options.impute,
        fill_value=fill_value,
        encode_as="ordinal" if options.encode == "target" else options.encode,
        categories=tuple(category for category in kept if category is not None),
        has_missing=None in kept,
        has_other=has_other,
        has_order=order is not None,
        had_rare=has_other or n_rare > 0,
        rare_rows=n_rare,
    )
    if options.encode == "target":
        assert answers is not None  # noqa: S101 - who asks for means of the target gives it
        return _fit_means(feature, cells, table, rows, options, answers, texts)
    return FittedColumn(feature, feature.encode_cells(cells, table), texts)


def _rare_rows(n_of_text: Mapping[str, int], kept: Set[str | None]) -> int:
    """How many rows have a category that was not kept, or that they alone have."""
    return sum(n for text, n in n_of_text.items() if n == 1 or text not in kept)


def _fit_means(
    positions_of: CategoricalFeature,
    cells: pa.DictionaryArray,
    table: Table,
    rows: np.ndarray,
    options: CategoricalSection,
    answers: TrainingAnswers,
    texts: CategoryCounts,
) -> FittedColumn[CategoricalFeature]:
    """Turns positions into means of the target; training rows get those of the other folds."""
    codes = positions_of.positions(cells)[0][rows]
    every, n_positions = np.arange(rows.size), positions_of.n_positions
    prior, variance = prior_of(answers, every)
    moments = CategoryMoments.of(codes, answers, every, n_positions)
    numbers = moments.encodings(prior, variance, options.smoothing)
    feature = CategoricalFeature.model_validate(
        positions_of.model_dump()
        | {
            "encode_as": "target",
            "outputs": tuple(
                MeanOutput(label=label, numbers=tuple(of_label), prior=prior_of_label)
                for label, of_label, prior_of_label in zip(
                    answers.labels or (None,), numbers.tolist(), prior.tolist(), strict=True
                )
            ),
        }
    )
    encoded = feature.encode_cells(cells, table)
    as_new = encoded._replace(values=encoded.values.copy())
    # About as many new rows have unseen categories as training rows have one of their own (Good, 1953).
    is_single = (np.bincount(codes[codes >= 0], minlength=n_positions) == 1)[codes] & (codes >= 0)
    as_new.values[:, rows[is_single]] = prior.astype(np.float32)[:, np.newaxis]
    encoded.values[:, rows] = cross_fitted(codes, answers, n_positions, options.smoothing)
    return FittedColumn(feature, encoded, texts, as_new=as_new)


def _check_order(table: Table, name: str, rows: np.ndarray, cells: pa.DictionaryArray, order: Sequence[str]) -> None:
    """Refuses training cells that a declared order does not name."""
    is_known = numpy_from_arrow(pc.is_in(cells.dictionary, value_set=text_array(order)))
    is_unknown = ~np.append(is_known, True)[_indices(cells)]
    is_bad = np.zeros(table.n_rows, bool)
    is_bad[rows] = is_unknown[rows]
    if is_bad.any():
        first = str(cells[int(np.argmax(is_bad))].as_py())
        hint = f"add it to preprocessing.columns.{key_part(name)}.order"
        if (meant := did_you_mean(first, with_same_digits(first, order))) is not None:
            hint = f"{meant} If not, {hint}"
        expected = f"one of {quoted_list(order, limit=20)}"
        raise bad_cells_error(table, name, is_bad, expected=expected, hint=hint)


def _frequent(n_cells: Mapping[str | None, int], options: CategoricalSection) -> tuple[list[str | None], bool]:
    """The categories that are kept, and whether some are not; the choice is scikit-learn's OneHotEncoder's."""
    counts = np.array(list(n_cells.values()))
    is_rare = counts < options.min_count
    # Room for the bucket is made even when nothing is rare yet: its one member is then the least frequent category.
    if counts.size - is_rare.sum() + 1 > options.max_categories:
        is_rare[np.argsort(counts, kind="stable")[: 1 - options.max_categories]] = True
    kept = [category for category, rare in zip(n_cells, is_rare.tolist(), strict=True) if not rare]
    return kept, bool(is_rare.any())


def _letters(texts: pa.Array) -> pa.Array:
    """Texts without what is easily spelled otherwise."""
    return pc.utf8_lower(pc.utf8_trim_whitespace(texts))


def _indices(cells: pa.DictionaryArray) -> np.ndarray:
    """int32 `(n_rows,)`: positions in the dictionary, its length where the cell is missing."""
    return integers_from_arrow(cells.indices, missing=len(cells.dictionary))
