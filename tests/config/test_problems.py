"""Golden texts: a wrong config and exactly what its writer reads."""

import json
import textwrap
from pathlib import Path

import pytest
from pydantic import ValidationError

from dltrain.config.config import Config
from dltrain.config.json_schema import config_schema
from dltrain.config.load import config_from_dict, load_config
from dltrain.config.problems.foreign_values import FOREIGN_VALUES
from dltrain.config.problems.problems import MAX_PROBLEMS, Problem, config_error, find_problems, validation_problems
from dltrain.config.yaml.document import Document
from dltrain.errors import ConfigError

BASE = """\
data:
  path: a.csv
  target: y
model:
  layers:
    - {type: dense, units: 8, activation: relu}
"""

DATA = "data: {path: a.csv, target: y}\n"

KINDS = "'activation', 'batch_normalization', 'dense', 'dropout', 'gaussian_noise', 'layer_normalization'"


def messages_of(text: str, folder: Path) -> str:
    """The message about a config, without its folder and without the line of the file where it is line 7."""
    path = folder / "fit.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    assert caught.value.exit_code == 2
    return str(caught.value).replace(f"{folder}/", "")


def check(text: str, expected: str, folder: Path) -> None:
    assert messages_of(text, folder) == textwrap.dedent(expected).strip("\n")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (
            "",
            """
            fit.yaml: data: required key is missing, expected a mapping (key: value)
            fit.yaml: model: required key is missing, expected a mapping (key: value)
            """,
        ),
        ("- a", "fit.yaml:1:1: expected keys such as 'data:' and 'model:' at the top level"),
        ("just text", "fit.yaml:1:1: expected keys such as 'data:' and 'model:' at the top level"),
        (
            "data: {path: a.csv, target: y}\nmodel: {}",
            "fit.yaml:2:1: model.layers: required key is missing, expected a list of layers",
        ),
        (
            "data:\n  path: a.csv\n  targte: y\nmodel: {layers: []}",
            """
            fit.yaml:3:3: data.targte: unknown key
                hint: did you mean 'target'?
            """,
        ),
        (
            DATA + "model:\n  layers:",
            """
            fit.yaml:3:10: model.layers: expected a list of layers, got nothing (null)
                hint: write [] for an empty list
            """,
        ),
        (
            BASE + "split:\n",
            """
            fit.yaml:7:7: split: expected a mapping (key: value), got nothing (null)
                hint: indent its keys below it, or leave it out for its defaults
            """,
        ),
        (BASE + "training: 5\n", "fit.yaml:7:11: training: expected a mapping (key: value), got 5"),
    ],
)
def test_shape_of_the_whole(text: str, expected: str, tmp_path: Path) -> None:
    check(text, expected, tmp_path)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("trainin: {epochs: 3}", "fit.yaml:7:1: trainin: unknown key\n    hint: did you mean 'training'?"),
        ("training: {epoch: 3}", "fit.yaml:7:12: training.epoch: unknown key\n    hint: did you mean 'epochs'?"),
        (
            "training: {batchsize: 3}",
            "fit.yaml:7:12: training.batchsize: unknown key\n    hint: did you mean 'batch_size'?",
        ),
        (
            "training: {learning_rate: 0.1}",
            "fit.yaml:7:12: training.learning_rate: unknown key\n"
            "    hint: 'learning_rate' belongs to 'training.optimizer'",
        ),
        (
            "training: {lr: 0.1}",
            "fit.yaml:7:12: training.lr: unknown key\n"
            "    hint: the learning rate is 'training.optimizer.learning_rate'",
        ),
        (
            "training: {metrics: [rmse]}",
            "fit.yaml:7:12: training.metrics: unknown key\n    hint: 'metrics' belongs to the top level",
        ),
        (
            "training: {patience: 3}",
            "fit.yaml:7:12: training.patience: unknown key\n    hint: 'patience' belongs to 'training.early_stopping'",
        ),
        (
            "training: {validation_split: 0.2}",
            "fit.yaml:7:12: training.validation_split: unknown key\n    hint: validation rows are 'split.validation'",
        ),
        (
            "hidden_layers: [64]",
            "fit.yaml:7:1: hidden_layers: unknown key\n"
            "    hint: the hidden layers are 'model.layers', such as [{type: dense, units: 64, activation: relu}]",
        ),
        ("epoch: 3", "fit.yaml:7:1: epoch: unknown key\n    hint: 'epochs' belongs to 'training'"),
        ("seed: 3", "fit.yaml:7:1: seed: unknown key\n    hint: 'seed' belongs to 'split' or 'training'"),
        (
            "training: {foo: 1}",
            "fit.yaml:7:12: training.foo: unknown key, expected 'loss', 'optimizer', 'batch_size', 'epochs', "
            "'early_stopping', 'class_weight', 'checkpoint_seconds', 'seed'",
        ),
        (
            "training: {optimizer: {type: adam, momentum: 0.9}}",
            "fit.yaml:7:36: training.optimizer.momentum: unknown key\n"
            "    hint: 'momentum' is a key of type 'rmsprop', 'sgd'",
        ),
        (
            "training: {loss: {type: mean_squared_error, x: 1}}",
            "fit.yaml:7:45: training.loss.x: unknown key, expected 'type'",
        ),
    ],
)
def test_unknown_keys(line: str, expected: str, tmp_path: Path) -> None:
    check(BASE + line, expected, tmp_path)


@pytest.mark.parametrize(
    ("layer", "expected"),
    [
        (
            "{type: dens, units: 8}",
            "5:14: model.layers.0.type: expected one of 'activation', 'batch_normalization', 'dense', 'dropout', "
            "'gaussian_noise' and 1 more, got 'dens'\n    hint: did you mean 'dense'?",
        ),
        (
            "{units: 8}",
            f"5:7: model.layers.0.type: required key is missing, expected one of {KINDS}\n"
            "    hint: write {type: dense, …}",
        ),
        ("{unit: 8}", f"5:7: model.layers.0.type: required key is missing, expected one of {KINDS}"),
        (
            "{type: LeakyReLU}",
            f"5:14: model.layers.0.type: expected one of {KINDS}, got 'LeakyReLU'\n"
            "    hint: an activation is written {type: activation, activation: leaky_relu}, or belongs to a dense "
            "layer",
        ),
        (
            "{type: dense, units: 8, kernel_regularizer: 0.01}",
            "5:51: model.layers.0.kernel_regularizer: expected one of 'l1', 'l2', 'l1_l2' or a mapping with a 'type', "
            "got 0.01\n    hint: write {type: l2, l2: 0.01}",
        ),
        (
            "{dense: 8}",
            f"5:7: model.layers.0.type: required key is missing, expected one of {KINDS}\n"
            "    hint: write {type: dense, …}",
        ),
        (
            "dense",
            "5:7: model.layers.0: expected a mapping with a 'type', got 'dense'\n    hint: write {type: dense, …}",
        ),
        (
            "64",
            "5:7: model.layers.0: expected a mapping with a 'type', got 64\n"
            "    hint: write {type: dense, units: 64, activation: relu}",
        ),
        (
            "relu",
            "5:7: model.layers.0: expected a mapping with a 'type', got 'relu'\n"
            "    hint: an activation belongs to a layer: {type: dense, units: 64, activation: relu}",
        ),
        (
            "{Dense: {units: 8}}",
            f"5:7: model.layers.0.type: required key is missing, expected one of {KINDS}\n"
            "    hint: write {type: dense, …}",
        ),
        (
            "{type:dense}",
            f"5:7: model.layers.0.type: required key is missing, expected one of {KINDS}\n"
            "    hint: write a space behind the colon: {type: …}",
        ),
        ("{type: 3}", f"5:14: model.layers.0.type: expected one of {KINDS}, got 3"),
        (
            "{type: dense, units: 8, activation: rellu}",
            "5:43: model.layers.0.activation: expected one of 'linear', 'relu', 'relu6', 'leaky_relu', 'elu' and "
            "12 more, got 'rellu'\n    hint: did you mean 'relu'?",
        ),
        (
            "{type: dense}",
            "5:7: model.layers.0.units: required key is missing, expected a whole number >= 1 and <= 65,536",
        ),
        (
            "{type: dense, units: '8'}",
            "5:28: model.layers.0.units: expected a whole number >= 1 and <= 65,536, got '8'\n"
            "    hint: remove the quotes",
        ),
        (
            "{type: dense, units: 8.0}",
            "5:28: model.layers.0.units: expected a whole number >= 1 and <= 65,536, got 8.0\n    hint: write 8",
        ),
        (
            "{type: dense, units: true}",
            "5:28: model.layers.0.units: expected a whole number >= 1 and <= 65,536, got true",
        ),
        ("{type: dense, units: 0}", "5:28: model.layers.0.units: expected a whole number >= 1 and <= 65,536, got 0"),
        (
            "{type: dense, units: .nan}",
            "5:28: model.layers.0.units: expected a whole number >= 1 and <= 65,536, got nan",
        ),
        ("{type: dense, units: 8, use_bias: 1}", "5:41: model.layers.0.use_bias: expected true or false, got 1"),
        (
            "{type: dense, units: 8, use_bias: yes}",
            "5:41: model.layers.0.use_bias: expected true or false, got 'yes'",
        ),
        (
            "{type: dense, units: 8, dropout: 0.3}",
            "5:31: model.layers.0.dropout: unknown key\n"
            "    hint: dropout is a layer of 'model.layers': {type: dropout, rate: 0.3}",
        ),
        (
            "{type: dense, units: 8, rate: 0.3}",
            "5:31: model.layers.0.rate: unknown key\n    hint: 'rate' is a key of type 'dropout'",
        ),
        (
            "{type: dropout, rate: 30}",
            "5:29: model.layers.0.rate: expected a number >= 0 and < 1, got 30\n    hint: 30 % is 0.3",
        ),
        ("{type: dropout, rate: .inf}", "5:29: model.layers.0.rate: expected a number >= 0 and < 1, got inf"),
        (
            "{type: dense, units: 8, kernel_regularizer: l3}",
            "5:51: model.layers.0.kernel_regularizer: expected one of 'l1', 'l2', 'l1_l2', got 'l3'",
        ),
        (
            "{type: dense, units: 8, kernel_regularizer: {type: l1, l2: 0.1}}",
            "5:62: model.layers.0.kernel_regularizer.l2: unknown key\n    hint: 'l2' is a key of type 'l1_l2', 'l2'",
        ),
        (
            "{type: dense, units: 8, kernel_regularizer: {type: l1, l1: -1}}",
            "5:66: model.layers.0.kernel_regularizer.l1: expected a number >= 0, got -1",
        ),
    ],
)
def test_layers(layer: str, expected: str, tmp_path: Path) -> None:
    check(f"data:\n  path: a.csv\n  target: y\nmodel: {{layers: [\n      {layer}]}}", f"fit.yaml:{expected}", tmp_path)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "training: {optimizer: adamm}",
            "7:23: training.optimizer: expected one of 'sgd', 'adam', 'adamw', 'rmsprop', 'adagrad' and 3 more, "
            "got 'adamm'\n    hint: did you mean 'adam'?",
        ),
        (
            "training: {optimizer: 3}",
            "7:23: training.optimizer: expected one of 'sgd', 'adam', 'adamw', 'rmsprop', 'adagrad', 'nadam', "
            "'adamax', 'lion' or a mapping with a 'type', got 3",
        ),
        (
            "training: {optimizer: {learning_rate: 1}}",
            "7:12: training.optimizer.type: required key is missing, expected one of 'adagrad', 'adam', 'adamax', "
            "'adamw', 'lion', 'nadam', 'rmsprop', 'sgd'\n    hint: write {type: adam, …}",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: fast}}",
            "7:50: training.optimizer.learning_rate: expected a number > 0 or a mapping with a 'type', got 'fast'",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: '0.1'}}",
            "7:50: training.optimizer.learning_rate: expected a number > 0 or a mapping with a 'type', got '0.1'\n"
            "    hint: remove the quotes",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: cosine_decay}}",
            "7:50: training.optimizer.learning_rate: expected a number > 0 or a mapping with a 'type', "
            "got 'cosine_decay'\n    hint: write {type: cosine_decay, …}",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: 0}}",
            "7:50: training.optimizer.learning_rate: expected a number > 0, got 0",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: {type: cosine, initial_learning_rate: 1}}}",
            "7:57: training.optimizer.learning_rate.type: expected one of 'cosine_decay', 'exponential_decay', "
            "'piecewise_constant_decay', 'reduce_on_plateau', got 'cosine'\n    hint: did you mean 'cosine_decay'?",
        ),
        (
            "training: {optimizer: {type: sgd, learning_rate: "
            "{type: piecewise_constant_decay, boundaries: [5], values: [1]}}}",
            "7:50: training.optimizer.learning_rate: expected one value more than boundaries, got 1 values and "
            "1 boundaries",
        ),
        (
            "training: {loss: msee}",
            "7:18: training.loss: expected one of 'mse', 'mae', 'log_cosh', 'mape', 'poisson' and 9 more, got 'msee'\n"
            "    hint: did you mean 'mse'?",
        ),
        ("training: {batch_size: 64.5}", "7:24: training.batch_size: expected a whole number >= 1, got 64.5"),
        ("training: {batch_size: big}", "7:24: training.batch_size: expected a whole number >= 1, got 'big'"),
        ("training: {seed: -1}", "7:18: training.seed: expected a whole number >= 0 and < 4,294,967,296, got -1"),
        (
            "training: {early_stopping: false}",
            "7:28: training.early_stopping: expected a mapping (key: value) or null, got false\n"
            "    hint: write null to turn it off",
        ),
        (
            "training: {early_stopping: true}",
            "7:28: training.early_stopping: expected a mapping (key: value) or null, got true\n"
            "    hint: leave the key out for its defaults",
        ),
        (
            "training: {class_weight: balance}",
            "7:26: training.class_weight: expected 'balanced', got 'balance'\n    hint: did you mean 'balanced'?",
        ),
        (
            "training: {class_weight: 3}",
            "7:26: training.class_weight: expected 'balanced' or a mapping of labels to numbers, got 3",
        ),
        ("training: {class_weight: {no: -1}}", "7:31: training.class_weight.no: expected a number >= 0, got -1"),
        ("split: {test: 1.5}", "7:15: split.test: expected a number > 0 and < 1, got 1.5"),
        ("split: {test: 20}", "7:15: split.test: expected a number > 0 and < 1, got 20\n    hint: 20 % is 0.2"),
        (
            "split: {test: true}",
            "7:15: split.test: expected a fraction > 0 and < 1, or the path of a file, got true",
        ),
        ("split: {test: ''}", "7:15: split.test: expected text, got empty text"),
        ("split: {column: 3}", '7:17: split.column: expected text, got 3\n    hint: put it in quotes: "3"'),
        ("split: {column: true}", '7:17: split.column: expected text, got true\n    hint: put it in quotes: "true"'),
        (
            "metrics: [acc]",
            "7:11: metrics.0: expected one of 'rmse', 'mae', 'r2', 'median_absolute_error', 'mape' and 11 more, "
            "got 'acc'\n    hint: write accuracy",
        ),
        ("metrics: rmse", "7:10: metrics: expected a list of names, got 'rmse'\n    hint: write a list: [rmse]"),
        ("metrics: []", "7:10: metrics: expected a list of names, one at least, got an empty list"),
        ("metrics: {}", "7:10: metrics: expected a list of names, got an empty mapping"),
        (
            "preprocessing: {columns: {a: numeric}}",
            "7:30: preprocessing.columns.a: expected a mapping (key: value), got 'numeric'\n"
            "    hint: write {kind: numeric}",
        ),
        (
            "preprocessing: {columns: {a: {kind: number}}}",
            "7:37: preprocessing.columns.a.kind: expected one of 'numeric', 'categorical', 'boolean', "
            "'datetime', got 'number'\n"
            "    hint: write numeric",
        ),
        (
            "preprocessing: {columns: {a: {impute: mode}}}",
            "7:39: preprocessing.columns.a.impute: expected one of 'median', 'mean', 'most_frequent', 'constant', "
            "'error', 'drop', 'missing', got 'mode'",
        ),
        (
            "preprocessing: {columns: {a: {fill_value: [1]}}}",
            "7:43: preprocessing.columns.a.fill_value: expected a number, text, true or false, got a list of 1",
        ),
    ],
)
def test_values(line: str, expected: str, tmp_path: Path) -> None:
    check(BASE + line, f"fit.yaml:{expected}", tmp_path)


@pytest.mark.parametrize(
    "override", ["preprocessing.columns.a.b=c.impute=mean", "preprocessing.columns.D=t.format=%d.%m"]
)
def test_a_name_with_an_equals_sign_is_to_be_quoted(tmp_path: Path, override: str) -> None:
    path = tmp_path / "fit.yaml"
    path.write_text("data: {path: a.csv, target: y}\nmodel: {layers: []}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path, [override])
    assert caught.value.message.splitlines()[1] == (
        "    hint: a name with '=' in it stands in quotes, and those in others for the shell: "
        """'preprocessing.columns."NAME".KEY=VALUE'"""
    )


def test_quotes_that_a_shell_takes_away_are_doubled(tmp_path: Path) -> None:
    path = tmp_path / "fit.yaml"
    path.write_text("data: {path: a.csv, target: y}\nmodel: {layers: []}\n")
    with pytest.raises(ConfigError) as caught:
        load_config(path, ["data.target=2020"])
    assert (
        caught.value.message.splitlines()[1] == """    hint: put it in quotes, and in others for the shell: '"2020"'"""
    )
    assert load_config(path, ['data.target="2020"']).config.data.target == "2020"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("path: ''", "path: expected text, got empty text"),
        ("target: [y]", "target: expected text, got a list of 1\n    hint: write it without brackets: y"),
        ("features: 3", "features: expected a list of names, got 3"),
        ("drop: age", "drop: expected a list of names, got 'age'\n    hint: write a list: [age]"),
        ("missing_values: ' '", "missing_values: expected a list of names, got ' '\n    hint: write a list: [\" \"]"),
        (
            "missing_values: n/a",
            "missing_values: expected a list of names, got 'n/a'\n    hint: write a list: [\"n/a\"]",
        ),
        ("missing_values: [-999]", 'missing_values.0: expected text, got -999\n    hint: put it in quotes: "-999"'),
        ("positive: [1]", "positive: expected text, a number, true or false, got a list of 1"),
        (
            "task: classification",
            "task: expected one of 'regression', 'binary', 'multiclass', got 'classification'\n"
            "    hint: write binary or multiclass",
        ),
    ],
)
def test_values_of_the_data_section(line: str, expected: str, tmp_path: Path) -> None:
    key, _, value = line.partition(": ")
    data = {"path": "a.csv", "target": "y"} | {key: value}
    text = "data:\n" + "".join(f"  {name}: {item}\n" for name, item in data.items()) + "model: {layers: []}\n"
    column = len(key) + 5 + ("." in expected.partition(":")[0])
    place = f"fit.yaml:{list(data).index(key) + 2}:{column}"
    check(text, f"{place}: data.{expected}", tmp_path)


def test_all_problems_at_once_in_the_order_of_the_file(tmp_path: Path) -> None:
    check(
        BASE.replace("units: 8", "unit: 8")
        + "training:\n  epochs: many\n  loss: {type: huber, delta: 0}\nmetric: []\n",
        """
        fit.yaml:6:21: model.layers.0.unit: unknown key
            hint: did you mean 'units'?
        fit.yaml:8:11: training.epochs: expected a whole number >= 1, got 'many'
        fit.yaml:9:30: training.loss.delta: expected a number > 0, got 0
        fit.yaml:10:1: metric: unknown key
            hint: did you mean 'metrics'?
        """,
        tmp_path,
    )


def test_rules_across_keys_are_told_with_the_rest(tmp_path: Path) -> None:
    message = messages_of(
        BASE + "training:\n  epoch: 3\n  optimizer: {type: sgd, clipnorm: 1, clipvalue: 1}\n", tmp_path
    )
    assert "training.epoch: unknown key" in message
    assert "training.optimizer: expected at most one of clipnorm, clipvalue, global_clipnorm" in message


def test_no_more_than_twenty_problems_are_told(tmp_path: Path) -> None:
    message = messages_of(BASE + "".join(f"key{n}: {n}\n" for n in range(30)), tmp_path)
    lines = message.splitlines()
    assert len(lines) == MAX_PROBLEMS + 1
    assert lines[-1] == "fit.yaml: and more problems"


def test_a_problem_without_a_key_is_at_the_document() -> None:
    error = config_error([Problem((), "is wrong", "mend it")], Document({}, "config"))
    assert str(error) == "config: is wrong\n    hint: mend it"


def test_what_the_schema_cannot_explain_is_still_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("dltrain.config.problems.problems.find_problems", lambda data: iter(()))
    data = {"data": {"path": 1, "target": "y"}, "model": {"layers": []}}
    with pytest.raises(ValidationError) as caught:
        Config.model_validate_json(json.dumps(data))
    problems = list(validation_problems(caught.value, data))
    assert problems == [Problem(("data", "path"), "expected another value, got 1")]


def test_a_good_config_has_no_problems() -> None:
    assert list(find_problems({"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}})) == []


@pytest.mark.parametrize(
    ("overrides", "hint"),
    [
        ("metrics=[mean_absolute_error]", "write mae"),
        ("metrics=[r2_score]", "write r2"),
        ("metrics=[auc_roc]", "write roc_auc"),
        ("metrics=[mse]", "write rmse"),
        ("metrics=[cross_entropy]", "write log_loss"),
        ("training.loss=bce", "write binary_crossentropy"),
        ("training.loss=cross_entropy", "leave it out: it follows from the task"),
        ("training.early_stopping=5", "write {patience: 5}"),
        ("training.early_stopping=None", "write null to turn it off"),
        ("training.optimizer={name: adam}", "write {type: adam, …}"),
        ("training.optimizer={type: adam, learning_rate: 0,001}", "numbers have a decimal point, and no comma"),
        ("training.optimizer.learning_rate='0,001'", "write 0.001"),
        ("data.features=all", "leave the key out for all"),
        ("data.drop='cty, model'", "write a list: [cty, model]"),
        ("data.drop='cty, my model'", 'write a list: ["cty, my model"]'),
        ("model.layers=None", "write [] for an empty list"),
        ("data.header='a, b'", "write a list: [a, b]"),
        ("data.features=None", "leave the key out"),
        ("model.layers=[{kind: dense, units: 8, activation: relu}]", "write {type: dense, …}"),
        ("split.strategy=kfold", "cross-validation is 'split.folds'"),
        ("split.kfold=5", "cross-validation is 'split.folds'"),
        ("decision.thresholds=0.5", "did you mean 'threshold'?"),
        ("preprocessing.columns.a.encoding=one_hot", "did you mean 'encode'?"),
        ("preprocessing.columns.a.encode=onehot", "write one_hot"),
        ("data.separator=whitespace", "write space"),
    ],
)
def test_what_other_tools_write_is_understood(overrides: str, hint: str) -> None:
    content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
    with pytest.raises(ConfigError) as caught:
        config_from_dict(content, [overrides])
    assert f"    hint: {hint}" in str(caught.value)


def test_values_of_other_tools_lead_to_values_that_exist() -> None:
    schema = json.dumps(config_schema())
    for foreign, known in FOREIGN_VALUES.items():
        assert foreign == foreign.lower()
        assert all(f'"{name}"' in schema for name in known), foreign


@pytest.mark.parametrize(
    "override",
    [
        "model.layers=[1.5]",
        "model.layers=[-3]",
        "model.layers=[100000000]",
        "training.early_stopping=0.5",
        "training.early_stopping=-1",
        "training.epochs='1,000'",
        "model='http://a'",
        "split.size=0.2",
        "training.mode=max",
    ],
)
def test_nothing_is_advised_that_would_be_refused(override: str) -> None:
    content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
    with pytest.raises(ConfigError) as caught:
        config_from_dict(content, [override])
    assert "hint: write" not in str(caught.value)
    assert "'units'" not in str(caught.value)


@pytest.mark.parametrize(
    ("training", "path", "hint"),
    [
        ({"optimizer": {"learning_rate": 0.1}}, "optimizer.type", "write {type: adam, …}"),
        ({"optimizer": {"momentum": 0.9, "nesterov": True}}, "optimizer.type", "write {type: sgd, …}"),
        ({"optimizer": {}}, "optimizer.type", None),
        ({"optimizer": {"rate": 0.1}}, "optimizer.type", None),
        ({"loss": {"delta": 1.0}}, "loss.type", "write {type: huber, …}"),
        (
            {"loss": {"label_smoothing": 0.1}},
            "loss.type",
            "write {type: binary_crossentropy or binary_focal_crossentropy or categorical_crossentropy, …}",
        ),
        (
            {"optimizer": {"type": "adam", "learning_rate": {"type": "CosineDecayRestarts"}}},
            "optimizer.learning_rate.type",
            "cosine_decay is one fall, without restarts",
        ),
    ],
)
def test_a_mapping_without_a_type_is_told_the_one_that_has_its_keys(
    training: dict[str, object], path: str, hint: str | None
) -> None:
    content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}, "training": training}
    (problem,) = find_problems(content)
    assert (problem.path, problem.hint) == (("training", *path.split(".")), hint)


@pytest.mark.parametrize("key", ["code", "code.map"])
def test_texts_that_mean_missing_have_a_place_of_their_own(key: str) -> None:
    columns = {"code": {"map": {"999": None}}} if key == "code" else {key: {"999": None}}
    content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}, "preprocessing": {"columns": columns}}
    (problem,) = find_problems(content)
    assert problem.hint == "a text that means missing stands in 'data.missing_values'"
