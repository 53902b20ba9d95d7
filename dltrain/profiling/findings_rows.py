"""How rows are divided: too few of them, the same ones on both sides, what comes later on the wrong one."""

import math
from collections.abc import Sequence
from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.config.architecture import LayerSummary, linear_layers, repeats_output
from dltrain.config.sections.decision import ThresholdSection
from dltrain.config.sections.model import Dense
from dltrain.errors import counted, quoted_list
from dltrain.profiling import changes
from dltrain.profiling.column_profile import ColumnProfile
from dltrain.profiling.finding import Finding, Grade
from dltrain.profiling.name_words import name_words

_FEW_TEST_ROWS: Final = 100
_VERY_FEW_TEST_ROWS: Final = 30
_FEW_OF_A_CLASS: Final = 10
_SHOWN: Final = 3
_PARAMETERS_PER_ROW: Final = 100.0

_NO_EXAMPLE: Final = "totals and averages are no examples, remove them from the table"
_MOST_TOTALS: Final = 0.1
"""Share of the rows that may hold totals; "total" is one of several kinds of things where it is more frequent."""

_BIRTH: Final = frozenset({"birth", "birthdate", "birthday", "born", "dob"})
"""Words in names of dates at which no row was made."""

MANY_REPEATED: Final = 0.25
"""When a quarter of the test rows were trained on, a score says more of memory than of learning. Coarsely measured
tables reach a fifth by themselves (red wine 19 %)."""

_LEAST_REPEATED: Final = 0.01
LEAST_DIFFERENT: Final = 10.0
"""Possible rows for each training row, below which equal rows are bound to come by chance."""

_MANY_KNOWN: Final = 0.05
"""A file of its own for testing is there to hold other rows."""


def size_findings(config: Config, *, n_test: int, may_have_folds: bool = True) -> list[Finding]:
    """Whether there are too few rows to judge by.

    Args:
        config: Resolved.
        n_test: Test rows, with folds those of one of them.
        may_have_folds: Whether folds go with what else is advised.
    """
    # With folds all rows are test rows in the end.
    n_test *= config.split.folds or 1
    if n_test >= _FEW_TEST_ROWS:
        return []
    # Two standard errors of a share of one half.
    margin = 1 / math.sqrt(n_test)
    is_regression = config.data.task == "regression"
    meaning = "one unusual row moves every metric" if is_regression else f"accuracy is known to ±{margin:.0%} at worst"
    change = changes.more_test_rows(config, may_have_folds=may_have_folds)
    if any("folds" in part for part in change):
        meaning += "; with folds every row is a test row once"
    grade: Grade = "warning" if n_test < _VERY_FEW_TEST_ROWS else "note"
    tested = counted(n_test, "test row") if config.split.folds is None else f"about {n_test:,} test rows in all folds"
    return [Finding(grade, "few_rows", None, f"{tested}: {meaning}", change)]


def total_findings(profiles: Sequence[ColumnProfile], others: Sequence[ColumnProfile] = ()) -> list[Finding]:
    """Whether a row at the end is no example, but the totals of those above, or rows are called totals.

    Args:
        profiles: Of the features and the target.
        others: Of columns such as ids, which may say that a row holds totals.
    """
    found = []
    row = min((profile.total_row for profile in profiles if profile.total_row is not None), default=None)
    if row is not None:
        names = [profile.name for profile in profiles if profile.total_row == row]
        where = "the last row" if row == 1 else f"row {profiles[0].n_rows - row + 1:,}"
        text = f"{where} holds the sum of all above it in {quoted_list(names, limit=_SHOWN)}: {_NO_EXAMPLE}"
        found.append(Finding("warning", "totals", None, text))
    for profile in (*profiles, *others):
        words = profile.total_words
        is_rare = 0 < words.cells <= _MOST_TOTALS * profile.n_rows and profile.n_distinct > len(words.examples) + 1
        if is_rare and not (words.cells == 1 and row in profile.total_word_rows):
            rows = "1 row is" if words.cells == 1 else f"{words.cells:,} rows are"
            # How many other names there are, a profile does not say.
            more = " and others" if len(words.examples) > _SHOWN else ""
            text = f"{rows} called {quoted_list(words.examples[:_SHOWN])}{more}: {_NO_EXAMPLE}"
            return [*found, Finding("warning", "totals", profile.name, text)]
    return found


def class_size_findings(
    labels: Sequence[str], counts: np.ndarray, config: Config, *, may_have_folds: bool = True
) -> list[Finding]:
    """Whether a class has too few test rows, among many, to judge by.

    Args:
        labels: In the order of their codes.
        counts: int `(n_classes,)`, test rows of each class; their sum is positive.
        config: Resolved.
        may_have_folds: Whether folds go with what else is advised.
    """
    n_folds, n_test = config.split.folds or 1, int(counts.sum())
    few = np.flatnonzero(counts * n_folds < _FEW_OF_A_CLASS)
    if not few.size or n_test * n_folds < _FEW_TEST_ROWS:
        return []
    shown = ", ".join(f"'{labels[place]}' {counts[place]:,}" for place in few[:_SHOWN])
    more = f" and {few.size - _SHOWN:,} more" if few.size > _SHOWN else ""
    change = changes.more_test_rows(config, may_have_folds=may_have_folds)
    text = (
        f"{few.size:,} of {len(labels):,} classes {'has' if few.size == 1 else 'have'} fewer than {_FEW_OF_A_CLASS} of "
        f"the {counted(n_test, 'test row')}: {shown}{more}; how well {'it is' if few.size == 1 else 'they are'} found "
        "is hardly known"
    )
    return [Finding("note", "few_rows_of_a_class", config.data.target, text, change)]


def decision_finding(labels: Sequence[str], counts: np.ndarray, config: Config) -> Finding | None:
    """Whether a class has too few validation rows to settle a threshold or a temperature on.

    Args:
        labels: In the order of their codes.
        counts: int `(n_classes,)`, validation rows of each class; their sum is positive.
        config: Resolved.
    """
    decision = config.decision
    # All rows tell a temperature of many classes, those of the rarer one that of two.
    n_telling = counts.min() if len(counts) == 2 else counts.sum() - counts.max()
    if decision is None or decision.is_fixed or n_telling >= _FEW_OF_A_CLASS:
        return None
    have = "has" if n_telling == 1 else "have"
    rarest, usual = (labels[int(place)] for place in (np.argmin(counts), np.argmax(counts)))
    label = f"the label '{rarest}'" if len(counts) == 2 else f"another label than '{usual}'"
    settled = [
        *(["threshold"] if isinstance(decision.threshold, ThresholdSection) else []),
        *(["temperature"] if decision.calibrate is not None else []),
    ]
    what = " and the ".join(settled)
    hang = "is settled on them hangs" if len(settled) == 1 else "are settled on them hang"
    rows = counted(int(counts.sum()), "validation row")
    text = f"{n_telling:,} of {rows} {have} {label}: the {what} that {hang} on chance"
    return Finding("warning", "few_rows_to_decide", config.data.target, text, changes.more_validation_rows(config))


def linear_finding(config: Config) -> Finding | None:
    """Dense layers without an activation between them and the next one: together they are one linear layer.

    Args:
        config: Resolved.
    """
    positions = linear_layers(config.model)
    if not positions:
        return None
    n_dense = sum(isinstance(layer, Dense) for layer in config.model.layers)
    is_all = len(positions) == n_dense
    which = ", ".join(f"model.layers.{position}" for position in positions[:_SHOWN])
    more = f" and {len(positions) - _SHOWN:,} more" if len(positions) > _SHOWN else ""
    what = "the network is a linear model" if is_all else "with the next layer they are one linear layer"
    return Finding(
        "warning" if is_all else "note",
        "linear_layers",
        None,
        f"{counted(len(positions), 'dense layer')} without an activation, {which}{more}: {what}",
        tuple(f"model.layers.{position}.activation=relu" for position in positions),
    )


def network_findings(config: Config, layers: Sequence[LayerSummary], *, n_train: int) -> list[Finding]:
    """Whether the network has its output twice, or very many parameters for its rows.

    Args:
        config: Resolved.
        layers: Its network.
        n_train: Training rows.
    """
    findings = []
    if repeats_output(config.model, layers[-1].units):
        text = (
            f"'{layers[-2].name}' has {counted(layers[-1].units, 'unit')}, as has the output that dltrain adds: "
            "remove that layer"
        )
        findings.append(Finding("warning", "repeated_output", None, text))
    elif (linear := linear_finding(config)) is not None:
        findings.append(linear)
    n_parameters = sum(layer.trainable_parameters for layer in layers)
    if n_parameters < _PARAMETERS_PER_ROW * n_train:
        return findings
    dense = [(place, layer) for place, layer in enumerate(config.model.layers) if isinstance(layer, Dense)]
    widest = max(dense, key=lambda item: item[1].units, default=None)
    units = 0 if widest is None else max(8, widest[1].units // 8)
    change = (f"model.layers.{widest[0]}.units={units}",) if widest is not None and units < widest[1].units else ()
    return [
        *findings,
        Finding(
            "note",
            "large_network",
            None,
            f"{n_parameters:,} parameters for {n_train:,} training rows, {n_parameters / n_train:,.0f} for each: it "
            "can learn them by heart",
            change,
        ),
    ]


def repeated_row_findings(
    train: np.ndarray,
    test: np.ndarray,
    *,
    n_different: float,
    is_file: bool,
    others: Sequence[str] = (),
    n_with_others: int = 0,
) -> list[Finding]:
    """Test rows that are among the training rows, target included.

    Args:
        train: uint64, hashes of the training rows.
        test: uint64, hashes of the test rows, at least one.
        n_different: How many different rows the values of the columns could make.
        is_file: Whether the test rows come from a file of their own.
        others: Columns that tell rows apart and that the hashes leave out, such as ids.
        n_with_others: Test rows that are among the training rows, those columns included.
    """
    n_repeated = int(np.isin(test, train).sum())
    share = n_repeated / test.size
    if share < _LEAST_REPEATED or n_different < LEAST_DIFFERENT * train.size:
        return []
    where = "of the file are in the training table too" if is_file else "equal a training row, target included"
    advice = "remove repeated rows from the table" + ("s" if is_file else "")
    if others and n_with_others < n_repeated:
        which = "they" if not n_with_others else f"{n_repeated - n_with_others:,} of them"
        # Two customers may have the same values, or one of them be in the table twice.
        differ = f"{which} differ in {quoted_list(others, limit=3)}"
        advice = f"{differ}: remove them where the same thing is there twice"
    is_grave = share >= (_MANY_KNOWN if is_file else MANY_REPEATED)
    return [
        Finding(
            "warning" if is_grave else "note",
            "known_rows" if is_file else "repeated_rows",
            None,
            f"{n_repeated:,} of {counted(test.size, 'test row')} ({share:.0%}) {where}: the score counts what was "
            f"learned by heart; {advice}",
        )
    ]


def repeated_within_finding(train: np.ndarray, *, n_different: float) -> Finding | None:
    """Training rows that equal one another, as in a table that was written twice, where no test row equals them.

    Args:
        train: uint64, hashes of the training rows, at least one.
        n_different: As for `repeated_row_findings`.
    """
    _, counts = np.unique(train, return_counts=True)
    n_repeated = int(counts[counts > 1].sum())
    if n_repeated < MANY_REPEATED * train.size or n_different < LEAST_DIFFERENT * train.size:
        return None
    text = (
        f"{n_repeated:,} of {counted(train.size, 'training row')} ({n_repeated / train.size:.0%}) equal another one, "
        "target included: remove repeated rows from the table, if they are no rows of their own"
    )
    return Finding("warning", "repeated_rows", None, text)


def time_findings(profiles: Sequence[ColumnProfile], config: Config) -> list[Finding]:
    """Whether rows with a date are divided by chance.

    Args:
        profiles: Of all columns but the target.
        config: Resolved.
    """
    if config.split.strategy not in ("random", "stratified") or isinstance(config.split.test, str):
        return []
    dates = [
        profile
        for profile in profiles
        if profile.looks == "date" and profile.n_distinct > 1 and _BIRTH.isdisjoint(name_words(profile.name))
    ]
    if not dates:
        return []
    usable = [profile for profile in dates if _is_sortable(profile, config.preprocessing.column(profile.name).format)]
    named = quoted_list([profile.name for profile in dates], limit=3)
    hint = (
        f"; '{usable[0].name}' is no feature then"
        if usable
        else "; to split by time, every row needs a date, all written in one way, with four digits for the year"
    )
    return [
        Finding(
            "note",
            "time",
            dates[0].name,
            f"rows are divided by chance although {named} hold{'s' if len(dates) == 1 else ''} dates: if later rows "
            f"will be predicted, the test should be later rows too{hint}",
            _divided_by(usable[0], config) if usable else (),
        )
    ]


def _divided_by(profile: ColumnProfile, config: Config) -> changes.Change:
    """What divides the rows by the dates of a column."""
    date_format = None if config.preprocessing.column(profile.name).format is not None else profile.date_format
    return (*changes.split_by_time(profile.name, date_format), *changes.without_folds(config))


def _is_sortable(profile: ColumnProfile, declared: str | None) -> bool:
    date_format = declared or profile.date_format
    is_read = date_format is not None and ("%y" not in date_format or profile.late_date is None)
    is_iso = profile.cells("iso_date") == profile.n_rows and not profile.mixes_offsets
    is_complete = not profile.n_missing and not profile.missing_texts.cells
    return is_complete and (not profile.is_text or is_iso or is_read)
