from pathlib import Path

import pytest

from benchmarks import processes
from benchmarks.processes import Command, Measurement, python, ratios, run, run_in_turns, run_undisturbed, stolen_share


def test_a_command_reads_a_file_and_its_output_is_kept(tmp_path: Path) -> None:
    source = tmp_path / "in.txt"
    source.write_text('{"rows": 3}')
    copy = python("-c", "import sys; print(sys.stdin.read())")

    measurement = run(Command(copy.arguments, stdin=source))

    assert measurement.result == {"rows": 3}
    assert measurement.seconds > 0
    assert measurement.megabytes > 1


def test_another_exit_code_is_an_error_that_holds_what_was_printed() -> None:
    with pytest.raises(RuntimeError, match="expected exit code 0, got 3\nno table"):
        run(python("-c", "import sys; print('no table', file=sys.stderr); sys.exit(3)"))


@pytest.mark.parametrize("warm_up", [True, False])
def test_commands_run_in_turns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, warm_up: bool) -> None:
    log = tmp_path / "log.txt"
    # A busy machine would repeat some of them.
    monkeypatch.setattr(processes, "stolen_share", lambda *_: 0.0)
    commands = {name: python("-c", f"open({str(log)!r}, 'a').write('{name}')") for name in "ab"}

    measured = run_in_turns(commands, rounds=2, warm_up=warm_up)

    assert log.read_text() == ("ababab" if warm_up else "abab")
    assert {name: len(runs) for name, runs in measured.items()} == {"a": 2, "b": 2}


@pytest.mark.parametrize(
    ("shares", "expected"), [([0.0], 0.0), ([0.3, 0.04], 0.04), ([0.3, 0.2, 0.4], 0.2), ([0.06, 0.5, 0.4], 0.06)]
)
def test_a_disturbed_run_is_repeated(monkeypatch: pytest.MonkeyPatch, shares: list[float], expected: float) -> None:
    waiting = iter(shares)
    monkeypatch.setattr(processes, "run", lambda _: Measurement(1.0, 1.0, stolen=next(waiting)))

    assert run_undisturbed(Command(("work",))).stolen == expected
    assert list(waiting) == []


def test_much_stolen_time_is_told(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(processes, "run", lambda command: Measurement(1.0, 1.0, stolen=float(command.arguments[0])))

    run_in_turns({"calm": Command(("0.01",))}, rounds=1)
    assert capsys.readouterr().out == ""

    run_in_turns({"calm": Command(("0.01",)), "busy": Command(("0.25",))}, rounds=1)
    assert capsys.readouterr().out.startswith("The host of this machine took up to 25% of the processor time of a run")


@pytest.mark.parametrize(
    ("before", "after", "share"),
    [
        ("", "", 0.0),
        ("cpu 1 1 1 1 1 1 1 1 9 9\ncpu0 0", "cpu 1 1 1 5 5 1 1 1 9 9\ncpu0 5", 0.0),  # nobody wanted anything
        ("cpu 10 0 0 7 7 0 0 5 0 0\n", "cpu 11 1 1 9 9 1 1 8 0 0\n", 3 / 8),
    ],
)
def test_stolen_time_is_a_share_of_what_was_wanted(before: str, after: str, share: float) -> None:
    assert stolen_share(before, after) == share


def test_ratios_are_those_of_each_round() -> None:
    assert ratios([4, 9], [2, 3]) == [2, 3]
