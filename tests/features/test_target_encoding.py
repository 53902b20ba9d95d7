"""Means of the target: scikit-learn's TargetEncoder is the reference."""

from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from sklearn.preprocessing import TargetEncoder

from dltrain.config.sections.preprocessing import CategoricalSection, PreprocessingSection
from dltrain.features import ClassTarget, ColumnCounts, Preprocessing, TrainingAnswers, fit_features
from dltrain.features.categorical import CategoricalFeature, fit_categorical
from dltrain.features.target_encoding import CategoryMoments, cross_fitted, prior_of
from tests.features.tables import table_of

N_ROWS = 60
TYPES: dict[str, Literal["continuous", "binary", "multiclass"]] = {
    "regression": "continuous",
    "binary": "binary",
    "multiclass": "multiclass",
}


def answers_of(task: str, rng: np.random.Generator, n_rows: int = N_ROWS) -> TrainingAnswers:
    match task:
        case "regression":
            return TrainingAnswers(rng.normal(size=n_rows))
        case "binary":
            return TrainingAnswers(np.append([0.0, 1.0], rng.integers(0, 2, n_rows - 2)))
        case _:
            return TrainingAnswers(np.append([0.0, 1.0, 2.0], rng.integers(0, 3, n_rows - 3)), ("x", "y", "z"))


@pytest.mark.parametrize("task", TYPES)
@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), n_categories=st.integers(1, 40), smoothing=st.sampled_from(["auto", 0.5, 10.0]))
def test_new_rows_get_what_scikit_learn_gives_them(task: str, seed: int, n_categories: int, smoothing: Any) -> None:
    rng = np.random.default_rng(seed)
    cells = [f"c{number}" for number in rng.integers(0, n_categories, N_ROWS)]
    answers = answers_of(task, rng)
    reference = TargetEncoder(smooth=smoothing, target_type=TYPES[task])
    reference.fit(np.array(cells, object)[:, np.newaxis], answers.values)
    new = [*sorted(set(cells)), "never seen"]

    options = CategoricalSection(encode="target", smoothing=smoothing, max_categories=2)
    feature = fit_categorical(table_of(x=cells), "x", np.arange(N_ROWS), options, answers=answers).feature

    expected = reference.transform(np.array(new, object)[:, np.newaxis])
    np.testing.assert_allclose(feature.encode(table_of(x=new)).values, expected.T, rtol=1e-5, atol=1e-6)
    assert feature.width == len(feature.feature_names) == answers.n_outputs


@pytest.mark.parametrize("task", TYPES)
@given(seed=st.integers(0, 10_000), position=st.integers(0, N_ROWS - 1))
def test_a_training_row_never_sees_its_own_answer(task: str, seed: int, position: int) -> None:
    rng = np.random.default_rng(seed)
    codes = rng.integers(-1, 5, N_ROWS)
    answers = answers_of(task, rng)
    values = answers.values.copy()
    values[position] = (values[position] + 1) % 2 if task != "regression" else 100.0
    changed = TrainingAnswers(values, answers.labels, answers.seed)

    before, after = (cross_fitted(codes, some, 5, "auto") for some in (answers, changed))

    np.testing.assert_array_equal(before[:, position], after[:, position])


def test_a_fold_is_encoded_as_scikit_learn_encodes_new_rows() -> None:
    rng = np.random.default_rng(3)
    codes, answers = rng.integers(0, 7, N_ROWS), answers_of("regression", rng)
    fold_of = np.random.default_rng(answers.seed).permutation(N_ROWS) % 5
    found = cross_fitted(codes, answers, 7, "auto")
    for fold in range(5):
        inside = fold_of == fold
        reference = TargetEncoder(target_type="continuous")
        reference.fit(codes[~inside, np.newaxis], answers.values[~inside])
        expected = reference.transform(codes[inside, np.newaxis])
        np.testing.assert_allclose(found[:, inside], expected.T, rtol=1e-9, atol=1e-12)


def test_only_training_rows_get_the_means_of_other_folds() -> None:
    rng = np.random.default_rng(0)
    cells = [f"c{number}" for number in rng.integers(0, 4, N_ROWS)]
    table, rows = table_of(x=cells), np.arange(0, N_ROWS, 2)
    section = PreprocessingSection(categorical=CategoricalSection(encode="target"))
    answers = answers_of("multiclass", rng, len(rows))

    fitted = fit_features(table, rows, kinds={"x": "categorical"}, section=section, answers=answers)

    alone = Preprocessing(
        features=fitted.features, target=ClassTarget(task="multiclass", name="y", labels=("x", "y", "z"))
    ).encode(table)
    others = np.arange(1, N_ROWS, 2)
    np.testing.assert_array_equal(fitted.encoded.numbers[others], alone.numbers[others])
    assert (fitted.encoded.numbers[rows] != alone.numbers[rows]).any(axis=1).mean() > 0.9
    assert fitted.features[0].feature_names == ("x→x", "x→y", "x→z")


def test_unseen_and_missing_values_are_the_prior_unless_missing_is_a_category() -> None:
    answers = TrainingAnswers(np.array([0.0, 0.0, 3.0, 1.0]))
    options = CategoricalSection(encode="target", smoothing=0.0)
    without = fit_categorical(table_of(x=["a", "a", "b", "b"]), "x", np.arange(4), options, answers=answers).feature
    column = without.encode(table_of(x=["a", "b", "new", None]))
    assert column.values.tolist() == [[0, 2, 1, 1]]
    assert column.remarks.counts == ColumnCounts(missing=1, unseen=1)
    own = fit_categorical(table_of(x=["a", None, None, "b"]), "x", np.arange(4), options, answers=answers).feature
    assert own.encode(table_of(x=["a", "b", "new", None])).values.tolist() == [[0, 1, 1, 1.5]]
    assert CategoricalFeature.model_validate_json(own.model_dump_json()) == own


def test_the_seed_decides_the_folds() -> None:
    rng = np.random.default_rng(0)
    codes, values = rng.integers(0, 9, N_ROWS), rng.normal(size=N_ROWS)
    first, again, other = (cross_fitted(codes, TrainingAnswers(values, seed=seed), 9, "auto") for seed in (1, 1, 2))
    np.testing.assert_array_equal(first, again)
    assert (first != other).any()


@pytest.mark.parametrize("task", TYPES)
@settings(max_examples=25)
@given(seed=st.integers(0, 10_000), smoothing=st.sampled_from(["auto", 0.0, 10.0]))
def test_a_row_that_counts_twice_is_as_good_as_two_rows(task: str, seed: int, smoothing: Any) -> None:
    rng = np.random.default_rng(seed)
    codes, times, every = rng.integers(-1, 5, N_ROWS), rng.integers(0, 3, N_ROWS), np.arange(N_ROWS)
    answers = answers_of(task, rng)
    repeated = np.repeat(every, times)

    def numbers(answers: TrainingAnswers, codes: np.ndarray) -> np.ndarray:
        every = np.arange(codes.size)
        return CategoryMoments.of(codes, answers, every, 5).encodings(*prior_of(answers, every), smoothing)

    weighted = numbers(replace(answers, weight=times.astype(np.float64)), codes)
    plain = numbers(replace(answers, values=answers.values[repeated]), codes[repeated])
    np.testing.assert_allclose(weighted, plain, rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("task", TYPES)
@given(seed=st.integers(0, 10_000), group=st.integers(0, 11))
def test_a_training_row_never_sees_the_answers_of_its_group(task: str, seed: int, group: int) -> None:
    rng = np.random.default_rng(seed)
    codes, groups = rng.integers(-1, 5, N_ROWS), rng.permutation(N_ROWS) % 12
    answers = replace(answers_of(task, rng), groups=groups)
    values = np.where(groups == group, 0 if answers.labels else 1 - answers.values, answers.values)

    before, after = (cross_fitted(codes, known, 5, "auto") for known in (answers, replace(answers, values=values)))

    np.testing.assert_array_equal(before[:, groups == group], after[:, groups == group])
    assert (before != after).any() or (values == answers.values).all()


def test_rows_without_weight_leave_finite_numbers() -> None:
    answers = TrainingAnswers(np.arange(10.0), weight=np.zeros(10))
    assert np.isfinite(cross_fitted(np.arange(10) % 3, answers, 3, "auto")).all()


@pytest.mark.parametrize("n_rows", [1, 2, 3])
def test_few_rows_have_finite_numbers(n_rows: int) -> None:
    codes = np.zeros(n_rows, np.int64)
    assert np.isfinite(cross_fitted(codes, TrainingAnswers(np.arange(n_rows, dtype=np.float64)), 1, "auto")).all()


@pytest.mark.parametrize(
    "change",
    [{"outputs": ()}, {"outputs": ({"label": None, "numbers": (0.0,), "prior": 0.0},)}, {"encode_as": "one_hot"}],
)
def test_damaged_state_is_refused(change: dict[str, Any]) -> None:
    answers = TrainingAnswers(np.array([0.0, 1.0]))
    options = CategoricalSection(encode="target")
    feature = fit_categorical(table_of(x=["a", "b"]), "x", np.arange(2), options, answers=answers).feature
    with pytest.raises(ValidationError, match="expected"):
        CategoricalFeature.model_validate(feature.model_dump() | change)
