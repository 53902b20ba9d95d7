"""R12: what is predicted for a row depends on no other row, on no other column and on no order, to the last bit."""

import csv
import io
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dltrain.run import Run, load_run
from dltrain.table import open_blocks
from dltrain.workflows.predict import predict
from tests.reliability.predicting import HEADER, RUN

N_ROWS = 1_000
NAMES = HEADER.split(",")

Row = tuple[str, ...]
PredictRows = Callable[..., dict[str, str]]


def some_rows() -> list[Row]:
    """Rows of all kinds: missing, unseen and far-off values too; the ids differ."""
    rng = np.random.default_rng(0)
    ages = [*(str(age) for age in range(18, 90)), "", "-5", "1e6", "33.3"]
    cities = ["Bern", "Oslo", "Paris", "Rome", "", "Atlantis", "a,b"]
    columns = [
        [f"p{n}" for n in range(N_ROWS)],
        rng.choice(ages, N_ROWS).tolist(),
        rng.choice(cities, N_ROWS).tolist(),
        rng.choice(["true", "false", ""], N_ROWS).tolist(),
        np.round(rng.normal(25_000, 13_000, N_ROWS), 2).astype(str).tolist(),
        rng.choice(["a", "b", "c", "", "z"], N_ROWS).tolist(),
    ]
    return list(zip(*columns, strict=True))


ROWS = some_rows()


@pytest.fixture(scope="module")
def run() -> Run:
    return load_run(RUN)


@pytest.fixture(scope="module")
def predict_rows(run: Run) -> PredictRows:
    """Predicts rows; returns id → the rest of its line."""

    def predicted(rows: Sequence[Sequence[str]], names: Sequence[str] = NAMES, threads: int = 1) -> dict[str, str]:
        text, output = io.StringIO(newline=""), io.BytesIO()
        csv.writer(text).writerows([names, *rows])
        predict(run, io.BytesIO(text.getvalue().encode()), output=output, threads=threads)
        lines = [line.split(",", 1) for line in output.getvalue().decode().splitlines()[1:]]
        assert len(lines) == len(rows)
        return {person: rest for person, rest in lines}  # noqa: C416 - lists of two, as mypy sees them

    return predicted


@pytest.fixture(scope="module")
def expected(predict_rows: PredictRows) -> dict[str, str]:
    """The predictions of all rows together."""
    found = predict_rows(ROWS)
    assert len(set(found.values())) > N_ROWS / 2, "otherwise any order would do"
    return found


QUICK = settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
subsets = st.lists(st.sampled_from(ROWS), min_size=1, max_size=70, unique=True)


@QUICK
@given(rows=subsets)
def test_r12_some_rows_in_any_order_are_predicted_as_among_all(
    predict_rows: PredictRows, expected: dict[str, str], rows: list[Row]
) -> None:
    assert predict_rows(rows) == {row[0]: expected[row[0]] for row in rows}


def test_r12_the_order_of_all_rows_makes_no_difference(predict_rows: PredictRows, expected: dict[str, str]) -> None:
    order = np.random.default_rng(1).permutation(N_ROWS)
    assert predict_rows([ROWS[row] for row in order]) == expected


@pytest.mark.parametrize("row", range(0, N_ROWS, 37))
def test_r12_a_row_alone_is_predicted_as_among_a_thousand(
    predict_rows: PredictRows, expected: dict[str, str], row: int
) -> None:
    person = ROWS[row][0]
    assert predict_rows([ROWS[row]]) == {person: expected[person]}


def test_r12_a_row_many_times_is_always_predicted_the_same(predict_rows: PredictRows, expected: dict[str, str]) -> None:
    found = predict_rows([(f"copy {n}", *ROWS[3][1:]) for n in range(3_000)])
    assert set(found.values()) == {expected[ROWS[3][0]]}


@QUICK
@given(order=st.permutations(range(len(NAMES))), n_extra=st.integers(0, 3))
def test_r12_the_order_of_columns_and_further_ones_make_no_difference(
    predict_rows: PredictRows, expected: dict[str, str], order: list[int], n_extra: int
) -> None:
    """The target counts as a further column."""
    names = ["bought", "extra", "Age"][:n_extra] + [NAMES[column] for column in order]
    rows = [[*["=x", "", "9" * 70][:n_extra], *(row[column] for column in order)] for row in ROWS[:100]]
    assert predict_rows(rows, names) == {row[0]: expected[row[0]] for row in ROWS[:100]}


@pytest.mark.parametrize("block_bytes", [1, 100, 1_000, 1 << 20])
@pytest.mark.parametrize("threads", [1, 2, 5])
def test_r12_blocks_and_threads_make_no_difference(
    predict_rows: PredictRows,
    expected: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    block_bytes: int,
    threads: int,
) -> None:
    monkeypatch.setattr("dltrain.workflows.predict.open_blocks", partial(open_blocks, block_bytes=block_bytes))
    assert predict_rows(ROWS, threads=threads) == expected


@pytest.mark.parametrize("block_rows", [1, 7, 16, 1_000])
def test_r12_the_rows_that_the_network_gets_at_once_make_no_difference(
    predict_rows: PredictRows, expected: dict[str, str], monkeypatch: pytest.MonkeyPatch, block_rows: int
) -> None:
    monkeypatch.setattr("dltrain.scoring.predictor.BLOCK_ROWS", block_rows)
    assert predict_rows(ROWS) == expected


@pytest.mark.slow
def test_r12_a_wide_network_with_all_kinds_of_layers_ignores_company_too(tmp_path: Path) -> None:
    import dltrain
    from tests.conftest import GOLDEN

    layers = [
        {"type": "batch_normalization"},
        {"type": "dense", "units": 256, "activation": "selu"},
        {"type": "layer_normalization"},
        {"type": "dense", "units": 97, "activation": "gelu"},
        # Seven of them do not fill the vectors of a processor, and elu is computed otherwise in what is left over.
        {"type": "dense", "units": 7, "activation": "elu"},
        {"type": "dropout", "rate": 0.2},
    ]
    config = {
        "data": {"path": str(GOLDEN / "people.csv"), "target": "bought", "id": ["person"]},
        "model": {"layers": layers},
        "training": {"epochs": 1},
    }
    model = dltrain.fit(config, runs=tmp_path / "runs")
    import pandas as pd

    frame = pd.DataFrame(ROWS, columns=NAMES).replace("", None)
    frame["age"], frame["income"] = frame["age"].astype(float), frame["income"].astype(float)
    together = model.predict(frame)
    for size in (1, 3, 16, 250):
        parts = [model.predict(frame.iloc[start : start + size]) for start in range(0, 250, size)]
        pd.testing.assert_frame_equal(pd.concat(parts).iloc[:250], together.iloc[:250], check_exact=True)
