"""What is drawn is what was counted."""

import re

import numpy as np
import pytest

from dltrain.config.architecture import LayerSummary
from dltrain.report.charts.axes import BOTTOM
from dltrain.report.charts.bar_chart import HEIGHT, Effect, effect_chart, histogram
from dltrain.report.charts.line_chart import HEIGHT as LINE_HEIGHT
from dltrain.report.charts.line_chart import Series, line_chart
from dltrain.report.charts.matrix_chart import confusion_chart, matrix_height
from dltrain.report.charts.network_drawing import MOST_LAYERS, network_drawing
from dltrain.report.charts.scatter_chart import MOST_POINTS, N_CELLS, scatter
from dltrain.report.charts.strips import dot_strip
from dltrain.report.markup import Child, element
from tests.report.pages import Element, ParsedPage


def drawn(parts: list[Child], tag: str, kind: str | None = None) -> list[Element]:
    """The elements of a sort in a chart."""
    found = ParsedPage(element("svg", *parts)).root.all(tag)
    return [one for one in found if kind is None or one.attributes.get("class") == kind]


def numbers(elements: list[Element], key: str) -> np.ndarray:
    return np.array([float(one.attributes[key]) for one in elements])


def test_bars_are_as_high_as_their_counts() -> None:
    counts = np.array([10, 0, 40, 20])
    bars = drawn(histogram(np.arange(5.0), [("bar main", counts)], x_name="x"), "rect", "bar main")
    heights = numbers(bars, "height")
    np.testing.assert_allclose(heights / heights.max(), [0.25, 1, 0.5], atol=1e-3)
    np.testing.assert_allclose(numbers(bars, "y") + heights, HEIGHT - BOTTOM, atol=0.02)


def test_two_counts_stand_side_by_side() -> None:
    counts = np.ones((2, 3))
    parts = histogram(np.arange(4.0), [("bar other", counts[0]), ("bar main", counts[1])], x_name="x")
    left, right = (numbers(drawn(parts, "rect", kind), "x") for kind in ("bar other", "bar main"))
    assert (left < right).all()
    assert (right[:-1] < left[1:]).all()


def test_effects_begin_at_0_and_end_at_their_value() -> None:
    effects = [Effect("a", 2.0, 1.0, 3.0), Effect("b", -1.0, -2.0, 0.0)]
    parts, _ = effect_chart(effects, x_name="x")
    bars, whiskers = drawn(parts, "rect", "bar effect"), drawn(parts, "line", "whisker")
    zero = numbers(drawn(parts, "line", "base"), "x1")[-1]
    start, width = numbers(bars, "x"), numbers(bars, "width")
    unit = width[0] / 2
    np.testing.assert_allclose([start[0], start[1] + width[1]], zero, atol=0.02)
    np.testing.assert_allclose(numbers(whiskers, "x1"), [zero + unit, zero - 2 * unit], atol=0.05)
    np.testing.assert_allclose(numbers(whiskers, "x2"), [zero + 3 * unit, zero], atol=0.05)


def test_the_interval_of_a_metric_lies_around_it() -> None:
    parts = dot_strip(value=0.8, bounds=(0.7, 0.85), others=[("trivial", 0.5), ("linear", 0.79)])
    (band,), (dot,) = drawn(parts, "line", "band"), drawn(parts, "circle", "main")
    assert float(band.attributes["x1"]) < float(dot.attributes["cx"]) < float(band.attributes["x2"])
    trivial, linear = numbers(drawn(parts, "line", "other"), "x1")
    assert trivial < float(band.attributes["x1"]) < linear


def test_a_line_goes_through_its_points() -> None:
    x, y = np.arange(1.0, 6.0), np.array([5.0, 4.0, np.nan, 2.0, 1.0])
    parts = line_chart([Series("train", x, y)], x_name="epoch", y_name="loss", mark=(4.0, "best"))
    (line,) = drawn(parts, "polyline", "main")
    points = np.array([list(map(float, point.split(","))) for point in line.attributes["points"].split()])
    assert len(points) == 4
    # The points that are there lie on one straight line.
    assert np.ptp(np.diff(points[:, 1]) / np.diff(points[:, 0])) < 0.01
    (mark,) = drawn(parts, "line", "mark")
    assert float(mark.attributes["x1"]) == pytest.approx(points[2, 0], abs=0.06)


def test_the_names_of_lines_do_not_lie_on_one_another() -> None:
    x = np.arange(2.0)
    series = [Series(name, x, np.array([1.0, value])) for name, value in (("a", 0.0), ("b", 0.001), ("c", 0.002))]
    parts = line_chart(series, x_name="x", y_name="y")
    places = numbers(drawn(parts, "text", "name main"), "y")
    assert np.diff(np.sort(places)).min() >= 12
    assert places.max() < LINE_HEIGHT - BOTTOM + 4


def test_few_rows_are_points_and_many_a_density() -> None:
    rng = np.random.default_rng(0)
    for n_rows in (MOST_POINTS, MOST_POINTS + 1):
        values = rng.normal(size=(2, n_rows))
        parts = scatter(*values, x_name="x", y_name="y", guide="diagonal", is_square=True)
        paths, cells = drawn(parts, "path"), drawn(parts, "rect", "density")
        if n_rows == MOST_POINTS:
            assert not cells
            assert paths[0].attributes["d"].count("M") == n_rows
        else:
            assert not paths
            assert 100 < len(cells) < N_CELLS**2
            assert numbers(cells, "fill-opacity").max() == 1


def test_points_that_are_right_lie_on_the_diagonal() -> None:
    values = np.array([3.0, 5.0, 9.0])
    parts = scatter(values, values, x_name="x", y_name="y", guide="diagonal", is_square=True)
    points = np.array(re.findall(r"M(\S+) (\S+)h0", drawn(parts, "path")[0].attributes["d"]), float)
    (guide,) = drawn(parts, "line", "guide")
    x1, y1, x2, y2 = (float(guide.attributes[key]) for key in ("x1", "y1", "x2", "y2"))
    expected = y1 + (points[:, 0] - x1) * (y2 - y1) / (x2 - x1)
    np.testing.assert_allclose(points[:, 1], expected, atol=0.2)


def test_the_shades_of_a_confusion_matrix_are_shares_of_the_true_class() -> None:
    confusion = np.array([[3, 1], [0, 4]])
    parts = confusion_chart(confusion, ["a", "b"])
    right, wrong = (drawn(parts, "rect", kind) for kind in ("cell right", "cell wrong"))
    assert numbers(right, "fill-opacity").tolist() == [0.75, 1]
    assert numbers(wrong, "fill-opacity").tolist() == [0.25]
    assert max(numbers(right, "y") + numbers(right, "height")) < matrix_height(2)


def test_a_class_without_rows_has_no_shade() -> None:
    parts = confusion_chart(np.zeros((12, 12), int), list("abcdefghijkl"))
    assert not drawn(parts, "rect", "cell right")
    assert not [one for one in drawn(parts, "text") if one.attributes["class"].startswith("count")]


def layers(*units: int) -> list[LayerSummary]:
    return [LayerSummary(f"dense_{n}", "dense" if n else "input", None, width, n, n) for n, width in enumerate(units)]


def test_a_wider_layer_is_drawn_wider() -> None:
    parts, height = network_drawing(layers(4, 256, 16, 1))
    bars = drawn(parts, "rect")
    widths = numbers(bars, "width")
    assert widths.argsort().tolist() == [3, 0, 2, 1]
    assert (numbers(bars, "y") + numbers(bars, "height")).max() < height
    assert (numbers(bars, "y") > 0).all()


def test_of_a_deep_network_the_ends_are_drawn() -> None:
    parts, _ = network_drawing(layers(*range(1, 51)))
    assert len(drawn(parts, "rect")) == MOST_LAYERS
    assert [one.text for one in drawn(parts, "text", "units")][-1] == "50"
    assert "20 more layers" in [one.text for one in drawn(parts, "text", "tick")]
