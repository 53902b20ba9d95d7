"""Validation rows go through the network in blocks of one size."""

from typing import Any

import numpy as np
import pytest

from tests.training.test_loop import examples

pytestmark = pytest.mark.slow


class Recorder:
    """In the place of the programs: answers with the first number of every row, and counts the sizes of blocks."""

    def __init__(self) -> None:
        self.sizes: list[int] = []

    def evaluate(self, rows: Any) -> tuple[np.ndarray, np.ndarray]:
        numbers = np.asarray(rows.numbers)
        self.sizes.append(len(numbers))
        return numbers[:, :1], numbers[:, 1]


@pytest.mark.parametrize(("n_rows", "most", "sizes"), [(90, 100, [90]), (90, 45, [45, 45]), (90, 40, [30, 30, 30])])
def test_blocks_have_one_size(n_rows: int, most: int, sizes: list[int], monkeypatch: pytest.MonkeyPatch) -> None:
    from dltrain.training.evaluating import Evaluator

    monkeypatch.setattr("dltrain.training.evaluating.EVALUATION_ROWS", most)
    recorder: Any = Recorder()
    Evaluator.build(examples(n_rows=n_rows)).run(recorder)
    assert recorder.sizes == sizes


@pytest.mark.parametrize("most", [1, 7, 8, 13, 89, 90, 91])
def test_every_row_counts_once_with_its_weight(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    from dltrain.training.evaluating import Evaluator

    monkeypatch.setattr("dltrain.training.evaluating.EVALUATION_ROWS", most)
    data, recorder = examples(), Recorder()
    programs: Any = recorder
    outputs, loss = Evaluator.build(data).run(programs)
    np.testing.assert_array_equal(outputs[:, 0], data.features.numbers[:, 0])
    assert loss == pytest.approx(np.average(data.features.numbers[:, 1].astype(float), weights=data.weight), rel=1e-12)
    assert len(set(recorder.sizes)) == 1
