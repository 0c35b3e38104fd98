"""Writes the tuned network as one ONNX file: token numbers in, the vector out.

Weights are kept in 8 bits: a quarter of the memory, and a third of the time on one text.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import QuantType, quantize_dynamic

from encoder.network import EPSILON
from encoder.source import Array

OPSET = 17
# onnxruntime reads this version of the format since 1.16.
FORMAT = 8


class Graph:
    """An ONNX graph under construction; every method returns the name of what it adds."""

    def __init__(self, tensors: dict[str, Array], heads: int) -> None:
        self._tensors = tensors
        self._hidden = tensors["emb.word"].shape[1]
        self._heads = heads
        self.nodes: list[Any] = []
        self.constants: list[Any] = []

    def constant(self, name: str, value: Array) -> str:
        """Adds a constant."""
        self.constants.append(numpy_helper.from_array(np.array(value, order="C"), name))
        return name

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node with one output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def embeddings(self, numbers: str) -> str:
        """Adds the sum of words and places; words have one scale a row."""
        words = self._tensors["emb.word"] + self._tensors["emb.type"][0]
        scales = np.abs(words).max(axis=1, keepdims=True) / 127
        rows = self.constant("words", np.rint(words / np.maximum(scales, 1e-9)).astype(np.int8))
        row = self.node("Cast", self.node("Gather", rows, numbers), to=TensorProto.FLOAT)
        scale = self.node("Gather", self.constant("scales", scales.astype(np.float32)), numbers)
        places = self.constant("places", self._tensors["emb.pos"])
        length = self.node("Shape", numbers, start=1, end=2)
        zero, first = (self.constant(n, np.array([0], np.int64)) for n in ("zero", "first"))
        place = self.node("Slice", places, zero, length, first)
        whole = self.node("Add", self.node("Mul", row, scale), place)
        return self.normed(whole, "emb.ln")

    def layer(self, x: str, name: str) -> str:
        """Adds one layer of the network."""
        attended = self.linear(self._attended(x, name), f"{name}.ao")
        x = self.normed(self.node("Add", x, attended), f"{name}.aln")
        inner = self._gelu(self.linear(x, f"{name}.fi"), name)
        return self.normed(self.node("Add", x, self.linear(inner, f"{name}.fo")), f"{name}.oln")

    def linear(self, x: str, name: str) -> str:
        """Adds a matrix product and a bias."""
        return self._product(x, name, self._tensors[f"{name}.w"], self._tensors[f"{name}.b"])

    def normed(self, x: str, name: str) -> str:
        """Adds a layer normalisation."""
        weight = self.constant(f"{name}.w", self._tensors[f"{name}.w"])
        bias = self.constant(f"{name}.b", self._tensors[f"{name}.b"])
        return self.node("LayerNormalization", x, weight, bias, axis=-1, epsilon=EPSILON)

    def unit(self, x: str) -> str:
        """Adds a scaling to length 1."""
        return self.node("LpNormalization", x, axis=-1, p=2)

    def _product(self, x: str, name: str, weights: Array, bias: Array) -> str:
        matrix = self.constant(f"{name}.w", weights.T.astype(np.float32))
        added = self.constant(f"{name}.b", bias.astype(np.float32))
        return self.node("Add", self.node("MatMul", x, matrix), added)

    def _attended(self, x: str, name: str) -> str:
        # Query, key and value in one product; the query carries the scale of the scores.
        size = self._hidden // self._heads
        scale = {"q": 1 / math.sqrt(size), "k": 1.0, "v": 1.0}
        weights = [self._tensors[f"{name}.{part}.w"] * scale[part] for part in "qkv"]
        biases = [self._tensors[f"{name}.{part}.b"] * scale[part] for part in "qkv"]
        product = self._product(x, f"{name}.qkv", np.vstack(weights), np.concatenate(biases))
        shape = self.constant(f"{name}.shape", np.array([0, 0, 3, self._heads, size], np.int64))
        split = self.node("Transpose", self.node("Reshape", product, shape), perm=[2, 0, 3, 1, 4])
        query, key, value = (
            self.node("Gather", split, self.constant(f"{name}.{i}", np.array(i, np.int64)), axis=0)
            for i in range(3)
        )
        turned = self.node("Transpose", key, perm=[0, 1, 3, 2])
        chances = self.node("Softmax", self.node("MatMul", query, turned), axis=-1)
        mixed = self.node("Transpose", self.node("MatMul", chances, value), perm=[0, 2, 1, 3])
        flat = self.constant(f"{name}.flat", np.array([0, 0, self._hidden], np.int64))
        return self.node("Reshape", mixed, flat)

    def _gelu(self, x: str, name: str) -> str:
        root, one, half = (
            self.constant(f"{name}.gelu{i}", np.array(value, np.float32))
            for i, value in enumerate((math.sqrt(0.5), 1.0, 0.5))
        )
        bent = self.node("Add", self.node("Erf", self.node("Mul", x, root)), one)
        return self.node("Mul", self.node("Mul", x, bent), half)


def export(tensors: dict[str, Array], layers: int, heads: int, centre: Array, path: Path) -> None:
    """Writes the network.

    Args:
        tensors: The weights by name.
        layers: How many layers there are.
        heads: Attention heads in each.
        centre: What is taken from each vector of length 1; then it is made of length 1 again.
        path: The file to write.
    """
    graph = Graph(tensors, heads)
    x = graph.embeddings("numbers")
    for layer in range(layers):
        x = graph.layer(x, f"l{layer}")
    mean = graph.node("ReduceMean", x, axes=[1], keepdims=0)
    moved = graph.node("Sub", graph.unit(mean), graph.constant("centre", centre))
    graph.nodes.append(helper.make_node("Identity", [graph.unit(moved)], ["vector"]))
    whole = path.with_suffix(".float.onnx")
    onnx.save(_model(graph, tensors["emb.word"].shape[1]), whole)
    quantize_dynamic(
        whole,
        path,
        per_channel=True,
        weight_type=QuantType.QInt8,
        extra_options={"DefaultTensorType": TensorProto.FLOAT},
    )
    whole.unlink()


def _model(graph: Graph, hidden: int) -> Any:
    numbers = helper.make_tensor_value_info("numbers", TensorProto.INT64, ["texts", "tokens"])
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, ["texts", hidden])
    made = helper.make_graph(graph.nodes, "encoder", [numbers], [vector], graph.constants)
    model = helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)])
    model.ir_version = FORMAT
    onnx.checker.check_model(model)
    return model
