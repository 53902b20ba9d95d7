"""Columns that give the target away."""

from typing import Final

import numpy as np

from dltrain.config import Config
from dltrain.profiling import changes
from dltrain.profiling.finding import Finding
from dltrain.profiling.one_column import Answers, Column, cross_validated_skill, one_column_skill

LEAST_SKILL: Final = 0.99
"""Of what can be gained at all. Honest single columns reach 0.94 at most in the tables this was tried on (`carat` for
the price of a diamond); a copy of the target, or what was only written down when it was known, reaches 1."""

_FEW_ROWS: Final = 300
"""Without an error in so many rows, the rate of errors is below 1 % (95 % confidence: 3 / n). Fewer are not enough."""

_LEAST_ROWS: Final = 10


def leak_finding(
    name: str,
    column: Column,
    answers: Answers,
    *,
    train: np.ndarray,
    scored: np.ndarray,
    target: str,
    config: Config,
) -> Finding | None:
    """Whether a column alone foretells the target nearly perfectly.

    Args:
        name: The column.
        column: Its values.
        answers: The target.
        train: int64, rows to learn from.
        scored: int64, validation rows.
        target: Name of the target.
        config: What the change is for.
    """
    if min(train.size, scored.size) < _LEAST_ROWS:
        return None
    skill = one_column_skill(column, answers, train=train, scored=scored)
    if skill.share < LEAST_SKILL:
        return None
    if scored.size < _FEW_ROWS:
        rows = np.random.default_rng(0).permutation(np.concatenate([train, scored]))
        if cross_validated_skill(column, answers, rows) < LEAST_SKILL:
            return None
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
