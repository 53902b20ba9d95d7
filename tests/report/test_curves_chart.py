"""Curves of several runs over one another."""

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dltrain.report.charts.curves_chart import MOST_CURVES, RunCurve, curves_chart
from dltrain.report.markup import join
from tests.report.pages import Element, ParsedPage


def curve(position: int, values: list[float], kept: int = 0) -> RunCurve:
    epochs = np.arange(1, len(values) + 1, dtype=np.float64)
    return RunCurve(f"wine-{position}", position, epochs, np.array(values), kept)


def drawn(*curves: RunCurve) -> Element:
    parts, _ = curves_chart(curves, x_name="epoch", y_name="loss")
    return ParsedPage(join(parts)).root


def letters(root: Element) -> list[tuple[str, float, float]]:
    found = [text for text in root.all("text") if text.attributes["class"].startswith("letter")]
    return [(text.text, float(text.attributes["x"]), float(text.attributes["y"])) for text in found]


def test_no_two_of_36_runs_look_alike() -> None:
    assert len({curve(position, [1.0]).style for position in range(36)}) == 36
    first = [curve(position, [1.0]).style.split() for position in range(6)]
    assert len({hue for hue, _ in first}) == len({dash for _, dash in first}) == 6


def test_letters_stand_at_the_ends_and_give_way_to_one_another() -> None:
    root = drawn(*(curve(position, [1.0, 0.5, 0.4]) for position in range(MOST_CURVES)))
    at_ends = letters(root)[:MOST_CURVES]
    assert [letter for letter, _, _ in at_ends] == list("ABCDEFGHIJKL")
    for (_, left, top), (_, beside, below) in itertools.combinations(at_ends, 2):
        assert abs(left - beside) >= 11 or abs(top - below) >= 12


def ends_of(root: Element) -> list[tuple[float, float]]:
    lasts = [line.attributes["points"].split()[-1].split(",") for line in root.all("polyline")]
    return [(float(left), float(top)) for left, top in lasts]


def test_a_letter_without_neighbours_stands_at_the_end_of_its_curve() -> None:
    root = drawn(curve(0, [1.0, 0.9]), curve(1, [0.5, 0.1]), curve(2, [0.4]))
    for (_, left, top), end in zip(letters(root)[:3], ends_of(root), strict=True):
        assert (left - 6, top - 4) == pytest.approx(end)


@given(st.lists(st.floats(0, 1), min_size=2, max_size=MOST_CURVES), st.data())
def test_letters_are_in_the_order_of_the_ends_of_their_curves(values: list[float], data: st.DataObject) -> None:
    lengths = [data.draw(st.sampled_from([2, 2, 10])) for _ in values]
    curves = [curve(n, [0.5] * (lengths[n] - 1) + [value]) for n, value in enumerate(values)]
    root = drawn(*curves)
    found = sorted(zip(ends_of(root), letters(root)[: len(curves)], strict=True), key=lambda pair: pair[0])
    for (end, letter), (below, other) in itertools.combinations(found, 2):
        assert end[0] != below[0] or letter[2] <= other[2] - 12 + 0.01


def test_letters_that_have_to_give_way_move_as_little_as_that_takes() -> None:
    """Two ends at one place: half a letter up, half a letter down; the third has room where it is."""
    root = drawn(curve(0, [1.0, 0.5]), curve(1, [1.0, 0.5]), curve(2, [1.0, 0.0]))
    tops = [top - 4 - end[1] for (_, _, top), end in zip(letters(root)[:3], ends_of(root), strict=True)]
    assert sorted(tops[:2]) == pytest.approx([-6, 6])
    assert -2 <= tops[2] <= 0


def test_the_legend_names_every_curve_beside_its_style() -> None:
    root = drawn(curve(0, [1.0, 0.5]), curve(4, [0.9, 0.4]))
    names = [text.text for text in root.all("text") if text.attributes["class"] == "label"]
    assert names == ["wine-0", "wine-4"]
    samples = [line.attributes["class"] for line in root.all("line") if line.attributes["class"].startswith("run")]
    assert samples == [line.attributes["class"] for line in root.all("polyline")]
    assert [letter for letter, _, _ in letters(root)] == ["A", "E", "A", "E"]


def test_the_dot_marks_the_kept_epoch() -> None:
    root = drawn(curve(0, [1.0, 0.2, 0.5, 0.6], kept=1))
    (dot,) = root.all("circle")
    point = [float(part) for part in root.all("polyline")[0].attributes["points"].split()[1].split(",")]
    assert [float(dot.attributes[key]) for key in ("cx", "cy")] == pytest.approx(point, abs=0.1)


def test_what_is_not_finite_is_left_out() -> None:
    root = drawn(curve(0, [float("nan")] * 3), curve(1, [1.0, float("inf"), 0.5], kept=1))
    (line,) = root.all("polyline")
    assert len(line.attributes["points"].split()) == 2
    assert not root.all("circle")
