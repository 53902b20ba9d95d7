"""What a check says of rows on both sides of the split, and of files whose rows are unlike those of training."""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pyarrow as pa
import pyarrow.types as pat

from dltrain.config.sections.split import SplitSection
from dltrain.errors import DataError, counted, last_part
from dltrain.features import EncodedFeatures, FittedFeatures, Preprocessing
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.preprocessing import Target
from dltrain.profiling import ColumnProfile, Finding, changes
from dltrain.profiling.findings_rows import repeated_row_findings, repeated_within_finding
from dltrain.profiling.row_hashes import hash_labelled_rows, hash_rows
from dltrain.table import Table, datetime_values, integers_from_arrow, numeric_values
from dltrain.table.csv_text import ROW_NUMBERS
from dltrain.workflows.checking.refusal import refusal
from dltrain.workflows.rows.dataset import Dataset, LabelledRows
from dltrain.workflows.rows.split_promises import known_groups


def row_findings(
    dataset: Dataset, fitted: FittedFeatures, target: Target, profiles: Mapping[str, ColumnProfile]
) -> list[Finding]:
    """Compares what the network would see of the rows of the parts, and refuses other files that do not fit.

    Args:
        dataset: The divided rows.
        fitted: The encoded features of the training table.
        target: As a fit would encode it.
        profiles: Of all columns of the training table.
    """
    train, test = _known(dataset), dataset.test
    preprocessing = Preprocessing(features=fitted.features, target=target, distribution=fitted.distribution)
    has_means = any(isinstance(f, CategoricalFeature) and f.encode_as == "target" for f in fitted.features)
    # Training rows have other means than equal rows elsewhere.
    encoded = {id(train.table): preprocessing.encode(train.table) if has_means else fitted.encoded}
    for part in (dataset.validation, test):
        if id(part.table) not in encoded:
            try:
                encoded[id(part.table)] = preprocessing.encode(part.table, with_remarks=True)
            except DataError as error:
                return [refusal(error)]
    known, tried = _hashes(encoded[id(train.table)], train), _hashes(encoded[id(test.table)], test)
    n_different = math.prod(float(profiles[name].n_distinct) for name in preprocessing.column_names)
    is_file = test.table is not train.table
    unlike = [*_repeated_ids(dataset), *_unlike_training(dataset, preprocessing, encoded)]
    if not repeated_row_findings(known, tried, n_different=n_different, is_file=is_file):
        return [*_repeated_within(dataset, train, known, n_different), *unlike]
    names = _other_columns(dataset, preprocessing, profiles)
    others, n_with_others = _told_apart(train, test, names, known, tried)
    repeated = repeated_row_findings(
        known, tried, n_different=n_different, is_file=is_file, others=others, n_with_others=n_with_others
    )
    return [*repeated, *unlike]


def _repeated_ids(dataset: Dataset) -> list[Finding]:
    """Ids that stand on both sides of a division by chance: a table written twice, or something with several rows."""
    config, train, test = dataset.config, dataset.train, dataset.test
    if (
        config.split.strategy not in ("random", "stratified")
        or test.table is not train.table
        or len(config.data.id) != 1
    ):
        return []
    (name,) = config.data.id
    shared = known_groups(SplitSection(strategy="group", column=name), [train], test)
    if shared is None or not shared.groups:
        return []
    text = (
        f"{shared.rows:,} of {counted(test.n_rows, 'test row')} have a value of this id that training rows have too: "
        "if each names one row, some are in the table more than once; if not, all rows of a value belong on one side "
        "of the split"
    )
    return [Finding("note", "repeated_id", name, text, changes.split_by("group", name))]


def _repeated_within(dataset: Dataset, train: LabelledRows, known: np.ndarray, n_different: float) -> list[Finding]:
    """Training rows that equal one another, their ids included."""
    names = [name for name in dataset.config.data.id if _is_flat(train.table.columns, name)]
    ids = train.table.take(train.rows, names)
    codes = [_codes(ids, ids, name)[: train.n_rows] for name in names]
    hashes = hash_rows(known.view(np.int32).reshape(-1, 2), *codes)
    found = repeated_within_finding(hashes, n_different=n_different)
    return [] if found is None else [found]


def _unlike_training(
    dataset: Dataset, preprocessing: Preprocessing, encoded: Mapping[int, EncodedFeatures]
) -> list[Finding]:
    """What the rows of test and validation files hold that the training rows do not; a fit tells it, too."""
    parts = {id(part.table): part.table for part in (dataset.validation, dataset.test)}
    others = [table for key, table in parts.items() if key != id(dataset.table)]
    if not others:
        return []
    # It takes the time of importing ONNX Runtime.
    from dltrain.workflows.rows.row_summary import summarize_features

    return [
        Finding("note", "unlike_training", None, f"{last_part(table.source)}: {difference}")
        for table in others
        for difference in summarize_features(preprocessing, encoded[id(table)]).differences()
    ]


def _known(dataset: Dataset) -> LabelledRows:
    """The training rows; beside a test file, all rows of the training table."""
    train, validation = dataset.train, dataset.validation
    if train.weight is not None:
        train = train.take(np.flatnonzero(train.weight))  # nothing is learned from the others
    if dataset.test.table is train.table or validation.table is not train.table:
        return train
    rows, truth = (np.concatenate(parts) for parts in ((train.rows, validation.rows), (train.truth, validation.truth)))
    return LabelledRows(train.table, rows, truth)


def _told_apart(
    train: LabelledRows, test: LabelledRows, names: Sequence[str], known: np.ndarray, tried: np.ndarray
) -> tuple[list[str], int]:
    """Columns that the network does not see and in which repeated rows differ; how many rows are equal in all of them.

    Args:
        train: The rows that are known.
        test: Those of the test.
        names: Columns that the network does not see.
        known: uint64, hashes of what it sees of the known rows.
        tried: uint64, likewise of the test rows.
    """
    in_train, in_test = np.flatnonzero(np.isin(known, tried)), np.flatnonzero(np.isin(tried, known))
    of_train, of_test = train.rows[in_train], test.rows[in_test]
    seen = np.concatenate([known[in_train], tried[in_test]]).view(np.int32).reshape(-1, 2)
    codes = {name: _codes(train.table.take(of_train, [name]), test.table.take(of_test, [name]), name) for name in names}

    def n_equal(chosen: Sequence[str]) -> int:
        hashes = hash_rows(seen, *(codes[name] for name in chosen))
        return int(np.isin(hashes[of_train.size :], hashes[: of_train.size]).sum())

    n_left = n_equal(names)
    apart = [name for name in names if n_equal([name]) < of_test.size]
    return (apart if n_equal(apart) == n_left else _fewest(names, n_equal)), n_left


def _fewest(names: Sequence[str], n_equal: Callable[[Sequence[str]], int]) -> list[str]:
    """Columns that together tell as many rows apart as all of them do, and without any of them fewer."""
    needed: list[str] = []
    n_left, candidates = n_equal(names), names
    while n_equal(needed) > n_left:
        stops = range(len(candidates))
        last = bisect_left(stops, True, key=lambda stop: n_equal([*candidates[: stop + 1], *needed]) == n_left)
        candidates, needed = candidates[:last], [candidates[last], *needed]
    return needed


def _hashes(encoded: EncodedFeatures, labelled: LabelledRows) -> np.ndarray:
    """Hashes of labelled rows, target included, uint64 `(n,)`."""
    features = encoded.take(labelled.rows)
    return hash_labelled_rows(features.numbers, features.codes, labelled.truth)


def _other_columns(dataset: Dataset, preprocessing: Preprocessing, profiles: Mapping[str, ColumnProfile]) -> list[str]:
    """Columns of both tables that the network does not see, but that may tell rows apart: ids first."""
    config, test = dataset.config, dataset.test.table
    known = {*preprocessing.column_names, config.data.target, config.data.weight}
    if ROW_NUMBERS in profiles and profiles[ROW_NUMBERS].is_whole:  # R writes names of things there, too
        known.add(ROW_NUMBERS)
    names = dict.fromkeys((*config.data.id, *dataset.train.table.column_names))
    tables = [dataset.train.table.columns, test.columns]
    return [
        name
        for name in names
        if name not in known and all(name in table.column_names and _is_flat(table, name) for table in tables)
    ]


def _is_flat(table: pa.Table, name: str) -> bool:
    kind = table.schema.field(name).type
    return bool(pat.is_string(kind) or pat.is_floating(kind) or pat.is_boolean(kind) or pat.is_temporal(kind))


def _codes(train: Table, test: Table, name: str) -> np.ndarray:
    """Codes of the cells of two tables one after the other, int32; the same values have the same code."""
    kinds = [table.column(name).type for table in (train, test)]
    readers: list[Callable[[Table, str], np.ndarray]] = []
    if any(pat.is_float64(kind) or pat.is_boolean(kind) for kind in kinds):
        readers.append(numeric_values)
    if any(pat.is_temporal(kind) for kind in kinds):
        readers.append(datetime_values)
    for read in readers:
        try:
            values = np.concatenate([read(table, name) for table in (train, test)])
        except DataError:  # texts that are none, or times of day
            continue
        return np.unique(values, return_inverse=True)[1].astype(np.int32)
    texts = [chunk for table in (train, test) for chunk in table.column(name).cast(pa.string()).chunks]
    encoded = pa.chunked_array(texts, pa.string()).dictionary_encode().combine_chunks()
    return integers_from_arrow(encoded.indices, missing=-1)
