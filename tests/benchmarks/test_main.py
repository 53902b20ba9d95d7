from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, page
from benchmarks.markdown import target
from benchmarks.peers import peer_version
from benchmarks.processes import PROJECT


@pytest.mark.parametrize("is_quick", [True, False])
def test_the_page_starts_with_the_machine_and_all_targets(
    is_quick: bool, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DLTRAIN_PEERS_PYTHON", str(tmp_path / "python"))
    peer_version.cache_clear()
    outputs = {benchmark.module: f"What {benchmark.module} printed." for benchmark in BENCHMARKS}
    outputs["start_up"] += "\n\n" + target("--help in at most 2.5 × typer", is_reached=True, measured="1.2 (1.1–1.3)")

    text = page(outputs, is_quick=is_quick)
    peer_version.cache_clear()

    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["Targets", *(benchmark.heading for benchmark in BENCHMARKS)]
    assert "| --help in at most 2.5 × typer | reached | 1.2 (1.1–1.3) | `start_up` |" in text
    assert all(f"What {benchmark.module} printed." in text for benchmark in BENCHMARKS)
    assert "torch (not installed), jax (not installed)" in text
    assert ("--quick" in text) == is_quick


def test_every_benchmark_is_a_module_of_the_package() -> None:
    assert all((PROJECT / "benchmarks" / f"{benchmark.module}.py").exists() for benchmark in BENCHMARKS)
