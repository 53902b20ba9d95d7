"""R2 and R1: a fit that is killed again and again ends with the bits of one that is not.

20 kills; 100 with `DLTRAIN_FUZZ=5`.
"""

import random
import shutil
import signal
import time
from pathlib import Path

import pytest

from dltrain.run import load_run
from dltrain.run.checkpoint import is_unfinished
from tests.reliability.fit_recipes import RESUMED
from tests.reliability.fit_results import (
    check_finished,
    check_unfinished,
    contents,
    fingerprint,
    names,
    newest_state,
)
from tests.reliability.fitting import FUZZ, Ended, Launcher, Process, Uninterrupted

pytestmark = pytest.mark.slow

KILLS_IN_A_CHAIN = 5
MOST_FURTHER_CHAINS = 5
"""When the kills before came at the wrong moments, which depends on what else the machine does."""
LONGEST_FINISH_SECONDS = 0.05


class Chain:
    """One training, killed and resumed, in a folder that holds the same training, uninterrupted.

    Args:
        launcher: Starts it.
        config: What it is.
        like: The uninterrupted run.
        dice: Say when it is killed.
    """

    def __init__(self, launcher: Launcher, config: Path, like: Path, dice: random.Random) -> None:
        self._launcher, self._config, self._like, self._dice = launcher, config, like, dice
        self._expected = fingerprint(like)
        self._number = 1
        self.n_kills = 0
        self.steps: list[int] = []
        """Steps of its epoch that the checkpoint had seen after each kill."""

    @property
    def run(self) -> Path:
        """The run directory."""
        return self._like.with_name(f"{self._config.stem}-{self._number}")

    def kill_in_training(self) -> None:
        """Kills it at a random moment after one of its first checkpoints; the very first is where it began."""
        process = self._go_on()
        last = newest_state(self.run) + self._dice.choice((1, 2, 3, 3))
        process.wait_until(lambda: newest_state(self.run) >= last or (self.run / ".result").exists())
        time.sleep(self._dice.uniform(0, training_seconds(self._like) / 2 / KILLS_IN_A_CHAIN))
        self._look_at(process.kill())

    def kill_while_finishing(self) -> None:
        """Kills it while the results are written."""
        process = self._go_on()
        process.wait_until((self.run / ".result").exists)
        time.sleep(self._dice.uniform(0, LONGEST_FINISH_SECONDS))
        self._look_at(process.kill())

    def finish(self) -> None:
        """Lets it come to its end."""
        if is_unfinished(self.run):
            ended = self._go_on().end()
            assert ended.code == 0, ended.err
            check_finished(self.run, self._expected)

    def was_hit(self, n_chains: int) -> bool:
        """Whether most kills came before the end, and one in the middle of an epoch."""
        return self.n_kills >= 0.8 * KILLS_IN_A_CHAIN * n_chains and any(self.steps)

    def _go_on(self) -> Process:
        """Begins to train, from the checkpoint if there is one."""
        if is_unfinished(self.run):
            return self._launcher.start("--resume", self.run)
        self._number += 1
        return self._launcher.start(self._config, "--runs", self.run.parent)

    def _look_at(self, ended: Ended) -> None:
        """What was killed is finished, or can be gone on with (R1)."""
        assert ended.code in (0, -signal.SIGKILL), ended.err
        self.n_kills += ended.code != 0
        if is_unfinished(self.run):
            self.steps.append(check_unfinished(self.run, self._expected).progress.steps)
        else:
            load_run(self.run)
            assert fingerprint(self.run) == self._expected


def training_seconds(run: Path) -> float:
    """How long the epochs of a run took."""
    rows = (run / "history.csv").read_text().splitlines()[1:]
    return sum(float(row.rsplit(",", 1)[1]) for row in rows)


@pytest.mark.parametrize("name", RESUMED)
def test_r1_r2_a_fit_that_is_killed_again_and_again_ends_with_the_same_bits(
    tmp_path: Path, launcher: Launcher, recipes: Path, uninterrupted: Uninterrupted, name: str
) -> None:
    finished = shutil.copytree(uninterrupted(name), tmp_path / f"{name}-1")
    before, dice = contents(finished), random.Random(name)  # noqa: S311
    chain = Chain(launcher, recipes / f"{name}.yaml", finished, dice)
    for n_done in range(FUZZ + MOST_FURTHER_CHAINS):
        if n_done >= FUZZ and chain.was_hit(FUZZ):
            break
        for _ in range(KILLS_IN_A_CHAIN - 1):
            chain.kill_in_training()
        chain.kill_while_finishing()
        chain.finish()
    assert chain.was_hit(FUZZ), f"{chain.n_kills} kills, after these steps of an epoch: {chain.steps}"
    assert contents(finished) == before
    assert not [found for found in names(tmp_path) if found.startswith(".")]
