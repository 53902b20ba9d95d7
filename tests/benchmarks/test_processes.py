from pathlib import Path

import pytest

from benchmarks.processes import Command, python, ratios, run, run_in_turns


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
def test_commands_run_in_turns(tmp_path: Path, warm_up: bool) -> None:
    log = tmp_path / "log.txt"
    commands = {name: python("-c", f"open({str(log)!r}, 'a').write('{name}')") for name in "ab"}

    measured = run_in_turns(commands, rounds=2, warm_up=warm_up)

    assert log.read_text() == ("ababab" if warm_up else "abab")
    assert {name: len(runs) for name, runs in measured.items()} == {"a": 2, "b": 2}


def test_ratios_are_those_of_each_round() -> None:
    assert ratios([4, 9], [2, 3]) == [2, 3]
