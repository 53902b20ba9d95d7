from typing import Any, get_args

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError
from sklearn.preprocessing import FunctionTransformer, MinMaxScaler, QuantileTransformer, RobustScaler, StandardScaler

from dltrain.config.sections.preprocessing import Scale
from dltrain.features.scaling import AffineScaler, Scaler, Unscaled, fit_affine_scaler, fit_scaler

SCALES: tuple[Scale, ...] = get_args(Scale)
SCALER: TypeAdapter[Scaler] = TypeAdapter(Scaler)


def scikit_learn(scale: Scale, n_rows: int) -> Any:
    """The independent reference."""
    return {
        "standard": StandardScaler(),
        "robust": RobustScaler(),
        "min_max": MinMaxScaler(),
        "quantile_normal": QuantileTransformer(
            output_distribution="normal", n_quantiles=min(1000, n_rows), subsample=None
        ),
        "none": FunctionTransformer(),
    }[scale]


def samples() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    return {
        "normal": rng.normal(50, 3, 5_000),
        "skewed": rng.lognormal(0, 2, 1_500),
        "mostly zero": np.where(rng.random(2_000) < 0.8, 0.0, rng.normal(size=2_000)),
        "few values": rng.integers(0, 5, 300).astype(np.float64),
        "two rows": np.array([3.0, 4.0]),
        "one row": np.array([7.5]),
        "constant": np.full(50, 0.1),
        "constant and large": np.full(1_000, 1e9 + 0.1),
        "far from zero": 1e6 + rng.normal(size=500),
        "large": rng.normal(size=100) * 1e30,
    }


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("sample", samples())
def test_scalers_equal_scikit_learns(sample: str, scale: Scale) -> None:
    values = samples()[sample]
    new = np.concatenate([values[:200], np.linspace(values.min() - 1, values.max() + 1, 101)])
    reference = scikit_learn(scale, values.size).fit(values[:, None])

    scaled = fit_scaler(scale, values).transform(new)

    # What scikit-learn computes as x * scale + min has lost digits when the minimum is large.
    atol = 1e-9 * max(1.0, float(np.abs(values).max()) if scale == "min_max" and sample == "far from zero" else 1.0)
    np.testing.assert_allclose(scaled, reference.transform(new[:, None])[:, 0], rtol=1e-8, atol=atol)


@pytest.mark.parametrize("scale", SCALES)
@settings(max_examples=40, deadline=None)
@given(values=st.lists(st.integers(-50, 50), min_size=1, max_size=40), new=st.lists(st.integers(-60, 60), max_size=10))
def test_scalers_equal_scikit_learns_on_any_small_sample(scale: Scale, values: list[int], new: list[int]) -> None:
    fitted, cells = np.array(values, np.float64), np.array([*values, *new], np.float64)
    reference = scikit_learn(scale, len(values)).fit(fitted[:, None])

    scaled = fit_scaler(scale, fitted).transform(cells)

    np.testing.assert_allclose(scaled, reference.transform(cells[:, None])[:, 0], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("scale", ["standard", "robust", "min_max", "none"])
@pytest.mark.parametrize("sample", samples())
def test_inverse_undoes_transform(sample: str, scale: Any) -> None:
    values = samples()[sample]

    scaler = fit_affine_scaler(scale, values)

    rounding = 1e-14 * np.abs(values).max()
    np.testing.assert_allclose(scaler.inverse(scaler.transform(values)), values, rtol=0, atol=rounding)


def test_columns_of_a_tiny_unit_keep_their_ranks() -> None:
    metres = np.linspace(1e-9, 9e-9, 101)

    scaled = fit_scaler("quantile_normal", metres).transform(metres)

    np.testing.assert_allclose(scaled, fit_scaler("quantile_normal", metres * 1e9).transform(metres * 1e9), atol=1e-6)


@pytest.mark.parametrize("scale", ["standard", "robust", "min_max", "quantile_normal"])
def test_values_too_large_to_compute_with_are_refused(scale: Scale) -> None:
    with pytest.raises(OverflowError):
        fit_scaler(scale, np.array([-1.7e308, 1.7e308, 1.7e308]))


def test_transform_of_extreme_values_is_infinite_without_a_warning() -> None:
    scaler = AffineScaler(type="standard", offset=-1e308, scale=1e-3)

    assert scaler.transform(np.array([1e308])).tolist() == [np.inf]


@pytest.mark.parametrize("scale", SCALES)
@settings(max_examples=30)
@given(values=st.lists(st.floats(-1e100, 1e100), min_size=1, max_size=20))
def test_scalers_survive_json(scale: Scale, values: list[float]) -> None:
    scaler = fit_scaler(scale, np.array(values))
    scaler.transform(np.array(values))

    assert SCALER.validate_json(scaler.model_dump_json()) == scaler


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"type": "standard", "offset": 1, "scale": 0}', "greater than 0"),
        ('{"type": "robust", "offset": 1, "scale": -1}', "greater than 0"),
        ('{"type": "min_max", "offset": NaN, "scale": 1}', "finite number"),
        ('{"type": "min_max", "offset": 1e999, "scale": 1}', "finite number"),
        ('{"type": "min_max", "offset": "1", "scale": 1}', "valid number"),
        ('{"type": "none", "scale": 1}', "Extra inputs"),
        ('{"type": "quantile_normal", "quantiles": []}', "at least 1"),
        ('{"type": "quantile_normal", "quantiles": [1, 3, 2]}', "ascending"),
        ('{"type": "quantile_normal", "quantiles": [-1.7e308, 1.7e308]}', "finite differences"),
        ('{"type": "quantile_normal", "quantiles": [1, null]}', "valid number"),
        ('{"type": "logit"}', "does not match any of the expected tags"),
        ('{"offset": 1, "scale": 1}', "Unable to extract tag"),
    ],
)
def test_altered_state_is_refused(text: str, problem: str) -> None:
    with pytest.raises(ValidationError, match=problem):
        SCALER.validate_json(text)


def test_unscaled_leaves_values_alone() -> None:
    values = np.array([1.0, -2.5])

    assert Unscaled().transform(values) is values
    assert Unscaled().inverse(values) is values
