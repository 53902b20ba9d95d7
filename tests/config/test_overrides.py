from typing import Any

import pytest

from dltrain.config.yaml.overrides import apply_overrides
from dltrain.config.yaml.reader import read_yaml
from dltrain.errors import ConfigError

TEXT = """\
data: {path: a.csv, target: y, features: [a, b]}
model:
  layers:
    - {type: dense, units: 8}
    - {type: dropout, rate: 0.1}
training:
  optimizer: sgd
  class_weight: balanced
  early_stopping: null
"""


def overridden(*overrides: str, text: str = TEXT) -> Any:
    return apply_overrides(read_yaml(text, source="fit.yaml"), overrides).data


def test_folds_take_the_place_of_the_share_of_test_rows() -> None:
    text = TEXT + "split: {strategy: random, test: 0.2}\n"
    assert overridden("split.folds=3", text=text)["split"] == {"strategy": "random", "folds": 3}
    assert overridden("split.folds=3", "split.test=0.2", text=text)["split"]["test"] == 0.2
    assert overridden("split.folds=null", text=text)["split"]["test"] == 0.2
    assert overridden("split.folds=3", "split=4", text=text)["split"] == 4
    assert overridden("split={test: 0.3}", "split.folds=3")["split"] == {"test": 0.3, "folds": 3}
    # A file beside folds is a contradiction, which is told.
    assert overridden("split.folds=3", text=text.replace("0.2", "a.csv"))["split"]["test"] == "a.csv"
    assert overridden("split.folds=3")["split"] == {"folds": 3}


@pytest.mark.parametrize(
    ("override", "path", "value"),
    [
        ("training.epochs=5", ["training", "epochs"], 5),
        (" training.epochs = 5", ["training", "epochs"], 5),
        ("training.early_stopping=null", ["training", "early_stopping"], None),
        ("training.early_stopping=", ["training", "early_stopping"], None),
        ("training.early_stopping.patience=3", ["training", "early_stopping"], {"patience": 3}),
        ("model.layers.0.units=64", ["model", "layers", 0], {"type": "dense", "units": 64}),
        ("model.layers.1={type: activation}", ["model", "layers", 1], {"type": "activation"}),
        ("model.layers=[]", ["model", "layers"], []),
        ("data.features=[a, no, '1']", ["data", "features"], ["a", "no", "1"]),
        ("data.positive=a=b", ["data", "positive"], "a=b"),
        ("preprocessing.columns.when.format=%d.%m.%Y", ["preprocessing", "columns", "when", "format"], "%d.%m.%Y"),
        ("training.optimizer.momentum=0.9", ["training", "optimizer"], {"type": "sgd", "momentum": 0.9}),
        ("training.optimizer=adam", ["training", "optimizer"], "adam"),
        ("training.class_weight.a.b=2", ["training", "class_weight"], {"a.b": 2}),
        ("training.class_weight.1=2", ["training", "class_weight"], {"1": 2}),
        ("preprocessing.columns.x.box.kind=numeric", ["preprocessing", "columns"], {"x.box": {"kind": "numeric"}}),
        ("preprocessing.columns.x={kind: numeric}", ["preprocessing", "columns"], {"x": {"kind": "numeric"}}),
        ("preprocessing.columns.x.box={scale: none}", ["preprocessing", "columns"], {"x.box": {"scale": "none"}}),
        (
            'preprocessing.columns.Date..format="%d.%m.%Y"',
            ["preprocessing", "columns"],
            {"Date.": {"format": "%d.%m.%Y"}},
        ),
        ("preprocessing.columns..no.kind=categorical", ["preprocessing", "columns"], {".no": {"kind": "categorical"}}),
        ("training.class_weight.a.=2", ["training", "class_weight"], {"a.": 2}),
        ('preprocessing.columns."a.b=c".impute=mean', ["preprocessing", "columns"], {"a.b=c": {"impute": "mean"}}),
        ('preprocessing.columns."a=b"={scale: none}', ["preprocessing", "columns"], {"a=b": {"scale": "none"}}),
        ('training.class_weight."<=5" = 2', ["training", "class_weight"], {"<=5": 2}),
        (r'data.unit_of."a.\"b\"\u200b"=kg', ["data", "unit_of"], {'a."b"\u200b': "kg"}),
        ('training.class_weight.5"=2', ["training", "class_weight"], {'5"': 2}),
        ('training.class_weight."5=2', ["training", "class_weight"], {'"5': 2}),
        ("new.key=1", ["new"], {"key": 1}),
        ("data.decimal=,", ["data", "decimal"], ","),
        ('data.decimal=","', ["data", "decimal"], ","),
        ("data.thousands='", ["data", "thousands"], "'"),
        ("data.thousands= ", ["data", "thousands"], " "),
        ("data.separator=|", ["data", "separator"], "|"),
        ("data.separator=tab", ["data", "separator"], "tab"),
        ("data.thousands=", ["data", "thousands"], None),
    ],
)
def test_an_override_replaces_one_value(override: str, path: list[str | int], value: Any) -> None:
    data = overridden(override)
    for part in path:
        data = data[part]
    assert data == value


def test_an_absent_optimizer_is_adam() -> None:
    assert overridden("training.optimizer.learning_rate=0.1", text="{}") == {
        "training": {"optimizer": {"type": "adam", "learning_rate": 0.1}}
    }


def test_a_named_loss_keeps_its_name() -> None:
    data = overridden("training.loss.delta=2", text="training: {loss: huber}")
    assert data == {"training": {"loss": {"type": "huber", "delta": 2}}}


def test_a_number_gives_way_to_a_schedule() -> None:
    data = overridden(
        "training.optimizer.learning_rate.type=reduce_on_plateau",
        "training.optimizer.learning_rate.patience=3",
        text="training: {optimizer: {type: sgd, learning_rate: 0.1}}",
    )
    assert data["training"]["optimizer"]["learning_rate"] == {"type": "reduce_on_plateau", "patience": 3}


def test_later_overrides_win() -> None:
    assert overridden("training.epochs=5", "training.epochs=6")["training"]["epochs"] == 6


def test_the_document_is_left_as_it_was() -> None:
    document = read_yaml(TEXT, source="fit.yaml")
    before = read_yaml(TEXT, source="fit.yaml")
    apply_overrides(document, ["model.layers.0.units=1", "data.target=z", "training.optimizer.momentum=1"])
    assert document == before


def test_places_of_what_was_overridden_are_the_override() -> None:
    document = apply_overrides(read_yaml(TEXT, source="fit.yaml"), ["model.layers.0={type: dense}", "split.seed=1"])
    assert str(document.place(("model", "layers", 0, "units"))) == "override 'model.layers.0={type: dense}'"
    assert str(document.place(("model", "layers", 1, "rate"))) == "fit.yaml:5:29"
    assert str(document.place(("split",), at_key=True)) == "override 'split.seed=1'"


@pytest.mark.parametrize(
    ("override", "message"),
    [
        ("training.epochs", "expected KEY=VALUE"),
        ("=5", "expected KEY=VALUE"),
        ("training..epochs=5", "expected KEY=VALUE"),
        ("preprocessing.columns.x.=5", "expected KEY=VALUE"),
        ('preprocessing.columns.""={}', "expected KEY=VALUE"),
        (r'training.class_weight."\q"=5', "expected KEY=VALUE"),
        (r'training.class_weight."\ud800"=5', "expected KEY=VALUE"),
        ("model.layers.2.units=5", "model.layers: expected a position from 0 to 1, got '2'"),
        ("model.layers.-1.units=5", "model.layers: expected a position from 0 to 1, got '-1'"),
        ("model.layers.last={}", "model.layers: expected a position from 0 to 1, got 'last'"),
        ("data.drop=[a", "this list is not closed, expected ',' between its items and ']' at its end"),
        ("data.target=&a b", "anchors (&a) are not supported"),
        ("data.target={a: 1, a: 2}", "a: duplicate key, given twice"),
    ],
)
def test_a_wrong_override_is_named(override: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        overridden(override)
    assert caught.value.message == f"override '{override}': {message}"


@pytest.mark.parametrize("override", ["\udcff=5", "data.target=\udcff", ".".join("k" * 40) + "=1", "a\x00b=1"])
def test_odd_overrides_are_shown_on_one_printable_line(override: str) -> None:
    with pytest.raises(ConfigError, match="override") as caught:
        overridden(override)
    assert caught.value.message.isprintable()
    assert len(caught.value.message) < 150


def test_an_empty_list_has_no_positions() -> None:
    with pytest.raises(ConfigError, match="expected no position in an empty list, got '0'"):
        overridden("model.layers.0.units=5", text="model: {layers: []}")


@pytest.mark.parametrize(
    ("override", "hint"),
    [
        ('data.missing_values: [" "]', 'write data.missing_values=[" "]'),
        ("a sentence: with a colon", "for example training.epochs=5"),
        ("training.epochs", "for example training.epochs=5"),
    ],
)
def test_an_override_written_as_in_yaml_is_shown_as_it_should_be(override: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        overridden(override)
    assert caught.value.hint == hint
