"""Golden texts of the cross-checks, each found in a file that is otherwise right."""

from pathlib import Path

import pytest

from dltrain.config.checks.cross_checks import check_columns, check_config
from dltrain.config.load import LoadedConfig, load_config
from dltrain.errors import ConfigError

BASE = """\
data: {path: a.csv, target: y}
model: {layers: [{type: dense, units: 8}]}
"""


def loaded(text: str, folder: Path) -> LoadedConfig:
    path = folder / "fit.yaml"
    path.write_text(text, encoding="utf-8")
    return load_config(path)


def error_of(text: str, folder: Path) -> str:
    with pytest.raises(ConfigError) as caught:
        loaded(text, folder)
    assert caught.value.exit_code == 2
    return str(caught.value).replace(f"{folder}/", "")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "data: {path: a.csv, target: y, features: [a, y]}",
            "1:46: data.features.1: expected one role for column 'y', got 'data.target' and 'data.features'",
        ),
        ("data: {path: a.csv, target: y, drop: [a, a]}", "1:42: data.drop.1: column 'a' is named twice"),
        (
            "data: {path: a.csv, target: y, id: [a], weight: a}",
            "1:37: data.id.0: expected one role for column 'a', got 'data.weight' and 'data.id'",
        ),
    ],
)
def test_a_column_has_one_role(text: str, message: str, tmp_path: Path) -> None:
    assert error_of(f"{text}\nmodel: {{layers: []}}\n", tmp_path) == f"fit.yaml:{message}"


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("split: {strategy: group}", "3:19: split.strategy: strategy 'group' needs 'split.column', got none"),
        (
            "split: {column: a}",
            "3:9: split.column: expected strategy 'group', 'time', 'column' or 'hash' with a column, got none\n"
            "    hint: set 'split.strategy', or remove the column",
        ),
        (
            "split: {strategy: random, column: a}",
            "3:27: split.column: expected strategy 'group', 'time', 'column' or 'hash' with a column, got 'random'\n"
            "    hint: set 'split.strategy', or remove the column",
        ),
        (
            "split: {strategy: time, column: t}\npreprocessing: {columns: {t: {format: '%H:%M'}}}",
            "3:33: split.column: expected dates to divide by time, got times of day, '%H:%M'",
        ),
        (
            "split: {test: 0.7, validation: 0.3}",
            "3:32: split.validation: expected test + validation < 1 to leave rows for training, got 0.7 + 0.3",
        ),
        (
            "split: {test: 0.9}",
            "3:1: split.validation: expected test + validation < 1 to leave rows for training, got 0.9 + 0.16",
        ),
        (
            "split: {test: 20%}",
            "3:15: split.test: expected a fraction > 0 and < 1, or the path of a labelled file, got '20%'\n"
            "    hint: write 0.2",
        ),
        (
            "split: {validation: '0,16'}",
            "3:21: split.validation: expected a fraction > 0 and < 1, or the path of a labelled file, got '0,16'\n"
            "    hint: write 0.16",
        ),
        (
            "split: {test: 200 %}",
            "3:15: split.test: expected a fraction > 0 and < 1, or the path of a labelled file, got '200 %'",
        ),
        (
            "split: {folds: 5, test: 0.1}",
            "3:19: split.test: expected no 'test' beside 'split.folds': each of the 5 folds tests 1/5 of the rows, "
            "got 0.1\n    hint: remove it, or split.test=0.2",
        ),
        (
            "split: {folds: 5, test: test.csv}",
            "3:25: split.test: expected no file beside 'split.folds': every row is a test row of one fold\n"
            "    hint: a file is scored by dltrain evaluate --data FILE",
        ),
        (
            "split: {strategy: time, column: a, folds: 5}",
            "3:36: split.folds: expected no folds with strategy 'time': all but one of them would be tested on rows "
            "older than those they learned from\n    hint: without 'folds' the latest rows are for testing",
        ),
        (
            "split: {strategy: column, column: a, folds: 5}",
            "3:38: split.folds: expected no folds with strategy 'column': the column says which rows are for testing\n"
            "    hint: to keep the rows of one value together: split.strategy: group",
        ),
        ("split: {fold: 2}", "3:9: split.fold: 'fold' needs 'folds' too, the number of them"),
        ("split: {folds: 3, fold: 4}", "3:25: split.fold: expected at most 3, the number of folds, got 4"),
        ("split: {folds: 1}", "3:16: split.folds: expected a whole number >= 2 and <= 100, got 1"),
        (
            "split: {folds: 2, validation: 0.5}",
            "3:31: split.validation: expected test + validation < 1 to leave rows for training, got 0.5 + 0.5",
        ),
        ("metrics: [rmse, mae, rmse]", "3:22: metrics.2: metric 'rmse' is named twice"),
    ],
)
def test_split_and_metrics(line: str, message: str, tmp_path: Path) -> None:
    assert error_of(BASE + line, tmp_path) == f"fit.yaml:{message}"


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('data: {path: a, target: y, drop: ["a\\nb", "a\\nb"]}', "data.drop.1: column 'a\\nb' is named twice"),
        ('data: {path: a, target: "\\e[1m", drop: ["\\e[1m"]}', "data.drop.0: expected one role for column '\\x1b[1m'"),
        (f"data: {{path: a, target: y, drop: [{'a' * 900}, {'a' * 900}]}}", f"column '{'a' * 60}…' is named twice"),
        ('data: {path: a, target: y}\ntraining: {early_stopping: {monitor: "\\n"}}', "got '\\n'"),
        (
            'data: {path: a, target: y, unit_of: {b: "5\\n"}}',
            "data.unit_of.b: expected a unit without digits, such as kg",
        ),
        ('data: {path: a, target: y, unit_of: {b: " - "}}', "such as kg, got ' - '"),
        (
            "data: {path: a, target: y, unit_of: {b: hh:mm}}",
            "expected durations as one of 'h:m:s', 'h:m', 'm:s', 'h m s'",
        ),
        ("data: {path: a, target: y, unit_of: {b: H M}}", "and 4 more, got 'H M'"),
    ],
)
def test_names_are_shown_on_one_short_line(text: str, shown: str, tmp_path: Path) -> None:
    message = error_of(f"{text}\nmodel: {{layers: []}}\n", tmp_path)
    assert shown in message
    assert all(line.isprintable() for line in message.split("\n"))
    assert len(message) < 600


@pytest.mark.parametrize(
    "line",
    [
        "split: {test: test.csv, validation: 0.99}",
        "split: {test: 0.6, validation: 0.39}",
        "split: {strategy: column, column: part, test: 0.9, validation: 0.9}",
        "split: {strategy: time, column: y}",
        "split: {folds: 3}",
        "split: {folds: 3, test: 0.333}",
        "split: {folds: 3, fold: 3, test: 0.3333333333333333}",
        "split: {folds: 5, test: 0.2, validation: validation.csv}",
        "split: {folds: 100, strategy: hash, column: y}",
        "training: {batch_size: 1}",
        "training: {early_stopping: {monitor: loss}}",
        "training: {early_stopping: {monitor: val_brier_score}}",
        "training: {early_stopping: {monitor: val_rmse}}\nmetrics: [rmse]",
        "training: {optimizer: {type: sgd, learning_rate: {type: reduce_on_plateau, monitor: loss}}}",
    ],
)
def test_what_fits_together_passes(line: str, tmp_path: Path) -> None:
    loaded(BASE + line, tmp_path)


def test_batch_normalisation_needs_more_than_one_row(tmp_path: Path) -> None:
    text = "data: {path: a, target: y}\nmodel: {layers: [type: batch_normalization]}\ntraining: {batch_size: 1}"
    assert error_of(text, tmp_path) == (
        "fit.yaml:3:24: training.batch_size: expected at least 2 rows a batch for batch normalisation, got 1\n"
        "    hint: 64 is usual"
    )


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            "warmup_steps: 9",
            "3:104: training.optimizer.learning_rate.warmup_steps: 'warmup_steps' needs 'warmup_target' too",
        ),
        (
            "warmup_target: 1",
            "3:104: training.optimizer.learning_rate.warmup_target: 'warmup_target' needs 'warmup_steps' too",
        ),
    ],
)
def test_a_warm_up_needs_steps_and_target(options: str, message: str, tmp_path: Path) -> None:
    schedule = f"{{type: cosine_decay,             initial_learning_rate: 0.1,  {options}}}"
    line = f"training: {{optimizer: {{type: sgd, learning_rate: {schedule}}}}}"
    assert error_of(BASE + line, tmp_path).partition(": ")[2] == message.partition(": ")[2]


@pytest.mark.parametrize(
    ("monitor", "metrics", "hint"),
    [
        ("val_los", "[rmse]", "did you mean 'val_loss'?"),
        ("rmse", "[rmse]", "did you mean 'val_rmse'?"),
        ("val_acc", "[accuracy]", "did you mean 'val_accuracy'?"),
        ("val_roc_auc", "[accuracy]", "add 'roc_auc' to 'metrics'"),
    ],
)
def test_the_monitored_value_will_exist(monitor: str, metrics: str, hint: str, tmp_path: Path) -> None:
    line = f"training: {{early_stopping: {{monitor: {monitor}}}}}\nmetrics: {metrics}"
    known = f"'loss', 'val_loss', 'val_{metrics[1:-1]}'"
    assert error_of(BASE + line, tmp_path) == (
        f"fit.yaml:3:38: training.early_stopping.monitor: expected one of {known}, got '{monitor}'\n    hint: {hint}"
    )


def test_a_schedule_monitors_a_value_that_will_exist(tmp_path: Path) -> None:
    schedule = "{type: reduce_on_plateau, monitor: val_f1}"
    line = f"training: {{optimizer: {{type: sgd, learning_rate: {schedule}}}}}\nmetrics: [accuracy]"
    assert "training.optimizer.learning_rate.monitor: expected one of 'loss'" in error_of(BASE + line, tmp_path)


def test_with_the_task_known_its_default_metrics_can_be_monitored(tmp_path: Path) -> None:
    config = loaded(BASE + "training: {early_stopping: {monitor: val_roc_auc}}", tmp_path)
    check_config(config.config, config.document, task="binary")
    with pytest.raises(ConfigError, match="expected one of 'loss', 'val_loss', 'val_accuracy', 'val_log_loss'"):
        check_config(config.config, config.document, task="multiclass", n_classes=3)


def test_the_task_of_the_config_wins_over_the_inferred_one(tmp_path: Path) -> None:
    config = loaded(BASE.replace("target: y", "target: y, task: regression") + "training: {loss: mse}", tmp_path)
    check_config(config.config, config.document, task="binary")


def test_all_problems_of_all_checks_at_once(tmp_path: Path) -> None:
    message = error_of(
        BASE.replace("target: y", "target: y, task: binary")
        + "split: {strategy: hash}\ntraining: {loss: mse, early_stopping: {monitor: val_rmse}}\n",
        tmp_path,
    )
    assert [line.split(": ")[1] for line in message.splitlines() if "hint" not in line] == [
        "split.strategy",
        "training.loss",
        "training.early_stopping.monitor",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "data: {path: a, target: yy}",
            "1:25: data.target: column 'yy' is not in the table\n    hint: did you mean 'y'?",
        ),
        (
            "data: {path: a, target: y, features: [agee, b]}",
            "1:39: data.features.0: column 'agee' is not in the table\n    hint: did you mean 'age'?",
        ),
        (
            "data: {path: a, target: y, drop: [zzz]}",
            "1:35: data.drop.0: column 'zzz' is not in the table\n"
            "    hint: columns of the table: 'y', 'age', 'b', 'c', 'd' and 1 more",
        ),
        (
            "data: {path: a, target: y, drop: [xyz, zzz], id: [agee]}",
            "1:35: data.drop.0: column 'xyz' is not in the table\n"
            "fit.yaml:1:40: data.drop.1: column 'zzz' is not in the table\n"
            "    hint: columns of the table: 'y', 'age', 'b', 'c', 'd' and 1 more\n"
            "fit.yaml:1:51: data.id.0: column 'agee' is not in the table\n    hint: did you mean 'age'?",
        ),
        (
            "data: {path: a, target: y}\nsplit: {strategy: hash, column: Age}",
            "2:33: split.column: column 'Age' is not in the table\n    hint: did you mean 'age'?",
        ),
        (
            "data: {path: a, target: y}\npreprocessing: {columns: {ages: {scale: none}}}",
            "2:27: preprocessing.columns.ages: column 'ages' is not in the table\n    hint: did you mean 'age'?",
        ),
        (
            "data: {path: a, target: y, unit_of: {ages: kg}}",
            "1:38: data.unit_of.ages: column 'ages' is not in the table\n    hint: did you mean 'age'?",
        ),
        (
            "data: {path: a, target: y, id: [age, b], weight: c, drop: [d, e]}",
            "1:1: data: no column is left to be a feature\n    hint: every column is left out or has another role",
        ),
    ],
)
def test_columns_are_in_the_table(text: str, message: str, tmp_path: Path) -> None:
    config = loaded(f"{text}\nmodel: {{layers: []}}\n", tmp_path)
    with pytest.raises(ConfigError) as caught:
        check_columns(config.config, ["y", "age", "b", "c", "d", "e"], config.document)
    assert str(caught.value).replace(f"{tmp_path}/", "") == f"fit.yaml:{message}"
    assert caught.value.exit_code == 2


def test_columns_that_are_there_pass(tmp_path: Path) -> None:
    config = loaded("data: {path: a, target: y, id: [b], weight: c}\nmodel: {layers: []}", tmp_path)
    check_columns(config.config, ["y", "age", "b", "c"], config.document)


def test_names_of_columns_are_shown_on_one_line(tmp_path: Path) -> None:
    config = loaded(BASE, tmp_path)
    with pytest.raises(ConfigError) as caught:
        check_columns(config.config, ["a\nb", "\x1b[1m"], config.document)
    assert "column 'y' is not in the table\n    hint: columns of the table: 'a\\nb', '\\x1b[1m'" in str(caught.value)
    with pytest.raises(ConfigError) as caught:
        check_columns(config.config, ["y\n"], config.document)
    assert "hint: did you mean 'y\\n'?" in str(caught.value)
