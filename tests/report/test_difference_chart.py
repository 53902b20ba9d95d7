"""Differences on both sides of zero."""

import numpy as np
import pytest

from dltrain.report.comparison.compared import DifferenceFacts
from dltrain.report.comparison.difference_chart import difference_chart
from dltrain.report.markup import join
from tests.report.comparisons import VERDICTS, difference
from tests.report.pages import Element, ParsedPage


def drawn(*rows: DifferenceFacts, is_higher_better: bool = True) -> Element:
    named = [(f"wine-{number}", one) for number, one in enumerate(rows)]
    parts, _ = difference_chart(named, x_name="accuracy", is_higher_better=is_higher_better)
    return ParsedPage(join(parts)).root


def zero(root: Element) -> float:
    (line,) = (line.attributes for line in root.all("line") if line.attributes["class"] == "base")
    return float(line["x1"])


def places(root: Element) -> list[float]:
    return [float(circle.attributes["cx"]) for circle in root.all("circle")]


def texts(root: Element, kind: str) -> list[str]:
    return [text.text for text in root.all("text") if text.attributes["class"].startswith(kind)]


def test_dots_lie_on_their_side_of_zero_in_their_intervals() -> None:
    values = [(-0.3, -0.5, -0.1), (0.0, -0.1, 0.2), (0.2, 0.1, 0.4)]
    root = drawn(*(DifferenceFacts(*value, "open") for value in values))
    middle = zero(root)
    scale = (places(root)[2] - middle) / 0.2
    assert places(root) == pytest.approx([middle + scale * value for value, _, _ in values], abs=0.02)
    spans = [line.attributes for line in root.all("line") if line.attributes["class"].startswith("span")]
    ends = [(float(line["x1"]), float(line["x2"])) for line in spans]
    expected = [(middle + scale * low, middle + scale * high) for _, low, high in values]
    assert np.ravel(ends) == pytest.approx(np.ravel(expected), abs=0.02)


@pytest.mark.parametrize(("is_higher_better", "left", "right"), [(True, "worse", "better"), (False, "better", "worse")])
def test_the_better_side_is_named(is_higher_better: bool, left: str, right: str) -> None:
    root = drawn(difference("better", is_higher_better=is_higher_better), is_higher_better=is_higher_better)
    assert texts(root, "axis")[:2] == [f"← {left}", f"{right} →"]
    assert (places(root)[0] > zero(root)) == is_higher_better


@pytest.mark.parametrize("verdict", VERDICTS)
def test_both_sides_of_zero_are_on_the_chart_and_the_verdict_is_written(verdict: str) -> None:
    root = drawn(difference(next(known for known in VERDICTS if known == verdict)))
    assert 20 < zero(root) < 340
    words = {"open": "cannot be told apart"}.get(verdict, verdict)
    assert texts(root, "over verdict") == [words]
    dots = [circle.attributes["class"] for circle in root.all("circle")]
    # What is not sure is told by its form too.
    hollow = {"better": [False], "worse": [False], "undefined": []}.get(verdict, [True])
    assert ["hollow" in dot for dot in dots] == hollow


def test_a_value_without_an_interval_is_a_dot_alone() -> None:
    root = drawn(DifferenceFacts(0.1, float("nan"), float("nan"), "undefined"))
    assert len(root.all("circle")) == 1
    assert not [line for line in root.all("line") if line.attributes["class"].startswith("span")]


def test_long_names_keep_their_end() -> None:
    parts, _ = difference_chart([("x" * 60 + "-12", difference("open"))], x_name="r2", is_higher_better=True)
    (name,) = texts(ParsedPage(join(parts)).root, "label")
    assert len(name) == 34
    assert name.endswith("x-12")
