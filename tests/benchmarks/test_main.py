from pathlib import Path

import pytest

from benchmarks.__main__ import BENCHMARKS, kept_sections, page, section
from benchmarks.markdown import target
from benchmarks.peers import peer_version
from benchmarks.processes import PROJECT


def sections(**outputs: str) -> dict[str, str]:
    return {
        benchmark.module: section(benchmark, [], outputs.get(benchmark.module, f"What {benchmark.module} printed."))
        for benchmark in BENCHMARKS
    }


def test_the_page_starts_with_the_machine_and_all_targets(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DLTRAIN_PEERS_PYTHON", str(tmp_path / "python"))
    peer_version.cache_clear()
    goal = target("--help in at most 2.5 × typer", is_reached=True, measured="1.2 (1.1–1.3)")

    text = page(sections(start_up=goal))
    peer_version.cache_clear()

    headings = [line.removeprefix("## ") for line in text.splitlines() if line.startswith("## ")]
    assert headings == ["Targets", *(benchmark.heading for benchmark in BENCHMARKS)]
    assert "| --help in at most 2.5 × typer | reached | 1.2 (1.1–1.3) | `start_up` |" in text
    assert all(
        f"What {benchmark.module} printed." in text for benchmark in BENCHMARKS if benchmark.module != "start_up"
    )
    assert "torch (not installed), jax (not installed)" in text


def test_sections_of_a_page_can_be_kept() -> None:
    written = sections(start_up="| a | table |\n\n- Target: something: reached.")
    assert kept_sections(page(written)) == written


def test_the_page_names_the_arguments_but_no_folder() -> None:
    text = section(BENCHMARKS[0], ["--rounds", "1", "--tables", "/home/somebody/tables"], "Output.")
    assert f"`python -m benchmarks.{BENCHMARKS[0].module} --rounds 1 --tables DIR`" in text
    assert "somebody" not in text


def test_every_benchmark_is_a_module_of_the_package() -> None:
    assert all((PROJECT / "benchmarks" / f"{benchmark.module}.py").exists() for benchmark in BENCHMARKS)
