"""A config as YAML that our own reader reads back to an equal config."""

from collections.abc import Mapping
from typing import Any, Final

import yaml

from dltrain.config.config import Config
from dltrain.config.sections.section import Section
from dltrain.config.yaml.reader import read_yaml
from dltrain.config.yaml.scalars import is_text
from dltrain.errors import ConfigError

_WIDTH: Final = 120

# libyaml's writer where PyYAML was built with it, as its wheels are: nine times as fast.
_DUMPER: Final = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


class _Representer(yaml.representer.SafeRepresenter):
    """Quotes every text that our reader, which follows YAML 1.2, would not read as text; writes no aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def represent_text(self, text: str) -> yaml.ScalarNode:
        # PyYAML leaves the line break U+0085 as it is unless the text is in double quotes.
        style = None if is_text(text) and text.isprintable() else '"'
        return self.represent_scalar("tag:yaml.org,2002:str", text, style=style)


_Representer.add_representer(str, _Representer.represent_text)


def to_yaml(config: Config) -> str:
    """All keys in the order of the sections, defaults included; a key whose None is its default is left out."""
    node = _Representer(sort_keys=False).represent_data(_plain(config))
    _lay_out(node, depth=0)
    return yaml.serialize(node, Dumper=_DUMPER, allow_unicode=True, width=_WIDTH)


def check_can_be_read_back(config: Config) -> None:
    """Checks that a config is not too large for our own reader: a run whose config cannot be read is lost.

    Raises:
        ConfigError: It is.
    """
    try:
        read_yaml(to_yaml(config), source="config.yaml")
    except ConfigError as error:
        n_features = len(config.data.features or ())
        raise ConfigError(
            f"the config with every default filled in, which is saved with the run, is too large to be read again: "
            f"{error.message}; it names {n_features:,} feature columns",
            hint="leave columns out with data.drop, or give them shorter names",
        ) from error


def _plain(value: Any) -> Any:
    if isinstance(value, Section):
        fields = type(value).model_fields
        # The type says what the other keys mean.
        names = sorted(fields, key=lambda name: name != "type")
        # Where None is not the default, it means something: `early_stopping: null` trains all epochs.
        return {
            name: _plain(item)
            for name in names
            if (item := getattr(value, name)) is not None or fields[name].default is not None
        }
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, Mapping):
        return {key: _plain(item) for key, item in value.items()}
    return value


def _lay_out(node: yaml.Node, *, depth: int) -> None:
    """Puts lists and mappings of scalars on one line; the keys of a section have lines of their own."""
    if not isinstance(node, yaml.CollectionNode):
        return
    is_mapping = isinstance(node, yaml.MappingNode)
    children = [value for _, value in node.value] if is_mapping else node.value
    is_simple = all(isinstance(child, yaml.ScalarNode) for child in children)
    node.flow_style = is_simple and not (is_mapping and depth < 2)
    for child in children:
        _lay_out(child, depth=depth + 1)
