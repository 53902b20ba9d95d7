"""Importing TensorFlow in the background."""

import gc
import subprocess
import sys

import pytest

from dltrain.workflows.start_up.importing import without, without_garbage_collection
from tests.conftest import PATIENCE


def test_packages_look_as_if_they_were_not_installed_for_a_while() -> None:
    sys.modules.pop("colorsys", None)
    with without(("colorsys", "json")):
        with pytest.raises(ImportError):
            import colorsys
        import json  # it was imported before, so it stays
    import colorsys

    assert json.dumps(colorsys.rgb_to_hsv(0, 0, 0)) == "[0.0, 0.0, 0]"


def test_a_package_that_does_not_exist_leaves_no_trace() -> None:
    with without(("no_such_package",)):
        pass
    assert "no_such_package" not in sys.modules


def test_garbage_is_collected_again_after_the_import_and_what_was_there_is_left_alone() -> None:
    assert gc.isenabled()
    with without_garbage_collection():
        assert not gc.isenabled()
        kept: list[list[int]] = [[] for _ in range(10)]
    try:
        assert gc.isenabled()
        assert not {id(item) for item in kept} & {id(item) for item in gc.get_objects()}
    finally:
        gc.unfreeze()


IMPORT = "import gc, sys\nfrom dltrain.workflows.start_up.importing import import_in_background\n"


def python(script: str) -> str:
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=PATIENCE, check=True)
    return done.stdout


def test_what_walks_through_the_types_of_numpy_is_imported_before_tensorflow_adds_its_own() -> None:
    """Once in a hundred fits, np.unique in one thread met ml_dtypes in the other."""
    nothing = "import dltrain.workflows.start_up.importing as room\nroom.import_heavy_rooms = lambda: None\n"
    assert python(IMPORT + nothing + "import_in_background()()\nprint('numpy.ma' in sys.modules)") == "True\n"


@pytest.mark.parametrize("package", ["tensorflow", "keras"])
def test_a_package_that_is_not_installed_is_named_with_what_to_do(package: str) -> None:
    script = (
        f"{IMPORT}sys.modules['{package}'] = None\n"
        "from dltrain.errors import ConfigError\n"
        "try:\n    import_in_background()()\nexcept ConfigError as error:\n    print(error)"
    )
    said, hint = python(script).splitlines()
    assert said.startswith("expected the packages tensorflow and keras, which cannot be imported: ")
    assert package in said.split(": ")[1]
    assert hint == "hint: pip install tensorflow keras"


def test_a_mistake_of_our_own_stays_one() -> None:
    script = (
        f"{IMPORT}sys.modules['dltrain.network'] = None\n"
        "try:\n    import_in_background()()\nexcept ModuleNotFoundError as error:\n    print(error.name)"
    )
    assert python(script) == "dltrain.network\n"


@pytest.mark.slow
def test_the_import_leaves_out_what_training_does_not_use() -> None:
    unused = "{'pandas', 'scipy', 'sklearn', 'matplotlib', 'PIL', 'jax', 'torch'}"
    script = (
        f"{IMPORT}import_in_background()()\n"
        f"print(sorted({unused} & set(sys.modules)), 'tensorflow' in sys.modules)\n"
        "import scipy, pandas\n"
        "print(pandas.Series([1]).sum(), scipy.__name__)"
    )
    assert python(script) == "[] True\n1 scipy\n"


@pytest.mark.slow
def test_tensorflow_has_all_its_names_whenever_they_are_used() -> None:
    """Those of its packages that share a name with a module of `tf.something` too."""
    late = "{'tensorflow._api.v2.compat.v1', 'tensorflow.python.feature_column.feature_column_v2', 'requests.api'}"
    script = (
        f"{IMPORT}import_in_background()()\n"
        f"print(sorted({late} & set(sys.modules)))\n"
        "import tensorflow as tf, requests\n"
        "print(tf.compat.v1.Session.__name__, tf.distribute.has_strategy(), tf.lite.TFLiteConverter.__name__)\n"
        "print(tf.experimental.numpy.abs(-3).numpy(), requests.get.__name__)"
    )
    assert python(script) == "[]\nSession False TFLiteConverterV2\n3 get\n"


@pytest.mark.slow
def test_a_name_of_tensorflow_brings_only_what_defines_it() -> None:
    """`tf.nn` also holds wrappers of recurrent cells, which come with a whole Keras of their own."""
    unused = "{'tensorflow.python.keras', 'tensorflow.python.distribute.combinations', 'scipy'}"
    script = (
        f"{IMPORT}import_in_background()()\n"
        "import tensorflow as tf\n"
        "print(tf.nn.relu(-3.0).numpy(), tf.__internal__.distribute.strategy_supports_no_merge_call())\n"
        f"print(sorted({unused} & set(sys.modules)), tf.nn.RNNCellDropoutWrapper.__name__)"
    )
    assert python(script) == "0.0 True\n[] DropoutWrapper\n"


@pytest.mark.slow
def test_the_interpreter_changes_hands_as_before_after_the_import() -> None:
    script = (
        f"{IMPORT}before = sys.getswitchinterval()\n"
        "import_in_background()()\n"
        "print(sys.getswitchinterval() == before, gc.isenabled())"
    )
    assert python(script) == "True True\n"


@pytest.mark.slow
def test_an_error_of_the_import_is_raised_where_it_is_waited_for() -> None:
    script = (
        "import os; os.environ['KERAS_BACKEND'] = 'torch'\n"
        "from dltrain.errors import ConfigError\n"
        "from dltrain.workflows.start_up.importing import import_in_background\n"
        "wait = import_in_background()\n"
        "try:\n    wait()\nexcept ConfigError as error:\n    print(error.message)"
    )
    assert python(script) == "Keras: wrong backend, expected 'tensorflow', got 'torch'\n"
