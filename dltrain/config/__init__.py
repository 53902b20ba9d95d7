"""What the YAML says: typed sections, a strict reader, overrides, cross-checks, JSON Schema."""

from dltrain.config.checks.cross_checks import check_columns, check_config
from dltrain.config.config import Config
from dltrain.config.json_schema import config_schema
from dltrain.config.load import LoadedConfig, config_from_dict, config_from_document, load_config
from dltrain.config.resolve import resolve_config
from dltrain.config.yaml_writer import to_yaml

__all__ = [
    "Config",
    "LoadedConfig",
    "load_config",
    "config_from_dict",
    "config_from_document",
    "check_config",
    "check_columns",
    "resolve_config",
    "to_yaml",
    "config_schema",
]
