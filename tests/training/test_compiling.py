"""Whether XLA pays."""

from typing import Any

import pytest

from tests.training.test_loop import LAYERS, build, examples, section

pytestmark = pytest.mark.slow


def pays(layers: list[dict[str, Any]], *, steps_per_epoch: int, **training: Any) -> bool:
    from dltrain.training.compiling import compiling_pays

    return compiling_pays(build(layers, examples()), section(**training), steps_per_epoch=steps_per_epoch)


def test_few_steps_are_not_worth_the_compiling_and_many_are() -> None:
    assert not pays(LAYERS["dense"], steps_per_epoch=10, epochs=10)
    assert pays(LAYERS["dense"], steps_per_epoch=1_000, epochs=100)


@pytest.mark.parametrize("kind", LAYERS)
def test_there_is_one_number_of_steps_from_which_it_pays(kind: str) -> None:
    answers = [pays(LAYERS[kind], steps_per_epoch=2**power, epochs=1) for power in range(25)]
    assert answers == sorted(answers)
    assert set(answers) == {False, True}


def test_with_early_stopping_fewer_epochs_are_expected() -> None:
    patient: dict[str, Any] = {"early_stopping": {"patience": 1_000}}
    hasty: dict[str, Any] = {"early_stopping": {"patience": 1}}
    assert pays(LAYERS["dense"], steps_per_epoch=100, epochs=1_000, **patient)
    assert not pays(LAYERS["dense"], steps_per_epoch=100, epochs=1_000, **hasty)
