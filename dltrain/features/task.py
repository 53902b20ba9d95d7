"""What kind of prediction a target column asks for."""

import json
import re
from typing import Final

import numpy as np

from dltrain.config.sections.data import Task
from dltrain.errors import DataError, escaped, quoted_list
from dltrain.features.labels import class_labels
from dltrain.features.target_numbers import target_error
from dltrain.profiling import profile_column
from dltrain.profiling.number_targets import MOST_LABELS, marked_targets, words_among_targets
from dltrain.table import Table, infer_kind, numeric_values, text_array
from dltrain.table.durations import duration_unit

_MAX_TEXT_LABELS: Final = 1_000
_MAX_NUMBER_LABELS: Final = 20
_BEGINS_WITH_DIGIT: Final = re.compile(r"[^\W\d_]*\W*\d")
_MOST: Final = 0.9


def infer_task(table: Table, target: str) -> Task:
    """Judges the target by its values; `data.task` overrules the judgement.

    Text, booleans, and codes like 007: binary with two labels, multiclass with more. Numbers: binary with two
    values; multiclass when they are the whole numbers from 0 or 1 to at most 20 without a gap, each of them in at
    least two rows, as class codes are; regression otherwise.

    Raises:
        DataError: There is no such column, it has fewer than two values, text and numbers are mixed, over 20 labels
            are numbers but for a few words or for marks, or it has so many labels that they can hardly be classes: over
            1,000, or (from 20 on) one for every other row.
    """
    is_numeric = _is_numeric(table, target)
    if is_numeric:
        values = numeric_values(table, target)
        known, counts = np.unique(values[~np.isnan(values)], return_counts=True)
        n_labels, n_known = known.size, int(counts.sum())
    else:
        labels = class_labels(table, target)
        n_labels, n_known = len(labels), table.n_rows - table.column(target).null_count
    if n_labels < 2:
        n_missing = table.n_rows - n_known
        which = f"the same in all but {n_missing:,} of {table.n_rows:,} rows, which are empty" if n_missing else None
        raise DataError(
            f"{table.source}: column '{target}': expected a target with different values, got "
            f"{which or 'the same in every row'}",
            hint="if an empty cell is an answer too, such as no, write it into the table" if n_missing else None,
        )
    if n_labels == 2:
        return "binary"
    if is_numeric:
        return "multiclass" if _are_class_codes(known, counts) else "regression"
    if n_labels > MOST_LABELS:
        _check_are_no_numbers(table, target)
    if n_labels > _MAX_TEXT_LABELS or (n_labels > _MAX_NUMBER_LABELS and 2 * n_labels > n_known):
        are_amounts = sum(_BEGINS_WITH_DIGIT.match(label) is not None for label in labels) > _MOST * n_labels
        other = "write amounts as plain numbers, such as 12.5" if are_amounts else "choose another data.target"
        if (unit := duration_unit(text_array(labels))) is not None:
            other = f'if these are durations: data.unit_of: {{{escaped(target)}: "{unit}"}}'
        raise DataError(
            f"{table.source}: column '{target}': expected classes or numbers, got {n_labels:,} different texts in "
            f"{n_known:,} rows, such as {quoted_list(labels[:2])}",
            hint=f"{other}, or set data.task: multiclass to train on them all the same",
        )
    return "multiclass"


def _is_numeric(table: Table, target: str) -> bool:
    try:
        return infer_kind(table, target) == "numeric"
    except DataError as error:
        raise target_error(table, target, error, is_stated=False) from error


def _check_are_no_numbers(table: Table, target: str) -> None:
    """Checks that the labels are no numbers with some words among them, or with marks beside them.

    Raises:
        DataError: They are.
    """
    profile = profile_column(table, target)
    where = f"{table.source}: column '{target}': expected classes or numbers, got"
    words, marked = words_among_targets(profile), marked_targets(profile)
    if words.cells:
        missing = json.dumps([*table.texts.missing_values, *words.examples], ensure_ascii=False)
        raise DataError(
            f"{where} {profile.cells('number'):,} numbers and {words.cells:,} cells that say "
            f"{quoted_list(words.examples)}",
            hint=f"data.missing_values: {missing} and data.missing_target: drop leave these rows out; data.task: "
            "multiclass trains on classes all the same",
        )
    if marked.cells:
        raise DataError(
            f"{where} {marked.cells:,} cells such as {quoted_list(marked.examples[:2])} in {profile.n_known:,} rows, "
            "which are no plain numbers",
            hint="write amounts as plain numbers, such as 12.5, or set data.task: multiclass to train on classes all "
            "the same",
        )


def _are_class_codes(values: np.ndarray, counts: np.ndarray) -> bool:
    """Whether ascending values are 0, 1, 2, … or 1, 2, 3, …, each one repeated."""
    start = values[0]
    if start not in (0, 1) or values.size > _MAX_NUMBER_LABELS or counts.min() < 2:
        return False
    return bool((values == np.arange(start, start + values.size)).all())
