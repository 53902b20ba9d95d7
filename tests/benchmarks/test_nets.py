import pytest

from benchmarks.steps.nets import NETS, Net
from benchmarks.steps.rows import starting_kernels


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_the_operations_of_a_step_are_those_of_its_matrix_products(net: Net) -> None:
    forward = [2 * net.batch_size * n_in * n_out for n_in, n_out in (kernel.shape for kernel in starting_kernels(net))]
    kernel_gradients, input_gradients = forward, forward[1:]

    assert net.step_operations == sum(forward) + sum(kernel_gradients) + sum(input_gradients)


@pytest.mark.parametrize("net", NETS.values(), ids=NETS)
def test_the_weights_are_the_elements_of_all_kernels(net: Net) -> None:
    assert net.n_weights == sum(kernel.size for kernel in starting_kernels(net))
