import pytest

from dltrain.run import Scores


def scores(**metrics: tuple[float | None, float | None]) -> Scores:
    """Scores of a value and a baseline for every metric."""
    return Scores(
        rows=9,
        metrics={name: value for name, (value, _) in metrics.items()},
        baseline={name: trivial for name, (_, trivial) in metrics.items()},
    )


@pytest.mark.parametrize(
    ("found", "text"),
    [
        (scores(accuracy=(0.7, 0.6)), None),
        (scores(accuracy=(0.5, 0.6)), "accuracy is worse than the baseline's"),
        (scores(accuracy=(0.6, 0.6)), "accuracy is the same as the baseline's"),
        (scores(rmse=(0.5, 0.6)), None),
        (scores(rmse=(0.7, 0.6)), "rmse is worse than the baseline's"),
        (scores(roc_auc=(None, None), accuracy=(0.1, 0.9)), None),
        (scores(accuracy=(0.7, 0.6), log_loss=(9.0, 0.1)), None),
        # All rows taken for positive: nothing finds more of the positive ones.
        (scores(recall=(0.9, 1.0)), None),
        (scores(recall=(0.0, 0.0)), "recall is the same as the baseline's"),
        (scores(accuracy=(1.0, 1.0)), None),
        (scores(rmse=(0.0, 0.0)), None),
        (scores(rmse=(0.5, 0.0)), "rmse is worse than the baseline's"),
        (scores(top_k=(0.85, 1.0)), "top_k is worse than the baseline's"),
        (scores(), None),
    ],
)
def test_a_first_metric_that_is_no_better_than_the_baseline_is_remarked(found: Scores, text: str | None) -> None:
    remark = found.remark()
    assert remark is None if text is None else (remark or "").startswith(text)


def test_probabilities_that_tell_something_are_of_use_whatever_the_labels() -> None:
    remark = scores(accuracy=(0.7, 0.8), log_loss=(0.4, 0.5)).remark()
    assert remark == (
        "accuracy is worse than the baseline's, but log_loss is not: the probabilities say more than these labels"
    )
    assert "of no use" in (scores(accuracy=(0.7, 0.8), log_loss=(0.49, 0.5)).remark() or "")
    assert "of no use" in (scores(rmse=(0.8, 0.7), log_loss=(0.4, 0.5)).remark() or "")


def test_rows_that_are_ranked_well_have_a_better_threshold() -> None:
    same = "the same as the baseline's, but average_precision is not: fit with 'decision.threshold={maximize: "
    for name, aim in (("balanced_accuracy", "balanced_accuracy"), ("f1", "f1"), ("recall", "balanced_accuracy")):
        remark = scores(**{name: (0.5, 0.5)}, average_precision=(0.15, 0.014)).remark()
        assert (remark or "").startswith(f"{name} is {same}{aim}}}' for")
    assert "threshold" not in (scores(balanced_accuracy=(0.5, 0.5), average_precision=(0.02, 0.014)).remark() or "")
    assert "threshold" not in (scores(accuracy=(0.5, 0.5), average_precision=(0.15, 0.014)).remark() or "")
