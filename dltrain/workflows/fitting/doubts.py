"""What is doubtful about the rows of a fit and its config, so that its result says less than it seems to."""

import numpy as np

from dltrain.config import Config
from dltrain.profiling import Finding
from dltrain.profiling.findings_layout import layout_findings
from dltrain.profiling.findings_rows import decision_finding, linear_finding
from dltrain.profiling.findings_target import constant_targets, weighted_calibration, zero_targets
from dltrain.workflows.rows.dataset import Dataset
from dltrain.workflows.rows.split_promises import promise_findings


def doubts(dataset: Dataset, config: Config) -> list[Finding]:
    """What a fit tells without looking at single columns; a check tells it, too.

    Args:
        dataset: The divided rows.
        config: As read, which changes are for.
    """
    found = (linear_finding(dataset.config), _of_target(dataset), few_to_decide(dataset))
    return [
        *layout_findings(dataset.table, config),
        *promise_findings(dataset),
        *(finding for finding in found if finding is not None),
    ]


def few_to_decide(dataset: Dataset) -> Finding | None:
    """Whether a threshold or a temperature is settled on too few validation rows of some class."""
    target = dataset.class_target
    if target is None:
        return None
    counts = np.bincount(dataset.validation.truth, minlength=len(target.labels))
    return decision_finding(target.labels, counts, dataset.config)


def _of_target(dataset: Dataset) -> Finding | None:
    """What makes the loss, a metric or the probabilities mean something else than they seem to."""
    target, truth = dataset.class_target, dataset.train.truth
    if target is None:
        return constant_targets(truth, dataset.config) or zero_targets(truth, dataset.config)
    return weighted_calibration(target.labels, np.bincount(truth, minlength=len(target.labels)), dataset.config)
