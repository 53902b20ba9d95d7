"""Pages to look at: of every task, plain and hostile."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import numpy as np

from dltrain.config import config_from_dict, to_yaml
from dltrain.config.sections.data import Task
from dltrain.features import (
    ColumnCounts,
    Preprocessing,
    RegressionTarget,
)
from dltrain.features.boolean import BooleanFeature
from dltrain.features.categorical import CategoricalFeature
from dltrain.features.numeric import NumericFeature
from dltrain.features.scaling import Unscaled
from dltrain.features.target import ClassTarget
from dltrain.report import (
    BinaryResult,
    Mistake,
    MulticlassResult,
    RegressionResult,
    ReportFacts,
    Result,
    report_page,
)
from dltrain.run import DataFile, RunMetrics
from dltrain.scoring.curves import calibration, confusion_matrix, precision_recall_curve, roc_curve

METRICS = {
    "regression": ("rmse", "mae", "r2"),
    "binary": ("accuracy", "roc_auc", "log_loss"),
    "multiclass": ("accuracy", "log_loss", "f1_macro"),
}
HOSTILE = (
    "<script>alert(1)</script>",
    '"]]>',
    "\u202egnirts\u202d & \u200f<b>",
    "x" * 500,
    "</style><img src=x onerror=alert(1)>",
    "a\x00b\rc",
)


def result_of(task: Task, n_rows: int = 400, n_labels: int = 3) -> Result:
    """Something to draw."""
    rng = np.random.default_rng(0)
    if task == "regression":
        truth = rng.normal(100, 20, n_rows)
        return RegressionResult(truth, truth + rng.normal(0, 5, n_rows))
    if task == "multiclass":
        codes = rng.integers(0, n_labels, n_rows)
        predicted = np.where(rng.random(n_rows) < 0.8, codes, rng.integers(0, n_labels, n_rows))
        return MulticlassResult(confusion_matrix(codes, predicted, n_classes=n_labels))
    is_positive = rng.random(n_rows) < 0.4
    probability = np.clip(rng.normal(0.3 + 0.4 * is_positive, 0.2), 0, 1)
    weight = np.ones(n_rows)
    edges = np.linspace(0, 1, 21)
    return BinaryResult(
        confusion=confusion_matrix(is_positive.astype(int), (probability > 0.5).astype(int), n_classes=2),
        thresholds=None,
        roc=roc_curve(is_positive, probability, weight),
        precision_recall=precision_recall_curve(is_positive, probability, weight),
        calibration=calibration(is_positive, probability, weight),
        edges=edges,
        histogram=np.array([np.histogram(probability[is_positive == side], edges)[0] for side in (False, True)]),
    )


def facts_of(
    task: Task,
    *,
    labels: tuple[str, ...] = ("no", "yes"),
    name: str = "people-1",
    column: str = "age",
    cell: str = "p7",
    **changes: Any,
) -> ReportFacts:
    """What a page of a task shows; `name`, `column` and `cell` stand where such texts come from data."""
    if task == "multiclass" and len(labels) == 2:
        labels = (*labels, "perhaps")
    config = config_from_dict(_config(task, column)).config
    target = (
        RegressionTarget(name=f"{column} target", transform="none", scaler=Unscaled())
        if task == "regression"
        else ClassTarget(task=task, name=f"{column} target", labels=labels)
    )
    preprocessing = Preprocessing(features=_features(column, cell), target=target)
    values: dict[str, Any] = {
        "name": name,
        "created": "2026-11-21T12:00:00+00:00",
        "config": config,
        "config_text": to_yaml(config) + f"# {cell}",
        "preprocessing": preprocessing,
        "metrics": _metrics(task, len(labels), column),
        "history": [_epoch(task, n) for n in range(1, 13)],
        "versions": {"python": "3.11", "dltrain": "0.1"},
        "data": {"data": DataFile(path=f"/data/{name.replace(chr(0), '')}.csv", size=1, sha256="0" * 64, rows=400)},
        "n_cells": 400,
        "counts": {column: ColumnCounts(missing=3, out_of_range=1)},
        "result": result_of(task, n_labels=len(labels)),
        "mistakes": [Mistake((cell,), labels[0], labels[1], 0.125)],
        "places": (column,),
        "is_weighted": False,
        "has_class_weights": False,
    }
    return ReportFacts(**values | changes)


def page_of(task: Task, **changes: Any) -> str:
    return report_page(facts_of(task, **changes))


def _config(task: Task, column: str) -> Mapping[str, Any]:
    content: dict[str, Any] = {
        "data": {"path": "/data/people.csv", "target": "bought", "task": task, "drop": [f"{column} dropped"]},
        "model": {"layers": [{"type": "dense", "units": 8, "activation": "relu"}, {"type": "dropout", "rate": 0.1}]},
        "training": {"loss": "mse" if task == "regression" else f"{_cross(task)}_crossentropy"},
        "metrics": list(METRICS[task]),
    }
    content["model"]["output"] = {"activation": _OUTPUT[task]}
    return dict(json.loads(json.dumps(content)))


_OUTPUT = {"regression": "linear", "binary": "sigmoid", "multiclass": "softmax"}


def _cross(task: Task) -> str:
    return "binary" if task == "binary" else "categorical"


def _features(column: str, cell: str) -> tuple[Any, ...]:
    return (
        NumericFeature(
            name=column, impute="median", fill_value=47.5, scaler=Unscaled(), minimum=18.0, maximum=1_234_567.0
        ),
        CategoricalFeature(
            name="city",
            impute="missing",
            fill_value=None,
            encode_as="one_hot",
            categories=tuple(sorted({"Bern", "Oslo", cell})),
            has_missing=True,
            has_other=False,
        ),
        BooleanFeature(name="owner", impute="most_frequent", fill_value=True),
    )


def _metrics(task: Task, n_labels: int, column: str) -> RunMetrics:
    names = METRICS[task]
    scores = {"metrics": dict.fromkeys(names, 0.75), "baseline": dict.fromkeys(names, 0.5)}
    return RunMetrics.model_validate(
        {
            "train_rows": 280,
            "validation": {"rows": 60, **scores},
            "test": {"rows": 60, **scores},
            "trivial_prediction": 100.0 if task == "regression" else (1 / n_labels,) * n_labels,
            "epochs": 12,
            "best_epoch": 9,
            "parameters": 97,
            "test_intervals": dict.fromkeys(names, (0.7, 0.8)),
            "baseline_difference": (0.2, 0.3),
            "importance": (
                {"name": column, "increase": 0.5, "low": 0.4, "high": 0.6},
                {"name": "city", "increase": -0.01, "low": -0.02, "high": 0.01},
            ),
            "linear": {"metrics": dict.fromkeys(names, 0.6), "differences": dict.fromkeys(names, (0.05, 0.25))},
        }
    )


def _epoch(task: Task, n: int) -> dict[str, float]:
    of_metrics = {f"val_{name}": 1 - 1 / n for name in METRICS[task]}
    return {
        "epoch": n,
        "loss": 1 / n,
        "val_loss": 1 / n + 0.02 * n,
        **of_metrics,
        "learning_rate": 0.01 / n,
        "seconds": 0.1,
    }


@dataclass
class Element:
    tag: str
    attributes: dict[str, str]
    parts: list["Element | str"] = field(default_factory=list)

    @property
    def children(self) -> list["Element"]:
        """The elements in it."""
        return [part for part in self.parts if isinstance(part, Element)]

    @property
    def text(self) -> str:
        """The text in it, without that of the elements in it."""
        return "".join(part for part in self.parts if isinstance(part, str))

    def all(self, tag: str) -> list["Element"]:
        """All elements below of a kind."""
        found = [child for child in self.children if child.tag == tag]
        return found + [below for child in self.children for below in child.all(tag)]

    def whole_text(self) -> str:
        """The text of this element and of all below it."""
        return "".join(part if isinstance(part, str) else part.whole_text() for part in self.parts)


class ParsedPage(HTMLParser):
    """A page as a tree; fails where elements are not closed in order."""

    def __init__(self, page: str) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("root", {})
        self._open = [self.root]
        self.feed(page)
        self.close()
        assert self._open == [self.root], "some elements are not closed"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        one = Element(tag, {key: value or "" for key, value in attrs})
        self._open[-1].parts.append(one)
        if tag not in {"meta", "br"}:
            self._open.append(one)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop().tag == tag

    def handle_data(self, data: str) -> None:
        self._open[-1].parts.append(data)


def without_markup(page: str) -> Element:
    """A page that holds hostile texts, after checking that none became markup."""
    page.encode()
    root = ParsedPage(page).root
    for tag in ("script", "img", "b"):
        assert not root.all(tag)
    assert len(root.all("style")) == 1
    return root


def shown(text: str) -> str:
    """A text as a page shows it."""
    return text.replace("\x00", "\ufffd").replace("\r", "\ufffd")


def check_figures(root: Element, told: str = r"\d") -> int:
    """Checks that every picture can be read out and has its numbers in a table; gives how many there are.

    Args:
        root: The page.
        told: Pattern of what is found in every description.
    """
    figures = root.all("figure")
    assert len(figures) == len(root.all("svg"))
    for figure in figures:
        (svg,) = figure.all("svg")
        title, description = svg.children[:2]
        assert (title.tag, description.tag) == ("title", "desc")
        assert svg.attributes["role"] == "img"
        assert svg.attributes["aria-labelledby"] == f"{title.attributes['id']} {description.attributes['id']}"
        assert title.text
        assert re.search(told, description.text)
        (details,) = figure.all("details")
        assert len(details.all("tr")) >= 2
    return len(figures)
