"""Whether the packages of the logs that a config asks for are installed; none of them is imported."""

from collections.abc import Iterator
from importlib.util import find_spec

from dltrain.config import LoadedConfig
from dltrain.config.problems.problems import Problem, config_error
from dltrain.config.sections.logs import LogsSection, sqlite_path


def check_packages(loaded: LoadedConfig) -> None:
    """Checks that every log can be written.

    Raises:
        ConfigError: Packages are missing.
    """
    logs = loaded.config.logs
    if logs is not None and (problems := list(_missing(logs))):
        raise config_error(problems, loaded.document)


def _missing(logs: LogsSection) -> Iterator[Problem]:
    if logs.tensorboard is not None and not _is_installed("tensorboard"):
        yield _problem("tensorboard", ["tensorboard"])
    if logs.mlflow is not None:
        # A server keeps its own database.
        needed = ["mlflow"] if sqlite_path(logs.mlflow.tracking_uri) is None else ["mlflow", "sqlalchemy", "alembic"]
        if missing := [name for name in needed if not _is_installed(name)]:
            yield _problem("mlflow", missing)


def _problem(extra: str, missing: list[str]) -> Problem:
    verb, noun = ("is", "package") if len(missing) == 1 else ("are", "packages")
    text = f"expected the {noun} {', '.join(missing)}, which {verb} not installed"
    return Problem(("logs", extra), text, f"pip install 'dltrain[{extra}]', or do without: logs.{extra}=null")


def _is_installed(name: str) -> bool:
    spec = find_spec(name)
    # A folder of that name in the working directory, such as one with logs, has no origin.
    return spec is not None and spec.origin is not None
