"""The page in a real browser: on a desk and on a phone, by day and by night."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from dltrain.config.sections.data import Task
from dltrain.run.members import FOLDS, SEEDS
from tests.report.browser import Browser, needs_browser, running_browser
from tests.report.comparisons import comparison_page_of
from tests.report.groups import group_page_of
from tests.report.pages import HOSTILE, page_of

pytestmark = [pytest.mark.slow, needs_browser]

PAPER = {"light": "rgb(255, 255, 255)", "dark": "rgb(16, 20, 27)"}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with running_browser() as browser:
        yield browser


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("task", ["binary", "multiclass", "regression"])
def test_the_page_fits_and_is_content_with_itself(
    browser: Browser, tmp_path: Path, task: Task, width: int, scheme: str
) -> None:
    page = tmp_path / "report.html"
    page.write_text(page_of(task), encoding="utf-8")
    browser.open(page, width=width, scheme=scheme)
    # First everything is opened that can be.
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value("innerWidth") == width
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value("getComputedStyle(document.body).backgroundColor") == PAPER[scheme]
    assert browser.value("document.querySelectorAll('svg').length") >= 8
    assert browser.value("[...document.querySelectorAll('svg')].every(svg => svg.getBoundingClientRect().width > 250)")
    assert browser.value(OVERLAPS) == []
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []


OVERLAPS = """[...document.querySelectorAll('svg')].flatMap(svg => {
    const boxes = [...svg.querySelectorAll('text')].map(text => [text.textContent, text.getBoundingClientRect()])
    return boxes.flatMap(([one, a], place) => boxes.slice(place + 1).filter(([, b]) =>
        Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
        // Boxes of letters have room above and below.
        Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 4
    ).map(([other]) => one + ' | ' + other))
})"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("n_runs", [2, 6, 14])
@pytest.mark.parametrize("make", [comparison_page_of, partial(group_page_of, FOLDS), partial(group_page_of, SEEDS)])
def test_a_page_of_several_runs_fits_and_is_content_with_itself(
    browser: Browser, tmp_path: Path, make: Callable[[int], str], n_runs: int, width: int, scheme: str
) -> None:
    page = tmp_path / "page.html"
    page.write_text(make(n_runs), encoding="utf-8")
    browser.open(page, width=width, scheme=scheme)
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value("document.documentElement.scrollWidth") <= width
    assert browser.value("getComputedStyle(document.body).backgroundColor") == PAPER[scheme]
    assert browser.value("[...document.querySelectorAll('svg')].every(svg => svg.getBoundingClientRect().width > 250)")
    assert browser.value(OVERLAPS) == []
    assert browser.value("document.styleSheets[0].cssRules.length") > 50
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("make", [comparison_page_of, partial(group_page_of, FOLDS), partial(group_page_of, SEEDS)])
def test_hostile_texts_neither_run_nor_make_a_page_of_several_runs_wider(
    browser: Browser, tmp_path: Path, make: Callable[..., str], text: str
) -> None:
    page = tmp_path / "page.html"
    page.write_text(make(3, text=text), encoding="utf-8")
    browser.open(page, width=390, scheme="light")
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value("document.documentElement.scrollWidth") <= 390
    assert browser.value("document.querySelectorAll('script, img, iframe').length") == 0
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_neither_run_nor_make_the_page_wider(browser: Browser, tmp_path: Path, text: str) -> None:
    page = tmp_path / "report.html"
    labels = (text, f"{text} too")
    page.write_text(page_of("binary", labels=labels, name=text, column=text, cell=text), encoding="utf-8")
    browser.open(page, width=390, scheme="light")
    browser.value("document.querySelectorAll('details').forEach(one => one.open = true)")
    assert browser.value("document.documentElement.scrollWidth") <= 390
    assert browser.value("document.querySelectorAll('script, img, iframe').length") == 0
    assert browser.requests() == [page.as_uri()]
    assert browser.complaints() == []


def test_scripts_and_pictures_would_be_refused(browser: Browser, tmp_path: Path) -> None:
    """The policy in the page holds, even where a text had become markup."""
    page = tmp_path / "report.html"
    injected = "<script>document.title = 'ran'</script><img src='http://127.0.0.1:9/x.png'></body>"
    page.write_text(page_of("binary").replace("</body>", injected), encoding="utf-8")
    browser.open(page, width=1280, scheme="light")
    assert browser.value("document.title") == "people-1 · dltrain report"
    assert browser.complaints()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_can_be_told_from_the_paper(browser: Browser, tmp_path: Path, scheme: str) -> None:
    """WCAG 2.2, 1.4.3: a contrast of 4.5 for text."""
    page = tmp_path / "report.html"
    page.write_text(page_of("binary"), encoding="utf-8")
    browser.open(page, width=1280, scheme=scheme)
    told = ("ink", "muted", "accent", "wrong", *(f"run-{number}" for number in range(6)))
    style = "getComputedStyle(document.documentElement).getPropertyValue"
    colours = {name: browser.value(f"{style}('--{name}')").strip() for name in ("paper", *told)}
    for name in told:
        light, dark = sorted((luminance(colours[name]), luminance(colours["paper"])), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def luminance(colour: str) -> float:
    """Relative luminance of #rrggbb, in [0, 1]."""
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize(
    "make", [lambda: page_of("binary"), lambda: comparison_page_of(6), lambda: group_page_of(FOLDS, 6)]
)
def test_on_paper_it_is_black_on_white(browser: Browser, tmp_path: Path, make: Callable[[], str]) -> None:
    page = tmp_path / "report.html"
    page.write_text(make(), encoding="utf-8")
    browser.open(page, width=690, scheme="dark")
    features = [{"name": "prefers-color-scheme", "value": "dark"}]
    browser.send("Emulation.setEmulatedMedia", media="print", features=features)
    assert browser.value("getComputedStyle(document.body).backgroundColor") == PAPER["light"]
    assert browser.value("getComputedStyle(document.querySelector('details')).display") == "none"
    assert browser.value("document.documentElement.scrollWidth") <= 690
