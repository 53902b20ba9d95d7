"""What docs/guide.md tells happens, word for word."""

from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.pages import follow, matches


@pytest.mark.slow
def test_the_guide_tells_what_happens(tmp_path: Path) -> None:
    problems = follow(PROJECT / "docs" / "guide.md", tmp_path, config="mpg.yaml")
    assert not problems, "\n\n".join(problems)


@pytest.mark.parametrize(
    ("shown", "printed", "expected"),
    [
        (["a", "…", "rmse  2.5  -3.25"], ["a", "b", "", "rmse    2.41  10.1"], True),
        (["epochs    stopped after 3"], ["epoch 1/9  loss 1", "epochs    stopped after 21"], True),
        (["1,prius,37.35078961000184,new"], ["1,prius,37.35078961000199,new"], True),
        (["rows  2"], ["rows  3"], False),
        (["'cyl': PSI 0.74"], ["'cyl': PSI 0.75"], False),
        (["a"], ["a", "b"], False),
        (["…", "a"], ["b"], False),
    ],
)
def test_outputs_are_compared_but_for_what_is_left_out_and_learned_figures(
    shown: list[str], printed: list[str], *, expected: bool
) -> None:
    assert matches(shown, printed) is expected
