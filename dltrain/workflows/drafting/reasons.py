"""What a starter config says in its comments beside the reasons of its decisions: sizes, shares, what is left open."""

import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np

from dltrain.config.starting_network import starting_network
from dltrain.config.yaml.commented import scalar_text, wrapped
from dltrain.config.yaml.overrides import key_part
from dltrain.errors import counted, escaped, last_part, quoted_list
from dltrain.profiling.number_format import doubtful_commas, doubtful_points
from dltrain.workflows.checking.report import CheckReport, CheckSummary
from dltrain.workflows.drafting.draft import LOST_DATES, LOST_NUMBERS, Draft
from dltrain.workflows.rows.dataset import Dataset

_FEW_NUMBERS: Final = 20
"""Up to so many different whole numbers may be classes."""

_FEWEST_AMOUNTS: Final = 5
"""From so many numbered classes on, the numbers may be amounts."""

_LONG_TAIL: Final = 1.0
"""Skewness of a target, from which a logarithm that halves it is worth a try; an exponential distribution has 2. It is
suggested only: in three splits each of diamonds and cps1985, RMSE was worse six times of six, MAE better five."""

_TASKS: Final = {"regression": "Regression", "binary": "Binary classification", "multiclass": "Classification"}

SCHEMA: Final = "config.schema.json"
"""Beside the config, where every editor finds it: the path of an installed package is right on one machine only."""


class Remarks(NamedTuple):
    """What a person has to decide.

    Attributes:
        warnings: The result is doubtful as long as these are open.
        questions: All others.
    """

    warnings: tuple[str, ...]
    questions: tuple[str, ...]


def head(summary: CheckSummary, report: CheckReport, remarks: Sequence[str], *, name: str) -> list[str]:
    """The first lines of the file, without `#`: what it is, how to run it, what is left to decide.

    Args:
        summary: Of the config.
        report: Of the config.
        remarks: What a person has to decide.
        name: How commands name the file.
    """
    data = summary.config.data
    task = _TASKS[data.task or "regression"]
    schema = shlex.quote(str(Path(name).parent / SCHEMA))
    lines = [
        f"yaml-language-server: $schema={SCHEMA}",
        f"{task}: {data.target}, from {len(data.features or ()):,} of the {len(report.columns):,} columns of "
        f"{escaped(last_part(data.path))} ({counted(report.rows, 'row')}).",
        f"Check:   dltrain check {shlex.quote(name)}",
        f"Run:     dltrain fit {shlex.quote(name)}",
        f"Editor:  dltrain schema > {schema}    (keys are completed and explained then)",
    ]
    if remarks:
        lines += ["", "To decide:"]
    for remark in remarks:
        first, *more = wrapped(remark, indent=2)
        lines += [f"- {first}", *(f"  {line}" for line in more)]
    return lines


def explain(draft: Draft, summary: CheckSummary, dataset: Dataset) -> None:
    """Writes out what was inferred, with figures.

    Args:
        draft: Gets task, positive class and split.
        summary: Of its config.
        dataset: Its divided rows.
    """
    config = summary.config
    draft.set(("data", "task"), config.data.task, _target_text(dataset))
    if config.data.task == "binary" and dataset.class_target is not None:
        counts, labels = _label_counts(dataset), dataset.class_target.labels
        shares = " and ".join(f"{count:,} of '{label}'" for label, count in zip(labels, counts.tolist(), strict=True))
        draft.set(("data", "positive"), config.data.positive, f"counts as class 1; rows: {shares}")
    draft.set(("split", "strategy"), config.split.strategy)
    sizes = (
        f"{summary.train:,} rows train, {summary.validation:,} judge each epoch, {summary.test:,} are kept for the end"
    )
    if config.split.folds is None:
        draft.set(("split", "test"), config.split.test, sizes)
    draft.set(("split", "validation"), config.split.validation)
    network = starting_network(n_train=summary.train, n_inputs=summary.n_inputs)
    draft.reasons["model", "layers"] = (
        f"{counted(summary.n_inputs, 'input')} and {counted(summary.train, 'training row')}: {network.reason}; "
        f"{counted(summary.n_parameters, 'parameter')}"
    )


def remarks(draft: Draft, report: CheckReport, dataset: Dataset) -> Remarks:
    """Findings that the draft leaves open, and what else may be better.

    Args:
        draft: With all decisions.
        report: Of its config.
        dataset: Its divided rows.
    """
    warnings, questions = list[str](), list[str]()
    for finding in report.findings:
        is_told = finding.topic == "missing_target" and finding.grade == "note"
        if is_told or (finding.topic, finding.column) in draft.settled:
            continue
        where = "" if finding.column is None else f"{escaped(finding.column)}: "
        change = f" → {' '.join(map(shlex.quote, finding.change))}" if finding.change else ""
        (warnings if finding.grade == "warning" else questions).append(f"{where}{finding.message}{change}")
    decided = (
        *_number_remarks(draft, report, dataset),
        *_lost_remarks(draft),
        *_word_remarks(draft),
        *(f"{escaped(name)}: {reason}" for name, reason in draft.doubtful.items()),
        *_group_remarks(draft, dataset),
    )
    return Remarks(tuple(warnings), (*decided, *questions, *_target_remarks(dataset)))


def _lost_remarks(draft: Draft) -> list[str]:
    """Columns that are left out although they hold numbers or dates."""
    left_out = draft.content["data"].get("drop", [])
    lost = dict.fromkeys(LOST_NUMBERS, "numbers") | dict.fromkeys(LOST_DATES, "dates")
    return [
        f"{escaped(name)} is left out although it holds {lost[topic]}: "
        f"{draft.reasons['data', 'drop', left_out.index(name)]}"
        for name, topic in draft.topics.items()
        if topic in lost and name in left_out
    ]


def _word_remarks(draft: Draft) -> list[str]:
    """Words among numbers, which may mean one."""
    return [
        f"{escaped(name)}: {quoted_list(words.examples)} ({counted(words.cells, 'cell')}) "
        f"{'is' if len(words.examples) == 1 else 'are'} read as missing; what means a number is taken out of "
        f"data.missing_values and put into preprocessing.columns.{key_part(name)}.map: "
        f"{{{', '.join(f'{scalar_text(text)}: 0' for text in words.examples)}}}; of names of things, "
        f"preprocessing.columns.{key_part(name)}.kind=categorical makes categories"
        for name, words in draft.words.items()
        if not draft.has_role(name)
    ]


def _group_remarks(draft: Draft, dataset: Dataset) -> list[str]:
    """A column that is no feature because it keeps rows together."""
    name = draft.content.get("split", {}).get("column")
    if draft.topics.get(name) != "groups":
        return []
    strategy = "random" if dataset.config.data.task == "regression" else "stratified"
    return [
        f"{escaped(name)} keeps the rows of a value together and is no feature, so that the score holds for new "
        f"values; if new rows have known ones → split.strategy={strategy} split.column=null"
    ]


def _number_remarks(draft: Draft, report: CheckReport, dataset: Dataset) -> list[str]:
    """Numbers that would be others if their points or commas stood before something else, unless a person said it."""
    if any(draft.is_given(("data", key)) for key in ("decimal", "thousands")):
        return []
    profiles, config = [column.profile for column in report.columns], dataset.config
    points = [
        f"{escaped(name)}: '{escaped(text)}' is read as {text.replace('.', '')}, because other numbers have a decimal "
        "comma; if this point stands before a fraction, write all numbers of the table in one way"
        for name, text in doubtful_points(profiles, config).items()
    ]
    is_decimal = config.data.texts.numbers.decimal == ","
    commas = [
        f"{escaped(name)}: '{escaped(text)}' is read as {text.replace(',', '.')}, because semicolons divide the cells; "
        "if this comma stands before thousands → data.decimal=. data.thousands=','"
        if is_decimal
        else f"{escaped(name)}: '{escaped(text)}' is read as {text.replace(',', '')}; if this comma stands before a "
        "fraction → data.decimal=',' data.thousands=null"
        for name, text in doubtful_commas(profiles, config).items()
    ]
    return [*points, *commas]


def _target_text(dataset: Dataset) -> str:
    counts = _label_counts(dataset)
    if dataset.class_target is None:
        truth = _truth(dataset)
        return f"numbers from {truth.min():g} to {truth.max():g}, on average {truth.mean():.4g}"
    if len(counts) == 2:
        return ""
    least, most = int(counts.min()), int(counts.max())
    rows = f"{counted(least, 'row')} each" if least == most else f"{least:,} to {most:,} rows"
    return f"{len(counts):,} classes of {rows}"


def _target_remarks(dataset: Dataset) -> list[str]:
    """What the numbers of a target suggest."""
    name = dataset.config.data.target
    if dataset.class_target is not None:
        labels = dataset.class_target.labels
        if len(labels) < _FEWEST_AMOUNTS or not all(map(str.isdecimal, labels)):
            return []
        return [
            f"{name}: {len(labels):,} different whole numbers from {labels[0]} to {labels[-1]} are taken as classes; "
            "if they are amounts, such as points → data.task=regression"
        ]
    truth = _truth(dataset)
    different = np.unique(truth)
    found = []
    if different.size <= _FEW_NUMBERS and (different == np.floor(different)).all():
        found.append(
            f"{name}: {different.size:,} different whole numbers from {different[0]:g} to {different[-1]:g} are taken "
            "as amounts; if they are classes → data.task=multiclass"
        )
    if different[0] >= 0:
        skewness, after = _skewness(truth), _skewness(np.log1p(truth))
        if skewness >= _LONG_TAIL and abs(after) <= skewness / 2:
            found.append(
                f"{name}: a few large values weigh most in the loss (skewness {skewness:.1f}; {after:.1f} after "
                "log(1 + y)); if errors count in per cent rather than in amounts → preprocessing.target.transform=log1p"
            )
    return found


def _truth(dataset: Dataset) -> np.ndarray:
    return np.concatenate([part.truth for part in (dataset.train, dataset.validation, dataset.test)])


def _label_counts(dataset: Dataset) -> np.ndarray:
    """Rows of each label, int `(n_labels,)`; empty for regression."""
    if dataset.class_target is None:
        return np.zeros(0, np.int64)
    return np.bincount(_truth(dataset), minlength=len(dataset.class_target.labels))


def _skewness(values: np.ndarray) -> float:
    """The third standardised moment; 0 where all values are the same."""
    deviations = values - values.mean()
    variance = (deviations**2).mean()
    return float((deviations**3).mean() / variance**1.5) if variance > 0 else 0.0
