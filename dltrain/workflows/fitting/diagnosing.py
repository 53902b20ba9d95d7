"""Measuring what a diagnosis wants to know of a fit, on so few rows that nobody waits for it."""

from collections.abc import Mapping
from typing import Any, Final

import numpy as np

from dltrain.errors import last_part
from dltrain.features import ClassTarget, largest_input
from dltrain.run import Diagnosis, Epoch
from dltrain.scoring import Predictor, fit_baseline, tempered
from dltrain.scoring.decided_labels import DecidedLabels, judge_labels
from dltrain.scoring.diagnosis import diagnose
from dltrain.scoring.fit_evidence import FitEvidence, FitFacts, HeaviestRow, UnseenLabels
from dltrain.scoring.missed import LeftOver, Missed, find_missed, loss_residuals
from dltrain.scoring.no_better import LEAST_IMPROVEMENT
from dltrain.scoring.row_errors import RowErrors, learns_means, row_errors
from dltrain.scoring.temperature import fit_temperature
from dltrain.table import row_places
from dltrain.workflows.fitting.preparing import Prepared
from dltrain.workflows.rows.encoded_rows import EncodedRows

_LEARNED_FROM: Final = 2_000
"""Rows that dead units are looked for on, and that random units learn from."""
_JUDGED: Final = 10_000
"""Rows of each part whose errors are compared."""
_FEWEST_WEIGHED: Final = 100
"""Rows of a part; of fewer, one with a long tail may outweigh the others by chance."""
_MOST_INPUTS: Final = 1_000_000
"""Numbers of dense inputs at once; tables of many inputs get by with fewer rows."""
_FEWEST: Final = 250
"""With so many inputs that no more rows than this would fit, what needs dense rows is not looked for."""


def diagnose_fit(
    prepared: Prepared, network: Any, predictor: Predictor, epochs: tuple[Epoch, ...]
) -> tuple[Diagnosis, ...]:
    """Says what may be better.

    Args:
        prepared: The rows.
        network: The trained Keras network.
        predictor: Its export.
        epochs: In order.
    """
    if prepared.preprocessing.target.task == "regression" and np.ptp(prepared.train.labelled.truth) == 0:
        return ()  # there was nothing to learn, which has been told
    return diagnose(
        FitEvidence(
            config=prepared.config,
            epochs=epochs,
            facts=_measure(prepared, network, predictor),
            train_rows=prepared.train.labelled.n_rows,
            validation_rows=prepared.validation.labelled.n_rows,
            parameters=network.count_params(),
        )
    )


def _measure(prepared: Prepared, network: Any, predictor: Predictor) -> FitFacts:
    from dltrain.training import dead_units

    n_dense = min(_LEARNED_FROM, _MOST_INPUTS // prepared.preprocessing.n_features)
    few = _some_rows(prepared.train, n_dense) if n_dense >= _FEWEST else None
    train, validation, test = (
        _some_rows(part, _JUDGED) for part in (prepared.train, prepared.validation, prepared.test)
    )
    judged, tested = (predictor.predict_encoded(part.features) for part in (validation, test))
    errors = _errors(prepared, test, tested)
    baseline = _errors(prepared, test, _best_constant(prepared, test.labelled.n_rows))
    is_better = errors.mean <= (1 - LEAST_IMPROVEMENT) * baseline.mean
    learned = _errors(prepared, train, predictor.predict_encoded(train.features))
    checked = _errors(prepared, validation, judged)
    return FitFacts(
        largest_input=largest_input(prepared.train.features),
        dead_units={} if few is None else dead_units(network, few.features.dense()),
        missed=None if few is None else _missed(prepared, predictor, few, _some_rows(prepared.validation, n_dense)),
        train=learned,
        validation=checked,
        test=errors,
        baseline=baseline,
        train_baseline=_errors(prepared, train, _best_constant(prepared, train.labelled.n_rows)),
        validation_baseline=_errors(prepared, validation, _best_constant(prepared, validation.labelled.n_rows)),
        linear=_linear(prepared, test),
        calibrated=None if is_better else _calibrated(prepared, (validation, judged), (test, tested)),
        labels=_labels(prepared, predictor, test, tested),
        heaviest=_heaviest({"training": (train, learned), "validation": (validation, checked), "test": (test, errors)}),
        unseen=_unseen(prepared),
    )


def _unseen(prepared: Prepared) -> UnseenLabels | None:
    """The labels that only test rows have; None for none, and for numbers."""
    target = prepared.preprocessing.class_target
    if target is None:
        return None
    learned, asked = (
        np.bincount(part.labelled.truth, minlength=len(target.labels)) for part in (prepared.train, prepared.test)
    )
    is_unseen = (learned == 0) & (asked > 0)
    labels = tuple(label for label, unseen in zip(target.labels, is_unseen.tolist(), strict=True) if unseen)
    return UnseenLabels(labels, int(asked[is_unseen].sum()), int(asked.sum())) if labels else None


def _heaviest(parts: Mapping[str, tuple[EncodedRows, RowErrors]]) -> HeaviestRow | None:
    """The row with the largest share of the errors of its part; None for classes and for few rows."""
    found = []
    for part, (rows, errors) in parts.items():
        if rows.labelled.n_rows < _FEWEST_WEIGHED or errors.name == "cross-entropy":
            continue
        weighed = errors.values * errors.weight
        if not 0 < weighed.sum() < np.inf:
            continue
        worst = int(np.argmax(weighed))
        (place,) = row_places(rows.labelled.table, [int(rows.labelled.rows[worst])])
        share = float(weighed[worst] / weighed.sum())
        # Reports may be passed on: the folder stays out of them.
        found.append(HeaviestRow(last_part(place), part, rows.labelled.n_rows, share, errors.name))
    return max(found, key=lambda row: row.share, default=None)


def _some_rows(part: EncodedRows, most: int) -> EncodedRows:
    """All rows, or so many of them, evenly spread."""
    if part.labelled.n_rows <= most:
        return part
    rows = _spread(part.labelled.n_rows, most)
    return EncodedRows(part.labelled.take(rows), part.features.take(rows), part.answers[rows])


def _spread(n_rows: int, most: int) -> np.ndarray:
    """Positions of the rows that are taken."""
    return np.linspace(0, n_rows - 1, max(most, 1)).astype(np.int64) if n_rows > most else np.arange(n_rows)


def _weight(part: EncodedRows) -> np.ndarray:
    weight = part.labelled.weight
    # Rows of weight 0 would leave nothing to divide by if the chosen ones were all such.
    return np.ones(part.labelled.n_rows) if weight is None or not weight.any() else weight


def _errors(prepared: Prepared, part: EncodedRows, predicted: np.ndarray) -> RowErrors:
    return row_errors(prepared.config, part.labelled.truth, predicted, _weight(part))


def _best_constant(prepared: Prepared, n_rows: int) -> np.ndarray:
    """The prediction with the least error on the training rows: class shares, the mean or the median."""
    train, target = prepared.train.labelled, prepared.preprocessing.target
    n_classes = len(target.labels) if isinstance(target, ClassTarget) else None
    if n_classes is None and not learns_means(prepared.config):
        return np.full(n_rows, np.median(train.truth))
    return fit_baseline(train.truth, n_classes=n_classes, sample_weight=train.weight).predict(n_rows)


def _linear(prepared: Prepared, test: EncodedRows) -> RowErrors | None:
    """The errors of the linear model on those test rows that are judged."""
    if prepared.linear is None:
        return None
    return _errors(prepared, test, prepared.linear.values[_spread(prepared.test.labelled.n_rows, _JUDGED)])


def _calibrated(
    prepared: Prepared, validation: tuple[EncodedRows, np.ndarray], test: tuple[EncodedRows, np.ndarray]
) -> RowErrors | None:
    """The errors that a temperature would leave; each part comes with its probabilities."""
    decision = prepared.config.decision
    (judged_by, probabilities), (tested, predicted) = validation, test
    if predicted.ndim == 1 or (decision is not None and decision.calibrate is not None):
        return None
    temperature = fit_temperature(probabilities, judged_by.labelled.truth, _weight(judged_by))
    return _errors(prepared, tested, tempered(predicted, temperature))


def _labels(prepared: Prepared, predictor: Predictor, test: EncodedRows, predicted: np.ndarray) -> DecidedLabels | None:
    section, threshold = prepared.config.decision, predictor.decision.threshold
    if section is None or threshold is None:
        return None
    return judge_labels(section, threshold, test.labelled.truth, predicted, _weight(test))


def _missed(prepared: Prepared, predictor: Predictor, train: EncodedRows, validation: EncodedRows) -> Missed | None:
    def left_over(part: EncodedRows) -> LeftOver | None:
        assert prepared.config.training.loss is not None  # noqa: S101 - the config is resolved
        residuals = loss_residuals(prepared.config.training.loss, predictor.outputs(part.features), part.answers)
        return None if residuals is None else LeftOver(part.features.dense(), residuals, _weight(part))

    learned_from, judged = left_over(train), left_over(validation)
    if learned_from is None or judged is None:
        return None
    return find_missed(learned_from, judged, seed=prepared.config.training.seed)
