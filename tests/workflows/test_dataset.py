"""From a config to labelled rows."""

import pytest

from dltrain.config import load_config
from dltrain.errors import DataError
from dltrain.workflows.dataset import read_dataset
from tests.conftest import GOLDEN


def test_a_test_file_whose_name_cannot_exist_is_a_data_error() -> None:
    loaded = load_config(GOLDEN / "people.yaml", [f"split.test={'x' * 300}.csv"])
    with pytest.raises(DataError, match="the file cannot be read: File name too long"):
        read_dataset(loaded)
