import sys

import pytest

from dltrain.cli.failures import exit_code_of
from dltrain.cli.notes import note
from dltrain.cli.output import console, plain_table, print_groups, print_scores
from dltrain.errors import RunError
from dltrain.run import Scores
from dltrain.workflows.evaluate import GroupScores

WEIGHTED = Scores(
    rows=1,
    metrics={"accuracy": 0.7, "roc_auc": None},
    baseline={"accuracy": 0.5, "roc_auc": 0.5},
    unweighted={"accuracy": 0.8, "roc_auc": None},
    unweighted_baseline={"accuracy": 0.9, "roc_auc": 0.5},
)
PLAIN = Scores(rows=2, metrics={"rmse": 3.0}, baseline={"rmse": 2.0})


def test_figures_without_class_weights_have_a_baseline_of_their_own(capsys: pytest.CaptureFixture[str]) -> None:
    print_scores(WEIGHTED, title="rows", task="binary")
    shown = "without them: accuracy 0.8000 (baseline 0.9000), roc_auc – (baseline 0.5000)\n"
    assert capsys.readouterr().out.endswith(shown)


def test_older_runs_show_them_without(capsys: pytest.CaptureFixture[str]) -> None:
    print_scores(WEIGHTED.model_copy(update={"unweighted_baseline": None}), title="rows", task="binary")
    assert capsys.readouterr().out.endswith("without them: accuracy 0.8000, roc_auc –\n")


def test_a_model_that_is_worse_than_the_baseline_is_remarked(capsys: pytest.CaptureFixture[str]) -> None:
    print_scores(PLAIN, title="rows", task="regression")
    assert "\nrmse is worse than the baseline's: " in capsys.readouterr().out
    print_scores(WEIGHTED, title="rows", task="binary")
    assert "worse than" not in capsys.readouterr().out


def test_what_a_run_or_table_says_is_no_command_for_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    text = "\x1b]0;title\x07\x9b31m\u202ered\ngreen"
    out = console(sys.stdout)
    out.print(text)
    out.print(plain_table([(text, "left")], [[text]]))
    note(text)
    exit_code_of(lambda: fail(text))
    printed = capsys.readouterr()
    for shown in (printed.out, printed.err):
        assert all(line.isprintable() for line in shown.splitlines())
        assert "\\x1b]0;title" in shown
        assert "\ngreen\n" in shown


def fail(text: str) -> None:
    raise RunError(text)


def test_names_of_groups_are_shortened_and_escaped(capsys: pytest.CaptureFixture[str]) -> None:
    names = ["x" * 100, "two\nlines", "[bold]"]
    print_groups("a\tb", [GroupScores(name, PLAIN) for name in names])
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines[1:]] == ["a\\tb", "x" * 47 + "…", "two\\nlines", "[bold]"]
