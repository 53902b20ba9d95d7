"""Whatever else an ONNX file may hold is refused, before ONNX Runtime sees it."""

import time
from collections.abc import Callable

import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper

from dltrain.config import load_config
from dltrain.config.onnx_plan import OnnxPlan, plan_onnx
from dltrain.run.onnx_file import check_onnx
from tests.conftest import GOLDEN

PATH = GOLDEN / "people-1/model.onnx"
CONTENT = PATH.read_bytes()


def golden_plan() -> OnnxPlan:
    config = load_config(GOLDEN / "people-1/config.yaml").config
    return plan_onnx(config.model, n_features=11, n_outputs=1)


def model_with(change: Callable[[onnx.ModelProto], object]) -> bytes:
    model = onnx.load(PATH)
    change(model)
    return bytes(model.SerializeToString())


def test_the_golden_network_passes() -> None:
    check_onnx(CONTENT, golden_plan())
    check_onnx(model_with(lambda model: None), golden_plan())


def _add_external_data(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value="../../etc/passwd")


def _add_float_data(model: onnx.ModelProto) -> None:
    tensor = model.graph.initializer[0]
    tensor.ClearField("raw_data")
    tensor.float_data.extend([1.0] * 11)


def _add_loop(model: onnx.ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node.append(helper.make_node("Loop", ["", ""], ["x"], body=body))


def _replace_by_loop(model: onnx.ModelProto) -> None:
    body = helper.make_graph([], "body", [], [])
    model.graph.node[3].CopyFrom(helper.make_node("Loop", ["Gemm_2"], ["Relu_3"], name="Relu_3", body=body))


def _set(name: str, value: object) -> Callable[[onnx.ModelProto], object]:
    return lambda model: setattr(model, name, value)


CHANGES: dict[str, tuple[Callable[[onnx.ModelProto], object], str]] = {
    "external data": (_add_external_data, "unexpected field"),
    "numbers in another field": (_add_float_data, "unexpected field 4"),
    "another ir version": (_set("ir_version", 10), "model.ir_version: expected 8, got 10"),
    "a domain": (_set("domain", "x"), "unexpected field 4"),
    "text for people": (_set("doc_string", "x"), "unexpected field 6"),
    "a second operator set": (
        lambda model: model.opset_import.append(helper.make_opsetid("com.microsoft", 1)),
        "model.opset_import: expected 1 of them, got 2 of them",
    ),
    "another operator set": (
        lambda model: setattr(model.opset_import[0], "domain", "evil"),
        r"model.opset_import\[0\].domain: expected '', got 'evil'",
    ),
    "a newer operator set": (lambda model: setattr(model.opset_import[0], "version", 18), "expected 17, got 18"),
    "metadata": (lambda model: model.metadata_props.add(key="a", value="b"), "unexpected field 14"),
    "training": (lambda model: model.training_info.add(), "unexpected field 20"),
    "a function": (lambda model: model.functions.add(name="f", domain="d"), "unexpected field 25"),
    "an operator more": (
        lambda model: model.graph.node.append(helper.make_node("Relu", ["prediction"], ["x"])),
        "model.graph.node: expected 8 of them, got 9 of them",
    ),
    "an operator less": (lambda model: model.graph.node.pop(), "expected 8 of them, got 7"),
    "a loop": (_add_loop, "unexpected field 6"),
    "a loop instead": (_replace_by_loop, "unexpected field 6"),
    "another operator": (
        lambda model: setattr(model.graph.node[3], "op_type", "Elu"),
        r"model.graph.node\[3\].op_type: expected 'Relu', got 'Elu'",
    ),
    "an operator's domain": (lambda model: setattr(model.graph.node[3], "domain", "evil"), "unexpected field 7"),
    "another input": (
        lambda model: model.graph.node[3].input.__setitem__(0, "features"),
        r"node\[3\].input\[0\]: expected 'Gemm_2', got 'features'",
    ),
    "another result": (
        lambda model: model.graph.node[3].output.append("more"),
        r"node\[3\].output: expected 1 of them, got 2 of them",
    ),
    "an attribute more": (
        lambda model: model.graph.node[2].attribute.append(helper.make_attribute("transA", 1)),
        r"node\[2\].attribute: expected 0 of them, got 1 of them",
    ),
    "another attribute": (
        lambda model: setattr(model.graph.node[4].attribute[0], "i", 0),
        r"node\[4\].attribute\[0\].i: expected -1, got 0",
    ),
    "a text attribute": (
        lambda model: setattr(model.graph.node[4].attribute[0], "s", b"x"),
        "unexpected field 4",
    ),
    "two values in an attribute": (
        lambda model: setattr(model.graph.node[4].attribute[0], "f", 1.0),
        r"attribute\[0\].f: expected none, got 1.0",
    ),
    "a sparse weight": (lambda model: model.graph.sparse_initializer.add(), "unexpected field 15"),
    "a declared intermediate": (lambda model: model.graph.value_info.add(name="x"), "unexpected field 13"),
    "a weight more": (
        lambda model: model.graph.initializer.add(name="x", data_type=1, dims=[0]),
        "model.graph.initializer: expected 8 of them, got 9 of them",
    ),
    "a huge shape": (
        lambda model: model.graph.initializer[0].dims.__setitem__(0, 2**62),
        r"initializer\[0\].dims\[0\]: expected 11, got 4611686018427387904",
    ),
    "a negative shape": (
        lambda model: model.graph.initializer[0].dims.__setitem__(0, -1),
        r"initializer\[0\].dims\[0\]: expected 11, got -1",
    ),
    "too many dimensions": (lambda model: model.graph.initializer[0].dims.extend([1] * 3), "expected 1 of them, got 4"),
    "texts as weights": (
        lambda model: setattr(model.graph.initializer[0], "data_type", TensorProto.STRING),
        r"initializer\[0\].data_type: expected 1, got 8",
    ),
    "a weight cut short": (
        lambda model: setattr(model.graph.initializer[0], "raw_data", bytes(40)),
        r"initializer\[0\].raw_data: expected 44 bytes, got 40",
    ),
    "another name of a weight": (
        lambda model: setattr(model.graph.initializer[0], "name", "\x1b[2J"),
        r"expected 'batch_normalization_1.factor', got '\\x1b\[2J'",
    ),
    "an input more": (
        lambda model: model.graph.input.append(helper.make_tensor_value_info("x", 1, [1])),
        "model.graph.input: expected 1 of them, got 2 of them",
    ),
    "another input width": (
        lambda model: setattr(model.graph.input[0].type.tensor_type.shape.dim[1], "dim_value", 12),
        r"input\[0\].type.tensor_type.shape.dim\[1\].dim_value: expected 11, got 12",
    ),
    "a fixed number of rows": (
        lambda model: setattr(model.graph.input[0].type.tensor_type.shape.dim[0], "dim_value", 1),
        r"input\[0\].type.tensor_type.shape.dim\[0\].dim_",
    ),
    "another output width": (
        lambda model: setattr(model.graph.output[0].type.tensor_type.shape.dim[1], "dim_value", 2),
        r"output\[0\].type.tensor_type.shape.dim\[1\].dim_value: expected 1, got 2",
    ),
    "another type of input": (
        lambda model: setattr(model.graph.input[0].type.tensor_type, "elem_type", 11),
        r"input\[0\].type.tensor_type.elem_type: expected 1, got 11",
    ),
    "a sequence as input": (
        lambda model: model.graph.input[0].type.sequence_type.SetInParent(),
        "unexpected field 4",
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_any_other_model_is_refused(name: str) -> None:
    change, text = CHANGES[name]
    with pytest.raises(ValueError, match=text):
        check_onnx(model_with(change), golden_plan())


def test_another_constant_is_refused() -> None:
    plan = OnnxPlan(1, 1)
    plan.add("Clip", "features", plan.constant(0.0))
    graph = helper.make_graph(
        [helper.make_node("Clip", ["features", "constant_0"], ["Clip_0"], name="Clip_0")],
        "network",
        [helper.make_tensor_value_info("features", 1, ["n", 1])],
        [helper.make_tensor_value_info("prediction", 1, ["n", 1])],
        [helper.make_tensor("constant_0", 1, [], b"\x00\x00\x80\x3f", raw=True)],
    )
    model = helper.make_model(graph, ir_version=8, producer_name="dltrain", opset_imports=[helper.make_opsetid("", 17)])
    with pytest.raises(ValueError, match=r"raw_data: expected 0x00000000, got 0x0000803f"):
        check_onnx(model.SerializeToString(), plan)


@pytest.mark.parametrize("field", ["model.opset_import", "graph.node"])
def test_a_million_empty_fields_are_refused_at_once(field: str) -> None:
    content = b"\x42\x00" * 2**20 if field == "model.opset_import" else _field(7, b"\x0a\x00" * 2**20)
    started = time.thread_time()
    with pytest.raises(ValueError, match=r"expected at most 640 fields, got more"):
        check_onnx(content, golden_plan())
    assert time.thread_time() - started < 0.2


def test_weights_take_no_time() -> None:
    """They are neither looked at nor copied."""
    plan = OnnxPlan(1, 1)
    plan.weight("w", 10**7)
    tensor = b"\x08" + _varint(10**7) + b"\x10\x01\x42\x01w" + _field(9, bytes(4 * 10**7))
    content = _field(7, _field(5, tensor))

    def seconds() -> float:
        started = time.thread_time()
        with pytest.raises(ValueError, match=r"model.ir_version: expected 8, got none"):
            check_onnx(content, plan)
        return time.thread_time() - started

    # The best of several: others use the machine, too.
    assert min(seconds() for _ in range(5)) < 0.01


def _field(number: int, content: bytes) -> bytes:
    """A field of texts, bytes or messages."""
    return _varint(number * 8 + 2) + _varint(len(content)) + content


def _varint(number: int) -> bytes:
    parts = []
    while number >= 128:
        parts.append(number % 128 + 128)
        number //= 128
    return bytes([*parts, number])


@given(st.integers(0, len(CONTENT) - 1), st.integers(1, 255))
def test_a_changed_byte_is_refused_or_is_a_weight(position: int, mask: int) -> None:
    damaged = bytearray(CONTENT)
    damaged[position] ^= mask
    try:
        check_onnx(bytes(damaged), golden_plan())
    except ValueError:
        return
    changed, expected = onnx.load_from_string(bytes(damaged)), onnx.load(PATH)
    for tensor in (*changed.graph.initializer, *expected.graph.initializer):
        tensor.ClearField("raw_data")
    assert changed == expected


@given(st.integers(0, len(CONTENT) - 1))
def test_a_file_that_is_cut_off_is_refused(length: int) -> None:
    with pytest.raises(ValueError, match=r"expected|cut off"):
        check_onnx(CONTENT[:length], golden_plan())
