"""Colours that can be told apart: by day, by night and on paper."""

import re
from importlib import resources

import pytest

STYLE = resources.files("dltrain.report").joinpath("style.css").read_text(encoding="utf-8")
DAY, NIGHT, PAPER = (
    dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6})", block)) for block in re.findall(r":root \{([^}]*)\}", STYLE)
)
SCHEMES = {"day": DAY, "night": DAY | NIGHT, "paper": DAY | PAPER}
TEXTS = [
    ("ink", "paper"),
    ("muted", "paper"),
    ("accent", "paper"),
    ("ink", "faint"),
    ("muted", "faint"),
    ("accent", "faint"),
    ("ink", "soft"),
    # The counts of a confusion matrix.
    ("ink", "hit"),
    ("ink", "miss"),
]
SHAPES = [("accent", "paper"), ("other", "paper"), ("wrong", "paper"), *((f"run-{n}", "paper") for n in range(6))]


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, in [0, 1]."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_black_on_white_has_the_contrast_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("text", "ground"), TEXTS)
def test_text_has_a_contrast_of_4_5(scheme: str, text: str, ground: str) -> None:
    """WCAG 2.2, 1.4.3."""
    colours = SCHEMES[scheme]
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_lines_and_bars_have_a_contrast_of_3(scheme: str, shape: str, ground: str) -> None:
    """WCAG 2.2, 1.4.11."""
    colours = SCHEMES[scheme]
    assert contrast(colours[shape], colours[ground]) >= 3


def test_every_colour_that_is_used_has_a_value_in_every_scheme() -> None:
    # Each curve of several takes one of the colours of runs as its hue.
    used = set(re.findall(r"var\(--([\w-]+)\)", STYLE)) - {"hue"}
    assert used == DAY.keys() == NIGHT.keys() == PAPER.keys()
