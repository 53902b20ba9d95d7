"""From the network's outputs to what a user reads: target units, or a probability for every class."""

import numpy as np

from dltrain.features import ClassTarget, RegressionTarget
from dltrain.scoring.temperature import tempered


def decode_outputs(
    outputs: np.ndarray, target: RegressionTarget | ClassTarget, *, temperature: float | None = None
) -> np.ndarray:
    """Undoes the target's encoding.

    Args:
        outputs: float32 `(n, n_outputs)`.
        target: The fitted target.
        temperature: Of classes: what their logits are divided by; None leaves probabilities as they are.

    Returns:
        Regression: float64 `(n,)` in the target's units. Classes: float64 `(n, n_classes)` probabilities in
        label order, which add up to 1 in float64; a single sigmoid output p becomes [1 - p, p].
    """
    if isinstance(target, RegressionTarget):
        return target.decode(outputs[:, 0])
    values = outputs.astype(np.float64)
    if values.shape[1] == 1:
        return tempered(np.hstack([1.0 - values, values]), temperature)
    # A softmax in float32 adds up to 1 within 1e-7, which others take for a mistake.
    return tempered(values / values.sum(axis=1, keepdims=True), temperature)
