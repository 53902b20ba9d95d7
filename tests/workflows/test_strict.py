"""`--strict` on tables of later nights: what is refused, and what is chance or follows from the date."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

import dltrain
from dltrain.errors import DataError
from dltrain.workflows.models.model import Model

pytestmark = pytest.mark.slow

TOWNS = ["Graz", "Linz", "Wels", "Wien"]


def sales(n_rows: int, seed: int, *, first: str = "2024-01-01", days: int = 300) -> pd.DataFrame:
    """Four large towns, and now and then a small one; sold at 8 to 20 o'clock."""
    rng = np.random.default_rng(seed)
    towns = rng.choice(TOWNS, n_rows, p=[0.3, 0.3, 0.25, 0.15]).astype(object)
    is_small = rng.random(n_rows) < 0.002
    towns[is_small] = [f"town {number}" for number in rng.integers(0, 10_000, is_small.sum())]
    seconds = rng.integers(0, days, n_rows) * 86_400 + rng.integers(8 * 3_600, 20 * 3_600, n_rows)
    sold = pd.Timestamp(first) + pd.to_timedelta(seconds, unit="s")
    price = np.where(towns == "Linz", 9.0, 1.0) + rng.normal(0, 1, n_rows)
    return pd.DataFrame({"town": towns, "sold": sold.strftime("%Y-%m-%dT%H:%M:%S"), "price": price})


def fitted(tmp_path: Path, **columns: Any) -> Model:
    sales(4_000, 0).to_csv(tmp_path / "sales.csv", index=False)
    content = {
        "data": {"path": str(tmp_path / "sales.csv"), "target": "price"},
        "preprocessing": {"columns": columns},
        "model": {"layers": []},
        "training": {"epochs": 1},
    }
    return dltrain.fit(content, runs=tmp_path / "runs")


@pytest.mark.parametrize("encode", ["one_hot", "ordinal", "target"])
def test_a_town_that_was_renamed_is_refused_however_towns_are_encoded(tmp_path: Path, encode: str) -> None:
    model = fitted(tmp_path, town={"encode": encode})
    nights = [sales(500, seed) for seed in range(1, 21)]
    for night in nights:
        assert len(model.predict(night, strict=True)) == 500
    assert any(model.drift(night)["unseen"] for night in nights)
    renamed = nights[0].replace({"town": {"Linz": "Linz/Donau"}})
    with pytest.raises(DataError, match=r"'town': 1\d\d of 500 values are not among the categories kept from training"):
        model.predict(renamed, strict=True)


def test_the_day_of_a_table_is_no_drift_and_its_hours_may_be(tmp_path: Path) -> None:
    model = fitted(tmp_path, sold={"parts": ["year", "month", "day", "weekday", "hour"]})
    tonight = sales(500, 1, first="2024-07-01", days=1)
    assert len(model.predict(tonight, strict=True)) == 500
    column = model.drift(tonight)["columns"]["sold"]
    assert (column["psi"] < 0.1, column["is_drifted"]) == (True, False)
    at_night = tonight.assign(sold=tonight["sold"].str.replace("T1", "T0"))
    with pytest.raises(DataError, match=r"'sold': drifted from training .*hour"):
        model.predict(at_night, strict=True)
    with pytest.raises(DataError, match="column 'sold': expected a date with a time of day, as in training"):
        model.predict(tonight.assign(sold=tonight["sold"].str[:10]))
