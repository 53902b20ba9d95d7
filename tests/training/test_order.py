"""The order of the rows."""

import numpy as np
import pytest

from dltrain.training.order import epoch_order


@pytest.mark.parametrize("n_rows", [1, 2, 1000])
def test_order_is_a_permutation(n_rows: int) -> None:
    order = epoch_order(n_rows, seed=3, epoch=1)
    assert sorted(order.tolist()) == list(range(n_rows))


def test_every_epoch_has_an_order_of_its_own() -> None:
    orders = {epoch_order(100, seed=0, epoch=epoch).tobytes() for epoch in range(1, 51)}
    assert len(orders) == 50


def test_order_follows_from_seed_and_epoch_alone() -> None:
    first = epoch_order(100, seed=7, epoch=3)
    np.random.default_rng(1).random(10)
    np.testing.assert_array_equal(first, epoch_order(100, seed=7, epoch=3))
    assert not np.array_equal(first, epoch_order(100, seed=8, epoch=3))
