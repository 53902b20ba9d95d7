import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import pytest
import tensorflow as tf

from dltrain.errors import ConfigError
from dltrain.network.backend import check_backend, keras, steady_keras
from dltrain.network.building import build_network
from tests.network.cases import model_section

pytestmark = pytest.mark.slow


def run_python(program: str, **environment: str) -> str:
    """Runs a program where this process has not chosen the backend."""
    inherited = {name: value for name, value in os.environ.items() if name != "KERAS_BACKEND"}
    done = subprocess.run(
        [sys.executable, "-c", program],
        env=inherited | environment,
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout


def test_another_backend_is_refused() -> None:
    with pytest.raises(ConfigError, match="Keras: wrong backend, expected 'tensorflow', got 'jax'"):
        check_backend("jax")


def test_another_backend_in_the_environment_is_refused_before_keras_looks_for_it() -> None:
    program = """
from dltrain.errors import ConfigError
try:
    import dltrain.network
except ConfigError as error:
    print(error)
"""

    assert "got 'jax'" in run_python(program, KERAS_BACKEND="jax")


def test_keras_json_changes_nothing(tmp_path: Path) -> None:
    settings = {"backend": "jax", "floatx": "float16", "epsilon": 0.1, "image_data_format": "channels_last"}
    (tmp_path / "keras.json").write_text(json.dumps(settings))
    program = """
from dltrain.network.backend import keras, steady_keras
with steady_keras():
    print(keras.backend.backend(), keras.config.floatx(), keras.config.epsilon())
print(keras.config.floatx(), keras.config.epsilon())
"""

    printed = run_python(program, KERAS_HOME=str(tmp_path)).split()
    assert printed == ["tensorflow", "float32", "1e-07", "float16", "0.1"]


def test_numbers_of_the_process_are_what_they_were_when_something_fails() -> None:
    keras.config.set_epsilon(1e-5)
    try:
        with pytest.raises(KeyError), steady_keras():
            {1e-5: "not so"}[keras.config.epsilon()]
        assert keras.config.epsilon() == 1e-5
    finally:
        keras.config.set_epsilon(1e-7)


def test_what_a_process_has_not_used_yet_is_left_to_it() -> None:
    program = """
from dltrain.network.backend import keras, steady_keras
keras.config.set_floatx("float64")
with steady_keras():
    print(keras.config.dtype_policy().name)
print(keras.config.dtype_policy().name, keras.config.floatx())
"""
    assert run_python(program).split() == ["float32", "float64", "float64"]


def test_the_policy_of_each_thread_is_its_own() -> None:
    """Keras keeps it for every thread."""
    inside = Barrier(2)

    def work(policy: str) -> tuple[str, str]:
        keras.config.set_dtype_policy(policy)
        with steady_keras():
            inside.wait(timeout=30)
            during = keras.config.dtype_policy().name
            inside.wait(timeout=30)
        return during, keras.config.dtype_policy().name

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(work, ("mixed_float16", "mixed_bfloat16")))
    assert found == [("float32", "mixed_float16"), ("float32", "mixed_bfloat16")]


def test_of_several_threads_the_last_one_gives_the_numbers_back() -> None:
    keras.config.set_epsilon(1e-5)
    try:
        first, second = steady_keras(), steady_keras()
        first.__enter__()
        second.__enter__()
        first.__exit__(None, None, None)
        assert keras.config.epsilon() == 1e-7
        second.__exit__(None, None, None)
        assert keras.config.epsilon() == 1e-5
    finally:
        keras.config.set_epsilon(1e-7)


def test_strategies_and_graphs_are_refused() -> None:
    network = partial(build_network, model_section(), n_features=2, n_outputs=1, seed=0)
    with tf.distribute.OneDeviceStrategy("/cpu:0").scope(), pytest.raises(ConfigError, match="distribution strategy"):
        network()
    with tf.Graph().as_default(), pytest.raises(ConfigError, match="expected eager execution"):
        network()
