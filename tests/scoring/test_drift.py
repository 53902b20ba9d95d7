"""The population stability index and what chance does to it."""

import numpy as np
import pyarrow as pa
import pytest
import scipy.stats
from hypothesis import given
from hypothesis import strategies as st

from dltrain.config.sections.preprocessing import ColumnSection, PreprocessingSection
from dltrain.features import (
    Bins,
    ClassTarget,
    ColumnDistribution,
    Distribution,
    Preprocessing,
    TrainingAnswers,
    fit_features,
)
from dltrain.scoring.drift import ColumnDrift, chi_square_quantile, column_drifts, tail_probability
from dltrain.table import Table

TARGET = ClassTarget(task="binary", name="y", labels=("no", "yes"))

COUNTS = st.lists(st.tuples(st.integers(0, 500), st.integers(0, 500)), min_size=2, max_size=12).filter(
    lambda pairs: all(sum(side) for side in zip(*pairs, strict=True))
)


def drift_between(training: np.ndarray, here: np.ndarray) -> ColumnDrift:
    """The drift of a one-hot block; the last count is that of missing cells."""
    shares = training / training.sum()
    column = ColumnDistribution(missing=shares[-1], parts=(Bins(edges=None, shares=tuple(shares[:-1].tolist())),))
    [drift] = column_drifts(Distribution(rows=int(training.sum()), columns=(column,)), here)
    return drift


def reference_psi(training: np.ndarray, here: np.ndarray) -> float:
    """Bin by bin, as the documentation says it."""
    total, is_single = 0.0, np.append(training[:-1] == 1, False)
    is_single[0] = False
    training, here = (np.append(np.where(is_single, 0, side), side[is_single].sum()) for side in (training, here))
    for side in (training, here):
        side[0] += side[-1]
    training, here = training[:-1], here[:-1]
    for n_training, n_here in zip(training.tolist(), here.tolist(), strict=True):
        e, a = n_training / training.sum(), n_here / here.sum()
        if e == a == 0:
            continue
        e = max(e, min(a, max(1e-4, 0.5 / training.sum())))
        a = max(a, min(e, max(1e-4, 0.5 / here.sum())))
        total += (a - e) * np.log(a / e)
    return total


@given(pairs=COUNTS)
def test_the_index_equals_a_plain_sum(pairs: list[tuple[int, int]]) -> None:
    training, here = np.array(pairs).T
    psi = drift_between(training, here).psi
    assert psi == pytest.approx(reference_psi(training, here), abs=1e-12)
    assert psi >= 0


@given(pairs=COUNTS)
def test_the_same_rows_have_no_drift_at_all(pairs: list[tuple[int, int]]) -> None:
    training = np.array(pairs)[:, 0]
    drift = drift_between(training, training)
    assert (drift.psi, drift.is_drifted) == (0.0, False)


def test_a_known_value() -> None:
    """Two even halves that become 0.7 and 0.3: 0.2 ln 1.4 - 0.2 ln 0.6."""
    drift = drift_between(np.array([500, 500, 0]), np.array([700, 300, 0]))
    assert drift.psi == pytest.approx(0.2 * np.log(1.4 / 0.6))
    assert drift.is_drifted


@pytest.mark.parametrize("n_bins", [2, 10, 100, 255])
@pytest.mark.parametrize("n_rows", [1, 10, 100, 1_000])
def test_rows_of_the_same_distribution_raise_hardly_an_alarm(n_bins: int, n_rows: int) -> None:
    rng = np.random.default_rng(n_bins * n_rows)
    for shares in (np.full(n_bins, 1 / n_bins), rng.dirichlet(np.full(n_bins, 0.3))):
        training = np.append(rng.multinomial(20_000, shares), 0)
        samples = rng.multinomial(n_rows, shares, 500)
        n_alarms = sum(drift_between(training, np.append(sample, 0)).is_drifted for sample in samples)
        assert n_alarms <= 5, "one of a thousand tables is expected"


@pytest.mark.parametrize(("n_rows", "is_drifted"), [(3, False), (10, False), (100, True), (100_000, True)])
def test_enough_rows_of_another_distribution_do(n_rows: int, is_drifted: bool) -> None:
    shares = np.array([0.4, 0.2, 0.2, 0.2, 0.0])
    here = np.floor(n_rows * shares[[1, 2, 3, 0, 4]]).astype(int)
    assert drift_between(np.floor(10_000 * shares).astype(int), here).is_drifted == is_drifted


@pytest.mark.parametrize("n_rows", [5, 20, 50, 90, 100, 10_000])
def test_rows_that_all_lie_in_a_rare_bin_have_drifted(n_rows: int) -> None:
    """However few of them training lets expect: 5 rows of 5 in a class of 2% are the chance of 3 in a billion."""
    training = np.array([0, 1_960, 40, 0])
    assert drift_between(training, np.array([0, 0, n_rows, 0])).is_drifted


@pytest.mark.parametrize("n_rows", [8, 20, 100])
def test_rows_spread_over_bins_that_are_all_rare_have_drifted(n_rows: int) -> None:
    """One or two rows in each of 50 categories, where training has 5% in all of them."""
    training = np.array([0, 1_900, *[2] * 50, 0])
    here = np.array([0, 0, *np.bincount(np.arange(n_rows) % 50, minlength=50), 0])
    assert drift_between(training, here).is_drifted


def test_a_bin_that_is_rare_in_a_small_training_table_has_drifted_when_it_is_empty() -> None:
    drift = drift_between(np.array([0, 50, 5, 0]), np.array([0, 100_000, 0, 0]))
    assert drift.is_drifted is True


@pytest.mark.parametrize("n_training", [100, 2_000])
@pytest.mark.parametrize("n_rows", [1, 5, 20, 90, 300])
@pytest.mark.parametrize("rare", [[0.02], [0.001] * 50, [0.02, 0.01, 0.005, 0.001]], ids=len)
def test_rare_bins_raise_hardly_an_alarm(rare: list[float], n_rows: int, n_training: int) -> None:
    rng = np.random.default_rng(n_rows)
    shares = np.array([1 - sum(rare), *rare])
    pairs = zip(rng.multinomial(n_training, shares, 1_000), rng.multinomial(n_rows, shares, 1_000), strict=True)
    n_alarms = sum(drift_between(*with_unseen(*pair)).is_drifted for pair in pairs)
    assert n_alarms <= 5, "one of a thousand tables is expected"


ZIPF = {n: (1 / np.arange(1, n + 1)) / (1 / np.arange(1, n + 1)).sum() for n in (50, 200, 1_000)}
SIZES = [
    *((2_000, 2_000), (500, 500), (20_000, 2_000), (2_000, 20_000), (1_000, 100_000), (20_000, 50), (300, 20)),
    (100, 100_000),
]


@pytest.mark.parametrize(("n_training", "n_rows"), SIZES)
@pytest.mark.parametrize("shares", [*ZIPF.values(), *(np.full(n, 1 / n) for n in (200, 2_000, 20_000))], ids=len)
def test_many_categories_that_are_all_rare_raise_hardly_an_alarm(
    shares: np.ndarray, n_training: int, n_rows: int
) -> None:
    """Which of them training lacks, has once or has often is a matter of chance."""
    rng = np.random.default_rng(n_rows)
    pairs = zip(rng.multinomial(n_training, shares, 100), rng.multinomial(n_rows, shares, 100), strict=True)
    n_alarms = sum(drift_between(*with_unseen(*pair)).is_drifted for pair in pairs)
    assert n_alarms <= 3, "one of a thousand tables is expected"


@pytest.mark.parametrize(("n_training", "n_rows"), [(20_000, 2_000), (100_000, 500), (20_000, 20_000)])
def test_half_of_many_categories_that_are_all_rare_may_become_frequent(n_training: int, n_rows: int) -> None:
    rng = np.random.default_rng(n_rows)
    before, after = (np.repeat([share / 500, (1 - share) / 500], 500) for share in (0.5, 0.8))
    for _ in range(20):
        training, here = rng.multinomial(n_training, before), rng.multinomial(n_rows, after)
        assert drift_between(*with_unseen(training, here)).is_drifted


@pytest.mark.parametrize("n_unseen", [1, 50])
@pytest.mark.parametrize("n_categories", [50, 200, 1_000])
def test_a_fifth_of_unseen_categories_is_drift_beside_many_rare_ones(n_categories: int, n_unseen: int) -> None:
    rng = np.random.default_rng(n_categories)
    n_found = 0
    for _ in range(20):
        training = np.append(rng.multinomial(2_000, ZIPF[n_categories]), np.zeros(n_unseen, dtype=int))
        shares = np.append(0.8 * ZIPF[n_categories], np.full(n_unseen, 0.2 / n_unseen))
        n_found += drift_between(*with_unseen(training, rng.multinomial(2_000, shares))).is_drifted
    assert n_found >= 15, "a change below which few tables of this size are told from chance"


def with_unseen(training: np.ndarray, here: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Counts by category as a run has them: those without a training row have no bin of their own."""
    is_known = training > 0
    return np.array([0, *training[is_known], 0]), np.array([here[~is_known].sum(), *here[is_known], 0])


@given(st.integers(0, 60), st.integers(0, 60), st.integers(0, 60), st.integers(0, 60))
def test_the_tail_is_that_of_the_hypergeometric_distribution(here: int, there: int, n: int, m: int) -> None:
    n_rows, n_training, both = here + n, there + m, here + there
    chance = scipy.stats.hypergeom(n_rows + n_training, both, n_rows)
    expected = min(chance.cdf(here), chance.sf(here - 1)) if n_rows + n_training else 1
    assert tail_probability(here, both, n_rows, n_training) == pytest.approx(expected, rel=1e-9)


def test_a_small_change_of_many_rows_is_no_drift() -> None:
    drift = drift_between(np.array([5_000, 5_000, 0]), np.array([550_000, 450_000, 0]))
    assert 0 < drift.psi < 0.1
    assert not drift.is_drifted


def test_a_column_whose_values_were_always_new_has_not_drifted_when_they_are_again() -> None:
    """Ids: every training row has one of its own, and so has every new row."""
    training, here = np.array([0, *[1] * 200, 0]), np.array([500, *[0] * 200, 0])
    assert not drift_between(training, here).is_drifted
    assert not drift_between(training, training).is_drifted


def test_unseen_values_are_drift_where_there_were_few_categories() -> None:
    drift = drift_between(np.array([0, 100, 100, 0]), np.array([60, 20, 20, 0]))
    assert drift.is_drifted is True
    assert drift.part.actual[0] == pytest.approx(0.6)


@pytest.mark.parametrize("seed", range(5))
def test_new_rows_of_a_target_encoded_column_have_not_drifted(seed: int) -> None:
    """The training rows have the means of other folds, which new rows have not."""
    rng = np.random.default_rng(seed)
    codes, answers = rng.zipf(1.5, 4_000) % 300, rng.normal(size=4_000)
    table = Table(pa.table({"city": [f"c{code}" for code in codes]}), "table")
    fitted = fit_features(
        table,
        np.arange(2_000),
        kinds={"city": "categorical"},
        section=PreprocessingSection(columns={"city": ColumnSection(encode="target")}),
        answers=TrainingAnswers(answers[:2_000]),
    )
    new = Preprocessing(features=fitted.features, target=TARGET).encode(
        table.take(np.arange(2_000, 4_000), ["city"]), with_remarks=True
    )
    [drift] = column_drifts(fitted.distribution, fitted.distribution.count(new, ["city"]))
    assert not drift.is_drifted, drift.psi


def test_missing_cells_are_a_bin() -> None:
    assert drift_between(np.array([500, 500, 0]), np.array([350, 350, 300])).is_drifted


def test_the_part_that_has_drifted_most_stands_for_its_column() -> None:
    bins = Bins(edges=(0.0,), shares=(0.5, 0.5))
    column = ColumnDistribution(missing=0.0, parts=(bins, bins, bins))
    [drift] = column_drifts(
        Distribution(rows=1_000, columns=(column,)), np.array([500, 500, 0, 900, 100, 0, 400, 600, 0])
    )
    np.testing.assert_array_equal(drift.part.actual, [0.9, 0.1, 0.0])
    assert drift.psi == pytest.approx(0.4 * np.log(1.8) - 0.4 * np.log(0.2))


@pytest.mark.parametrize("degrees", [1, 2, 10, 255])
@pytest.mark.parametrize("probability", [0.95, 0.999, 0.99999])
def test_quantiles_of_chi_square_are_about_those_of_scipy(probability: float, degrees: int) -> None:
    expected = scipy.stats.chi2.ppf(probability, degrees)
    assert 0.97 * expected < chi_square_quantile(probability, degrees=degrees) < 1.12 * expected
