"""What two configs say differently of what is trained."""

from typing import Any

from dltrain.config.config import Config
from dltrain.config.yaml.document import dotted


def config_differences(first: Config, second: Config) -> dict[str, tuple[Any, Any]]:
    """Dotted key → its values in both, None where one has no such key. Logs change nothing, so they do not count.

    >>> from dltrain.config import config_from_dict
    >>> content = {"data": {"path": "a.csv", "target": "y"}, "model": {"layers": []}}
    >>> first, second = (config_from_dict(content, [f"training.epochs={n}"]).config for n in (1, 2))
    >>> config_differences(first, second)
    {'training.epochs': (1, 2)}
    """
    one, other = (_leaves(config.model_dump(mode="json", exclude={"logs"}), ()) for config in (first, second))
    keys = [*one, *(key for key in other if key not in one)]
    return {dotted(key): (one.get(key), other.get(key)) for key in keys if one.get(key) != other.get(key)}


def _leaves(value: Any, path: tuple[str | int, ...]) -> dict[tuple[str | int, ...], Any]:
    """The values in nested dictionaries and lists by their path; empty ones are values themselves."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = {key: leaf for name, part in items for key, leaf in _leaves(part, (*path, name)).items()}
    return found or {path: value}
