"""The order of the rows; that it changes every epoch is tests/reliability/test_r11_rows_are_reshuffled.py."""

import pytest

from dltrain.training.order import epoch_order


@pytest.mark.parametrize("n_rows", [1, 2, 1000])
def test_order_is_a_permutation(n_rows: int) -> None:
    order = epoch_order(n_rows, seed=3, epoch=1)
    assert sorted(order.tolist()) == list(range(n_rows))
