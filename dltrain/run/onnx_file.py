"""model.onnx, checked without the onnx package before ONNX Runtime sees it.

ONNX Runtime would read weights from other files, run loops and custom operators, and believe any shape. Here a file
passes only if it holds the planned graph and nothing else, with all of its weights inside.

The field numbers are those of onnx.proto, https://github.com/onnx/onnx/blob/main/onnx/onnx.proto. Only the fields that
dltrain writes are named, so external data, functions, subgraphs, other types and metadata are all unexpected fields.
"""

import struct
from typing import Any, Final

from dltrain.config.onnx_plan import IR_VERSION, OPSET, PRODUCER, OnnxNode, OnnxPlan, Weight
from dltrain.config.yaml.document import shown_text
from dltrain.run.protobuf import Field, Message, read_message

_FLOAT: Final = 1
"""TensorProto.DataType and AttributeProto.AttributeType both call float32 1."""
_INT: Final = 2
"""AttributeProto.AttributeType."""

_DIMENSION: Final[Message] = {1: Field("dim_value", "integer"), 2: Field("dim_param", "text")}
_SHAPE: Final[Message] = {1: Field("dim", _DIMENSION, repeated=True)}
_TENSOR_TYPE: Final[Message] = {1: Field("elem_type", "integer"), 2: Field("shape", _SHAPE)}
_TYPE: Final[Message] = {1: Field("tensor_type", _TENSOR_TYPE)}
_VALUE_INFO: Final[Message] = {1: Field("name", "text"), 2: Field("type", _TYPE)}
_TENSOR: Final[Message] = {
    1: Field("dims", "integer", repeated=True),
    2: Field("data_type", "integer"),
    8: Field("name", "text"),
    9: Field("raw_data", "bytes"),
}
_ATTRIBUTE: Final[Message] = {
    1: Field("name", "text"),
    2: Field("f", "float"),
    3: Field("i", "integer"),
    20: Field("type", "integer"),
}
_NODE: Final[Message] = {
    1: Field("input", "text", repeated=True),
    2: Field("output", "text", repeated=True),
    3: Field("name", "text"),
    4: Field("op_type", "text"),
    5: Field("attribute", _ATTRIBUTE, repeated=True),
}
_GRAPH: Final[Message] = {
    1: Field("node", _NODE, repeated=True),
    2: Field("name", "text"),
    5: Field("initializer", _TENSOR, repeated=True),
    11: Field("input", _VALUE_INFO, repeated=True),
    12: Field("output", _VALUE_INFO, repeated=True),
}
_OPSET: Final[Message] = {1: Field("domain", "text"), 2: Field("version", "integer")}
_MODEL: Final[Message] = {
    1: Field("ir_version", "integer"),
    2: Field("producer_name", "text"),
    7: Field("graph", _GRAPH),
    8: Field("opset_import", _OPSET, repeated=True),
}

_MAX_FIELDS_EACH: Final = 32
"""Fields of one node or weight; the richest one has 14."""


def check_onnx(content: bytes, plan: OnnxPlan) -> None:
    """Checks that a file holds exactly the planned graph.

    Raises:
        ValueError: With the first difference.
    """
    max_fields = _MAX_FIELDS_EACH * (4 + len(plan.nodes) + len(plan.weights))
    found = read_message(content, _MODEL, max_fields=max_fields)
    difference = _difference(_expected(plan), found, "model")
    if difference is not None:
        raise ValueError(difference)


def _expected(plan: OnnxPlan) -> dict[str, Any]:
    """What `read_message` should give."""
    return {
        "ir_version": IR_VERSION,
        "producer_name": PRODUCER,
        "graph": {
            "node": [_node(node) for node in plan.nodes],
            "name": "network",
            "initializer": [_tensor(weight) for weight in plan.weights],
            "input": [_value_info("features", plan.n_features)],
            "output": [_value_info("prediction", plan.n_outputs)],
        },
        "opset_import": [{"domain": "", "version": OPSET}],
    }


def _node(node: OnnxNode) -> dict[str, Any]:
    return {
        "input": list(node.inputs),
        "output": [node.name],
        "name": node.name,
        "op_type": node.kind,
        "attribute": [_attribute(name, value) for name, value in node.attributes.items()],
    }


def _attribute(name: str, value: float) -> dict[str, Any]:
    if isinstance(value, int):
        return {"name": name, "i": value, "type": _INT}
    return {"name": name, "f": struct.unpack("<f", struct.pack("<f", value))[0], "type": _FLOAT}


def _tensor(weight: Weight) -> dict[str, Any]:
    data = weight.n_bytes if weight.value is None else struct.pack("<f", weight.value)
    return {"dims": list(weight.shape), "data_type": _FLOAT, "name": weight.name, "raw_data": data}


def _value_info(name: str, width: int) -> dict[str, Any]:
    shape = {"dim": [{"dim_param": "n"}, {"dim_value": width}]}
    return {"name": name, "type": {"tensor_type": {"elem_type": _FLOAT, "shape": shape}}}


def _difference(expected: Any, found: Any, where: str) -> str | None:
    """The first place in which two structures differ, None if they do not. A number stands for that many bytes."""
    match expected, found:
        case dict(), dict():
            pairs = ((f"{where}.{key}", expected.get(key), found.get(key)) for key in {**expected, **found})
        case list(), list() if len(expected) == len(found):
            pairs = ((f"{where}[{index}]", *pair) for index, pair in enumerate(zip(expected, found, strict=True)))
        case int(), memoryview():
            return None if expected == found.nbytes else f"{where}: expected {expected:,} bytes, got {found.nbytes:,}"
        case _:
            return None if expected == found else f"{where}: expected {_shown(expected)}, got {_shown(found)}"
    return next((text for pair in pairs if (text := _difference(pair[1], pair[2], pair[0])) is not None), None)


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return f"{len(value):,} of them"
    if isinstance(value, (bytes, memoryview)):
        return f"0x{bytes(value[:8]).hex()}"
    return "none" if value is None else "a message" if isinstance(value, dict) else shown_text(repr(value))
