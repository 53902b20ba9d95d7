"""What has changed most in a column, in words."""

import re

import numpy as np
import pyarrow as pa
import pytest

from dltrain.config.sections.preprocessing import PreprocessingSection
from dltrain.features import ClassTarget, Preprocessing, TrainingAnswers, fit_features
from dltrain.scoring import column_drifts
from dltrain.table import Table
from dltrain.workflows.rows.drift_fact import drift_fact

DAYS = np.arange("2024-01-01", "2025-01-09", dtype="datetime64[D]").astype(str).tolist()


@pytest.mark.parametrize(
    ("days", "fact"),
    [
        (DAYS[:31], r"month_(sin|cos): 100% are in the (upper|lower) \d+% of training, in training \d+%"),
        ([*DAYS[:200], *[None] * 200], "50% are missing, in training 0%"),
    ],
    ids=["january", "missing"],
)
def test_the_part_of_a_date_is_named(days: list[str | None], fact: str) -> None:
    """In January alone, the dates are the early ones; what is high is the cosine of the month."""
    training, here = (Table(pa.table({"when": pa.array(cells, pa.string())}), "table") for cells in (DAYS, days))
    fitted = fit_features(
        training,
        np.arange(len(DAYS)),
        kinds={"when": "datetime"},
        section=PreprocessingSection(),
        answers=TrainingAnswers(np.zeros(len(DAYS))),
    )
    target = ClassTarget(task="binary", name="y", labels=("no", "yes"))
    new = Preprocessing(features=fitted.features, target=target).encode(here, with_remarks=True)
    [drift] = column_drifts(fitted.distribution, fitted.distribution.count(new, ["when"]))
    assert drift.is_drifted
    [feature] = fitted.features
    told = drift_fact(feature, drift)
    assert re.fullmatch(fact, told), told
