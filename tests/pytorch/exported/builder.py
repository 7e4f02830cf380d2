"""Writes ONNX graphs node by node, for the models of written/; and recurrent layers in numpy to compare them with."""

import itertools

import numpy
from onnx import TensorProto, helper, numpy_helper

TYPES = {"float": TensorProto.FLOAT, "int64": TensorProto.INT64, "int32": TensorProto.INT32, "bool": TensorProto.BOOL}


def value(name, dtype, *shape):
    """A declared input or output; a dim is a number, a name, or None where nothing is known."""
    return helper.make_tensor_value_info(name, TYPES[dtype], shape)


class Builder:
    """One graph. Names that nobody gives are made from the operator; inner graphs share the counter."""

    def __init__(self, opset, counter=None):
        self.opset = opset
        self.counter = counter or itertools.count()
        self.nodes = []
        self.initializers = []

    def inner(self):
        return Builder(self.opset, self.counter)

    def node(self, op, *inputs, outputs=1, **attributes):
        """The name of the output, or a list of them when outputs is another number or a list of names."""
        if isinstance(outputs, int):
            outputs = [f"{op}_{next(self.counter)}" for _ in range(outputs)]
        self.nodes.append(helper.make_node(op, inputs, outputs, f"{op}_node_{next(self.counter)}", **attributes))
        return outputs[0] if len(outputs) == 1 else outputs

    def constant(self, array, as_node=False):
        """An initializer, or the output of a Constant node."""
        tensor = numpy_helper.from_array(numpy.asarray(array), f"constant_{next(self.counter)}")
        if as_node:
            return self.node("Constant", value=tensor)
        self.initializers.append(tensor)
        return tensor.name

    def ints(self, *numbers):
        return self.constant(numpy.array(numbers, numpy.int64))

    def axes(self, op, data, *axes, **attributes):
        """Squeeze, Unsqueeze or ReduceSum: axes became an input in opset 13."""
        if self.opset >= 13:
            return self.node(op, data, self.ints(*axes), **attributes)
        return self.node(op, data, axes=axes, **attributes)

    def graph(self, inputs, outputs, name="graph"):
        return helper.make_graph(self.nodes, name, inputs, outputs, self.initializers)

    def model(self, inputs, outputs):
        return helper.make_model(
            self.graph(inputs, outputs), opset_imports=[helper.make_opsetid("", self.opset)], ir_version=7,
            producer_name="written by hand")


def sigmoid(x):
    return 1 / (1 + numpy.exp(-x))


def hard_sigmoid(x):
    return numpy.clip(0.2 * x + 0.5, 0, 1)


def lstm_step(x, h, c, w, r, b, gate=sigmoid):
    """One direction; w [4H, I], r [4H, H], b [8H] in ONNX's gate order i, o, f, c."""
    size = h.shape[1]
    i, o, f, g = numpy.split(x @ w.T + h @ r.T + b[:4 * size] + b[4 * size:], 4, 1)
    c = gate(f) * c + gate(i) * numpy.tanh(g)
    return gate(o) * numpy.tanh(c), c


def gru_step(x, h, w, r, b):
    """One direction, linear_before_reset 1; gate order z, r, h."""
    size = h.shape[1]
    x_z, x_r, x_n = numpy.split(x @ w.T + b[:3 * size], 3, 1)
    h_z, h_r, h_n = numpy.split(h @ r.T + b[3 * size:], 3, 1)
    z, n = sigmoid(x_z + h_z), numpy.tanh(x_n + sigmoid(x_r + h_r) * h_n)
    return (1 - z) * n + z * h


def walk(step, x, states, lengths=None, backward=False):
    """Steps over x [T, N, I] from the states, a tuple of [N, H] whose first is the output. Past its length a row's
    output is 0 and its states stay. Returns outputs [T, N, H] and the last states.
    """
    lengths = numpy.full(x.shape[1], x.shape[0]) if lengths is None else lengths
    y = numpy.zeros((x.shape[0], *states[0].shape), numpy.float32)
    order = range(x.shape[0])
    for t in reversed(order) if backward else order:
        on = (t < lengths)[:, None]
        states = tuple(numpy.where(on, new, old) for new, old in zip(step(x[t], *states), states))
        y[t] = numpy.where(on, states[0], 0)
    return y, states
