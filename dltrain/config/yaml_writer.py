"""A config as YAML that our own reader reads back to an equal config."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from dltrain.config.config import Config
from dltrain.config.scalars import is_text
from dltrain.config.section import Section

_WIDTH: Final = 120


class _Representer(yaml.representer.SafeRepresenter):
    """Quotes every text that our reader, which follows YAML 1.2, would not read as text; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=None if is_text(text) else '"')


_Representer.add_representer(str, _Representer.represent_text)


def to_yaml(config: Config) -> str:
    """All keys in the order of the sections, defaults included; a key whose None is its default is left out."""
    representer = _Representer(sort_keys=False)
    representer.default_flow_style = None  # type: ignore[assignment]  # None: on one line where it is simple
    node = representer.represent_data(_plain(config))
    assert isinstance(node, yaml.MappingNode)  # noqa: S101 - a config is a mapping
    # Sections stand in lines of their own; what is below them, on one line where it is simple.
    for _, section in node.value:
        if isinstance(section, yaml.MappingNode):
            section.flow_style = False
    return yaml.serialize(node, Dumper=yaml.SafeDumper, allow_unicode=True, width=_WIDTH)


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        fields = type(value).model_fields
        items = {name: getattr(value, name) for name in fields}
        # Where None is not the default, it means something: `early_stopping: null` trains all epochs.
        return {
            name: _plain(item)
            for name, item in items.items()
            if item is not None or fields[name].get_default(call_default_factory=True) is not None
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value
