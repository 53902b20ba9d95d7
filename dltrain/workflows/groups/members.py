"""Fitting the runs of a group one after the other: folds, or seeds."""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TypeVar

from dltrain.config import LoadedConfig
from dltrain.config.sections.logs import LogsSection
from dltrain.errors import Interrupted, OutputError, RunError, TrainingError
from dltrain.run import Run, UnfinishedRun, load_run
from dltrain.run.average import average_path, has_average
from dltrain.run.checkpoint import origin_config, resume_command
from dltrain.run.members import (
    SEEDS,
    Group,
    GroupOrigin,
    check_next_member,
    is_finished,
    member_path,
    member_state,
    read_origin_as,
)
from dltrain.workflows.fit import complete, origin_of
from dltrain.workflows.fitting.audience import Audience
from dltrain.workflows.fitting.events import MemberBegan
from dltrain.workflows.fitting.preparing import Prepared
from dltrain.workflows.fitting.unchanged import check_data, check_same_config, check_versions
from dltrain.workflows.resume import given_config, resume
from dltrain.workflows.rows.own_tables import with_own_tables

AnyOrigin = TypeVar("AnyOrigin", bound=GroupOrigin)


def reopen_group(
    path: Path,
    group: Group,
    model: type[AnyOrigin],
    config: Path | None,
    overrides: Sequence[str],
    *,
    is_trained: bool = False,
) -> tuple[AnyOrigin, LoadedConfig]:
    """What an unfinished group was begun with, and the config to go on with.

    Args:
        path: The directory.
        group: What kind of group.
        model: Of its origin.
        config: The config file, to make sure that it still says the same; None takes what was kept.
        overrides: `KEY=VALUE`, as it was begun with.
        is_trained: Whether nothing is left to train: then it may be finished, and of other versions.

    Raises:
        ConfigError: Versions or the config are not those it was begun with.
        RunError: It is finished or damaged.
    """
    if is_finished(path, group) and not is_trained:
        raise RunError(
            f"{path}: expected an unfinished {group.noun}, this one is finished", hint=_finished_hint(path, group)
        )
    origin = with_own_tables(read_origin_as(model, path, group), path)
    stored = origin_config(origin, source=str(path))
    if not is_trained:
        check_versions(path, origin)
    given = given_config(stored, config, overrides)
    check_same_config(path, stored.config, given.config)
    return origin, given


def _finished_hint(path: Path, group: Group) -> str | None:
    if group != SEEDS:
        return None
    if has_average(path):
        return f"the average of its seeds is {average_path(path)}"
    return f"{resume_command(path)} --average makes the average of its seeds"


@dataclass(frozen=True)
class Members:
    """The runs of a group at work.

    Attributes:
        path: The directory.
        group: What kind of group.
        origin: What it was begun with.
        total: How many runs there are.
        rows_of: Gives the rows of a run, by its number.
        audience: Who follows it.
        finish_import: Waits for TensorFlow.
        logs: What other programs are told.
    """

    path: Path
    group: Group
    origin: GroupOrigin
    total: int
    rows_of: Callable[[int], Prepared]
    audience: Audience
    finish_import: Callable[[], None]
    logs: LogsSection | None

    def fit(self) -> list[Run]:
        """Fits what is not finished yet; gives all runs."""
        for number in range(1, self.total + 1):
            with self.naming(f"in {self.group.member} {number} of {self.total}"):
                state = member_state(self.path, self.group, number)
                if state != "finished":
                    self.audience.notify(MemberBegan(self.group.member, number, self.total))
                if state == "missing":
                    self._fit_new(number)
                elif state == "unfinished":
                    self.finish_import()
                    self._resume(number)
        return [load_run(member_path(self.path, self.group, number)) for number in range(1, self.total + 1)]

    def _fit_new(self, number: int) -> None:
        audience = self.audience
        prepared = self.rows_of(number)
        check_data(self.path, self.origin, prepared.files)
        check_next_member(self.path, self.group, number)
        audience.notify(prepared.summary)
        with audience.watch.stage("import"):
            self.finish_import()
        with UnfinishedRun(self.path, self.group.member, origin_of(prepared)) as run:
            complete(prepared, run, None, audience, whole=self.path)

    def _resume(self, number: int) -> None:
        # The run has a config of its own, in which the logs may be others than those that are asked for now.
        logs = None if self.logs is None else self.logs.model_dump(mode="json")
        path, change = member_path(self.path, self.group, number), f"logs={json.dumps(logs)}"
        # TensorFlow is there.
        audience = replace(self.audience, imports_ahead=False)
        resume(path, overrides=[change], audience=audience, whole=self.path)

    @contextmanager
    def naming(self, where: str) -> Iterator[None]:
        """Says in errors which run it was, and how to go on."""
        try:
            yield
        except Interrupted as error:
            text = f"{where} {error.message}".rstrip()
            if "\nhint: " not in text:
                text += f"; what is finished is kept\nhint: {resume_command(self.path)} goes on"
            raise Interrupted(text) from error
        except TrainingError as error:
            raise TrainingError(f"{where}: {error.message}", hint=error.hint) from error
        except OutputError as error:
            hint = f"what is finished is kept; {resume_command(self.path)} goes on once it can be written"
            raise OutputError(error.message, hint=error.hint or hint) from error
