import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.peers import PEERS, peer_version
from benchmarks.processes import PROJECT
from benchmarks.steps.nets import NETS
from benchmarks.training_steps import JAX, LIMITS, PROGRAMS, TORCH, Limit, judged


@pytest.fixture
def no_peers(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """As if `make peers` had never run."""
    monkeypatch.setenv("DLTRAIN_PEERS_PYTHON", str(tmp_path / "python"))
    peer_version.cache_clear()
    yield
    peer_version.cache_clear()


@pytest.mark.usefixtures("no_peers")
def test_a_peer_that_is_not_installed_is_reported() -> None:
    missing = [program for program in PROGRAMS.values() if program.peer is not None]

    assert {peer_version(distribution) for distribution in PEERS} == {None}
    assert [program.reason_against(NETS["3x64"]) for program in missing] == ["not installed"] * len(missing)


@pytest.mark.usefixtures("no_peers")
@pytest.mark.parametrize("limit", [limit for limit in LIMITS if limit.program in (TORCH, JAX)], ids=str)
def test_a_target_against_a_missing_peer_is_not_measured(limit: Limit) -> None:
    line = judged(limit, {})

    assert line.endswith(f"{limit.program}: not measured, not installed.")


def test_a_package_that_cannot_be_imported_is_not_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DLTRAIN_PEERS_PYTHON", sys.executable)
    monkeypatch.setitem(PEERS, "absent", "absent_module")
    peer_version.cache_clear()

    assert peer_version("absent") is None

    peer_version.cache_clear()


def test_all_peers_are_pinned() -> None:
    lines = (PROJECT / "benchmarks" / "peers.txt").read_text(encoding="utf-8").splitlines()
    pins = dict(line.split("==") for line in lines if not line.startswith("#"))

    assert set(PEERS) <= set(pins)
