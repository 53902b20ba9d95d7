"""scikit-learn's MLPClassifier, which has neither batch normalisation nor dropout.

python -m benchmarks.steps.sklearn_mlp NET
"""

from sklearn.neural_network import MLPClassifier

from benchmarks.steps.nets import ADAM_BETAS, ADAM_EPSILON, LEARNING_RATE, N_HIDDEN
from benchmarks.steps.rows import make_rows
from benchmarks.steps.stopwatch import Stopwatch, asked_net


def main() -> None:
    """Trains and reports."""
    net = asked_net()
    features, answers = make_rows(net)
    classes = answers[:, 0].astype(int)
    network = MLPClassifier(
        (net.units,) * N_HIDDEN,
        batch_size=net.batch_size,
        alpha=0.0,
        learning_rate_init=LEARNING_RATE,
        beta_1=ADAM_BETAS[0],
        beta_2=ADAM_BETAS[1],
        epsilon=ADAM_EPSILON,
        random_state=0,
    )
    watch = Stopwatch(net)
    while not watch.is_over:
        # With Adam this is one epoch over the shuffled rows in batches.
        network.partial_fit(features, classes, classes=[0, 1])
        watch.lap(network.loss_)
    watch.report()


if __name__ == "__main__":
    main()
