import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config import config_from_dict
from dltrain.config.architecture import describe_network
from dltrain.config.starting_network import StartingNetwork, starting_network

SIZES = [25, 400, 2_000, 20_000, 100_000, 1_000_000]


def n_parameters(network: StartingNetwork, n_inputs: int) -> int:
    content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": network.layers()}}
    layers = describe_network(config_from_dict(content).config.model, n_features=n_inputs, n_outputs=1)
    return sum(layer.parameters for layer in layers)


def test_more_rows_never_get_a_smaller_or_more_careful_network() -> None:
    networks = [starting_network(n_train=rows, n_inputs=10) for rows in SIZES]
    for few, many in itertools.pairwise(networks):
        assert (few.n_layers, few.units, few.batch_size) <= (many.n_layers, many.units, many.batch_size)
        assert (few.dropout, few.epochs, few.patience) >= (many.dropout, many.epochs, many.patience)


def test_the_smallest_and_the_largest_tables_get_what_is_promised() -> None:
    small, large = starting_network(n_train=25, n_inputs=10), starting_network(n_train=10**6, n_inputs=10)
    assert (small.n_layers, small.units, small.dropout, small.batch_size) == (1, 32, 0.3, 16)
    assert (large.n_layers, large.units, large.dropout, large.batch_size) == (3, 256, 0.1, 1_024)


@given(st.integers(1, 2_000_000), st.integers(1, 5_000))
def test_the_first_layer_is_narrow_where_inputs_are_many(n_train: int, n_inputs: int) -> None:
    network = starting_network(n_train=n_train, n_inputs=n_inputs)
    assert network.units == 8 or n_inputs * network.units <= 20 * n_train
    assert network.units in {8, 16, 32, 64, 128, 256}


@given(st.integers(100, 2_000_000), st.integers(1, 1_000))
def test_no_network_has_more_parameters_than_check_finds_doubtful(n_train: int, n_inputs: int) -> None:
    assert n_parameters(starting_network(n_train=n_train, n_inputs=n_inputs), n_inputs) < 100 * n_train


@pytest.mark.parametrize("n_train", SIZES)
def test_the_config_sections_are_valid_and_drop_out_after_every_layer(n_train: int) -> None:
    network = starting_network(n_train=n_train, n_inputs=10)
    content = {
        "data": {"path": "a.csv", "target": "y"},
        "model": {"layers": network.layers()},
        "training": network.training(),
    }
    config = config_from_dict(content).config
    assert [layer.type for layer in config.model.layers] == ["dense", "dropout"] * network.n_layers
    assert config.training.batch_size == network.batch_size
