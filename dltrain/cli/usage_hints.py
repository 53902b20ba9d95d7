"""What somebody may have meant whose command line cannot be read."""

import shlex
from collections.abc import Sequence
from typing import Final

OTHER_COMMANDS: Final[dict[str, str]] = {
    **dict.fromkeys(("train", "training", "learn", "run"), "dltrain fit CONFIG trains a network"),
    **dict.fromkeys(("resume", "continue"), "dltrain fit --resume RUN goes on with an interrupted run"),
    **dict.fromkeys(("cv", "crossval", "cross-validate", "kfold"), "dltrain fit CONFIG split.folds=5 cross-validates"),
    **dict.fromkeys(("test", "eval", "score", "measure"), "dltrain evaluate RUN scores a run on held-out rows"),
    **dict.fromkeys(("infer", "inference", "apply", "serve"), "dltrain predict FILE predicts the rows of a table"),
    **dict.fromkeys(("validate", "lint", "profile", "inspect"), "dltrain check CONFIG looks at a config and its table"),
    **dict.fromkeys(("new", "create", "start"), "dltrain init FILE --target COLUMN writes a config to begin with"),
    **dict.fromkeys(("ls", "list", "history"), "dltrain runs lists the runs"),
    **dict.fromkeys(("rm", "remove", "delete", "clean"), "dltrain runs --delete RUN removes a run"),
    **dict.fromkeys(("plot", "explain", "html"), "dltrain report RUN writes a page about a run"),
    **dict.fromkeys(("summary", "describe", "info"), "dltrain show RUN prints what a run holds"),
    "diff": "dltrain compare RUN RUN tells what is different about two runs",
    **dict.fromkeys(("export", "deploy", "save"), "a run directory holds model.onnx and model.keras"),
    "version": "dltrain --version",
    "help": "dltrain --help, or dltrain COMMAND --help",
}
"""Names that other tools have for what dltrain can do."""

_WITH_OVERRIDES: Final = ("fit", "check", "split")


def usage_hint(error: BaseException | None, arguments: Sequence[str]) -> str | None:
    """What to write instead, or None where typer's own words say it.

    Args:
        error: What typer refused the command line with.
        arguments: The command line behind `dltrain`.
    """
    if not arguments:
        return None
    command = arguments[0]
    if command in OTHER_COMMANDS:
        return OTHER_COMMANDS[command]
    option = getattr(error, "option_name", None)
    if isinstance(option, str):
        return _option_hint(option, command, _value_of(option, arguments))
    if command == "evaluate" and "unexpected extra argument" in str(error):
        return "dltrain evaluate RUN --data FILE scores another table"
    return None


def _value_of(option: str, arguments: Sequence[str]) -> str:
    """What stands behind an option, or after its equals sign."""
    for argument, following in zip(arguments, [*arguments[1:], "-"], strict=True):
        name, equals, value = argument.partition("=")
        if name == option:
            return value if equals else "VALUE" if following.startswith("-") else following
    return "VALUE"


def _option_hint(option: str, command: str, value: str) -> str | None:
    """Keys of the config, and what other tools call them, are no options."""
    from dltrain.config.problems.key_hints import FOREIGN_NAMES, homes_of

    name = option.lstrip("-").replace("-", "_").lower()
    how = "keys of the config are set without dashes, " if command in _WITH_OVERRIDES else ""
    if name in FOREIGN_NAMES:
        return f"{FOREIGN_NAMES[name]}; {how}KEY=VALUE" if how else FOREIGN_NAMES[name]
    homes = [home for home in homes_of(name) if home and "<" not in home]
    if not homes:
        return None
    # Of the layers, an override names one by its place.
    key = f"{homes[0]}.{name}".replace("model.layers.", "model.layers.0.")
    return f"{how}{shlex.quote(f'{key}={value}')}" if how else f"{key} is a key of the config"
