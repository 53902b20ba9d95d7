"""Columns that give the target away."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.errors import quoted_list
from dltrain.profiling import changes
from dltrain.profiling.finding import Finding
from dltrain.profiling.name_words import belongs_to
from dltrain.profiling.one_column import Answers, Column, Skill, cross_validated_skill, one_column_skill

LEAST_SKILL: Final = 0.99
"""Of what can be gained at all. Honest single columns reach 0.94 at most in the tables this was tried on (`carat` for
the price of a diamond); a copy of the target, or what was only written down when it was known, reaches 1."""

LEAST_STRONG: Final = 0.9
"""From here on a column is worth a question, and from `LEAST_KINDRED` on one that shares a word with the target: the
delay at departure tells four fifths of the variance of the delay at arrival."""

LEAST_KINDRED: Final = 0.5

_FEW_ROWS: Final = 300
"""Without an error in so many rows, the rate of errors is below 1 % (95 % confidence: 3 / n). Fewer are not enough."""

_LEAST_ROWS: Final = 10
_MOST_KIN: Final = 3


def leak_finding(
    name: str,
    column: Column,
    answers: Answers,
    *,
    train: np.ndarray,
    scored: np.ndarray,
    target: str,
    config: Config,
    amounts: Answers | None,
) -> Finding | None:
    """Whether a column alone foretells the target nearly perfectly, or so well that it is worth a question.

    Args:
        name: The column.
        column: Its values.
        answers: The target.
        train: int64, rows to learn from.
        scored: int64, validation rows.
        target: Name of the target.
        config: What the change is for.
        amounts: The numbers of the target instead of their ranks, for a column whose name is kindred to the target's;
            None for other columns. A few large amounts may be what two columns share.
    """
    if min(train.size, scored.size) < _LEAST_ROWS:
        return None
    skill = one_column_skill(column, answers, train=train, scored=scored)
    if skill.share < LEAST_SKILL or not _holds_in_folds(column, answers, train, scored):
        share, least = _steady_share(skill, column, answers, train, scored), LEAST_STRONG
        if amounts is not None:
            by_amount = one_column_skill(column, amounts, train=train, scored=scored)
            share, least = max(share, _steady_share(by_amount, column, amounts, train, scored)), LEAST_KINDRED
        return _strong(name, share, target, config) if share >= least else None
    if answers.are_classes:
        seen = (
            f"the most frequent '{target}' of each value is right for {skill.n_right:,} of {skill.n_rows:,} validation "
            f"rows, where always the same answer is for {skill.n_right_trivially:,}"
        )
    else:
        seen = f"R² {skill.share:.4f} between the ranks of '{target}' and those it foretells in {skill.n_rows:,} rows"
    return Finding(
        "warning",
        "leak",
        name,
        f"it alone gives the target away: {seen}; is it known before '{target}' is?",
        changes.drop(config, [name]),
    )


def missing_leak_finding(
    name: str,
    column: Column,
    answers: Answers,
    *,
    train: np.ndarray,
    scored: np.ndarray,
    target: str,
    labels: Sequence[str],
    config: Config,
) -> Finding | None:
    """Whether one of three or more classes is known by a column's being empty, as that of a date of refund.

    Args:
        name: The column.
        column: Its values.
        answers: The codes of the classes.
        train: int64, rows to learn from.
        scored: int64, validation rows.
        target: Name of the target.
        labels: Of the codes.
        config: What the change is for.
    """
    is_missing = Column(np.isnan(column.values).astype(np.float64), is_ordered=False)
    rows = np.concatenate([train, scored])
    if min(train.size, scored.size) < _LEAST_ROWS or np.ptp(is_missing.values[rows]) == 0:
        return None
    for code in _told_by_missing(is_missing.values, answers.values, train, scored, n_labels=len(labels)):
        is_class = Answers((answers.values == code).astype(np.int64), are_classes=True)
        if is_class.values[rows].sum() < _LEAST_ROWS:
            continue
        share = one_column_skill(is_missing, is_class, train=train, scored=scored).share
        if share < LEAST_SKILL or not _holds_in_folds(is_missing, is_class, train, scored):
            continue
        n_filled = int(np.count_nonzero(is_class.values[rows] * (1 - is_missing.values[rows])))
        has_value = 2 * n_filled > int(is_class.values[rows].sum())
        return Finding(
            "warning",
            "leak",
            name,
            f"that it has {'a' if has_value else 'no'} value gives the rows of {quoted_list([labels[code]])} away: "
            f"is it known before '{target}' is?",
            changes.drop(config, [name]),
        )
    return None


def _told_by_missing(
    is_missing: np.ndarray, codes: np.ndarray, train: np.ndarray, scored: np.ndarray, *, n_labels: int
) -> list[int]:
    """The classes that missing cells may give away: where even the best use of them falls short, none is tried."""
    cells = np.bincount(2 * codes[scored] + is_missing[scored].astype(np.int64), minlength=2 * n_labels).reshape(-1, 2)
    n_class = cells.sum(axis=1)
    n_wrong = np.minimum(cells, cells.sum(axis=0) - cells).sum(axis=1)
    is_usual = 2 * np.bincount(codes[train], minlength=n_labels) > train.size
    n_wrong_trivially = np.where(is_usual, scored.size - n_class, n_class)
    is_possible = (n_wrong_trivially > 0) & (n_wrong <= (1 - LEAST_SKILL) * n_wrong_trivially)
    return [int(code) for code in np.flatnonzero(is_possible)]


def _steady_share(skill: Skill, column: Column, answers: Answers, train: np.ndarray, scored: np.ndarray) -> float:
    """The share that a column tells: of few validation rows it would depend on which ones they are."""
    return skill.share if scored.size >= _FEW_ROWS else _share_in_folds(column, answers, train, scored)


def time_leak_finding(
    finding: Finding, column: Column, answers: Answers, *, train: np.ndarray, scored: np.ndarray, config: Config
) -> Finding:
    """The finding of a date, or what time has to do with it: rows of about the same time may have the same answer.

    A date that gives the target away tells that of later rows, too. One that does not knows its neighbours only, which
    a division by chance puts on both sides.

    Args:
        finding: That the date tells much of the target.
        column: Days.
        answers: The target.
        train: int64, rows to learn from, divided by chance.
        scored: int64, validation rows.
        config: What the change is for.
    """
    assert finding.column is not None  # noqa: S101 - it is about a column
    is_known = ~np.isnan(column.values)
    rows = np.concatenate([train, scored])
    known = rows[is_known[rows]]
    by_time = known[np.argsort(column.values[known], kind="stable")]
    n_earlier = known.size * 4 // 5
    earlier = np.concatenate([by_time[:n_earlier], train[~is_known[train]]])
    later = np.concatenate([by_time[n_earlier:], scored[~is_known[scored]]])
    if min(earlier.size, later.size) < _LEAST_ROWS:
        return finding
    share = one_column_skill(column, answers, train=earlier, scored=later).share
    if share >= (LEAST_SKILL if finding.topic == "leak" else LEAST_KINDRED):
        return finding
    return Finding(
        "warning",
        "time",
        finding.column,
        "rows are divided by chance although those of about the same time have about the same target: the score does "
        "not hold for later rows",
        # Strategy time needs a date in every row.
        (*changes.split_by("time", finding.column), *changes.without_folds(config)) if known.size == rows.size else (),
    )


def kin_of_leaks(leaks: Sequence[str], names: Sequence[str], target: str, config: Config) -> list[Finding]:
    """Columns whose names say more of a column that gives the target away, such as the date of a status.

    Args:
        leaks: Columns that give the target away.
        names: The other feature columns.
        target: Name of the target.
        config: What the changes are for.
    """
    findings = []
    for leak in leaks:
        kin = [name for name in names if belongs_to(name, leak)]
        # A word in many names is what the table is about.
        for name in kin if len(kin) <= _MOST_KIN else []:
            message = (
                f"by its name it belongs to {quoted_list([leak])}, which gives the target away: is it known before "
                f"'{target}' is?"
            )
            findings.append(Finding("warning", "leak", name, message, changes.drop(config, [name])))
    return findings


def _holds_in_folds(column: Column, answers: Answers, train: np.ndarray, scored: np.ndarray) -> bool:
    """Whether few validation rows are right by more than luck."""
    return scored.size >= _FEW_ROWS or _share_in_folds(column, answers, train, scored) >= LEAST_SKILL


def _share_in_folds(column: Column, answers: Answers, train: np.ndarray, scored: np.ndarray) -> float:
    rows = np.random.default_rng(0).permutation(np.concatenate([train, scored]))
    return cross_validated_skill(column, answers, rows)


def _strong(name: str, share: float, target: str, config: Config) -> Finding:
    return Finding(
        "note",
        "strong_column",
        name,
        f"it alone tells {share:.0%} of what there is to know of '{target}': if it is known no sooner than '{target}', "
        "leave it out",
        changes.drop(config, [name]),
    )
