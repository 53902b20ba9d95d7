"""What docs/seeds.md shows is printed."""

from pathlib import Path

import pytest

from tests.conftest import PROJECT
from tests.pages import follow


@pytest.mark.slow
def test_the_page_shows_what_is_printed(tmp_path: Path) -> None:
    problems = follow(PROJECT / "docs" / "seeds.md", tmp_path, config="concrete.yaml")
    assert not problems, "\n\n".join(problems)
