import pytest

from dltrain.config.problems.suggest import closest, column_hint, did_you_mean


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("rellu", "relu"),
        ("ReLU", "relu"),
        ("acc", "accuracy"),
        ("auc", "roc_auc"),
        ("ac", None),
        ("zzz", None),
        ("", None),
        ("x" * 2**20, None),
    ],
)
def test_a_mistyped_or_shortened_name_means_the_closest(name: str, meant: str | None) -> None:
    assert closest(name, ["relu", "accuracy", "roc_auc", "tanh"]) == meant


def test_swapped_letters_mean_the_same_letters() -> None:
    assert closest("adma", ["adam", "adamax", "adamw"]) == "adam"
    assert closest("X12", ["x12", "x21"]) == "x12"
    assert closest("TIME", ["time", "emit"]) == "time"
    assert closest("v1", ["V1", "1V"]) == "V1"
    assert closest("aple", ["apple", "plea"]) == "apple"


def test_a_header_of_one_cell_is_told() -> None:
    assert column_hint("species", ["species island mass"]).startswith("the header is one cell, 'species island")
    assert "is one cell" not in column_hint("target", ["my target"])
    for header in ("petal length,species", "species;petal length", '"species"|petal length', "a\tpetal length"):
        assert column_hint("petal length", [header]).startswith("the header is one cell")
    assert column_hint("specie", ["species"]) == "did you mean 'species'?"


def test_a_start_shared_by_several_names_means_none() -> None:
    assert closest("val", ["val_accuracy", "val_precision"]) is None


def test_the_hint_asks() -> None:
    assert did_you_mean("tanhh", ["relu", "tanh"]) == "did you mean 'tanh'?"
    assert did_you_mean("x", ["relu", "tanh"]) is None
