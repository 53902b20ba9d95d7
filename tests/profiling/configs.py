"""Configs for the tests of this room."""

from typing import Any

from dltrain.config import Config, config_from_dict


def config_of(**sections: Any) -> Config:
    """A config of a table `t.csv` whose target is `y`; sections are merged into it."""
    content: dict[str, Any] = {"data": {"path": "t.csv", "target": "y"}, "model": {"layers": []}}
    for name, values in sections.items():
        content[name] = {**content.get(name, {}), **values} if isinstance(values, dict) else values
    return config_from_dict(content).config
