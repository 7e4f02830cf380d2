"""Keras's Masking before a GRU whose loop tf2onnx unrolled into a Loop: at a masked step the state stays and the output
repeats. GRU gates as Keras has them with reset_after=False. The loop stands in the body of an outer Loop over layers
that share their weights.
"""

import numpy

from builder import Builder, sigmoid, value
from case import Draw, Written, grid

HIDDEN, MASK = 4, -1.0
DRAW = Draw(11)
KERNEL, RECURRENT, BIAS = DRAW.real(HIDDEN, 3 * HIDDEN), DRAW.real(HIDDEN, 3 * HIDDEN), DRAW.real(3 * HIDDEN)


def gru(g, x, h):
    """Keras's order z, r, h; gives the name of the new state."""
    kernel, bias = g.constant(KERNEL), g.constant(BIAS)
    parts = g.node("Add", g.node("MatMul", x, kernel), bias)
    x_z, x_r, x_n = (g.node("Slice", parts, g.ints(k * HIDDEN), g.ints((k + 1) * HIDDEN), g.ints(-1)) for k in range(3))
    r_z, r_r, r_n = (g.constant(part.copy()) for part in numpy.split(RECURRENT, 3, 1))
    z = g.node("Sigmoid", g.node("Add", x_z, g.node("MatMul", h, r_z)))
    r = g.node("Sigmoid", g.node("Add", x_r, g.node("MatMul", h, r_r)))
    n = g.node("Tanh", g.node("Add", x_n, g.node("MatMul", g.node("Mul", r, h), r_n)))
    kept = g.node("Sub", g.constant(numpy.array(1, numpy.float32)), z)
    return g.node("Add", g.node("Mul", z, h), g.node("Mul", kept, n))


def step(g):
    """The body over time: x_all and mask_all are values of the graph around."""
    body = g.inner()
    x = body.node("Gather", "x_all", "t", axis=0)
    mask = body.node("Gather", "mask", "t", axis=0)
    h = body.node("Where", mask, gru(body, x, "h_t"), "h_t")
    for name, made in (("h_next", h), ("y_t", h), ("on", "on_in")):
        body.node("Identity", made, outputs=[name])
    row = [value(name, "float", None, HIDDEN) for name in ("h_t", "h_next", "y_t")]
    return body.graph([value("t", "int64"), value("on_in", "bool"), row[0]], [value("on", "bool"), *row[1:]], "step")


def layer(g):
    """The body over layers: the outputs of one are the steps of the next."""
    body = g.inner()
    body.node("Identity", "x_in", outputs=["x_all"])
    _, y = body.node("Loop", "steps", "", "zeros", outputs=2, body=step(body))
    for name, made in (("x_out", y), ("more", "more_in")):
        body.node("Identity", made, outputs=[name])
    series = [value(name, "float", None, None, HIDDEN) for name in ("x_in", "x_out")]
    return body.graph([value("k", "int64"), value("more_in", "bool"), series[0]], [value("more", "bool"), series[1]],
                      "layer")


def model(opset):
    g = Builder(opset)
    series = g.node("Transpose", "x", perm=[1, 0, 2])
    same = g.node("Cast", g.node("Equal", "x", g.constant(numpy.array(MASK, numpy.float32))), to=6)
    all_same = g.node("ReduceMin", same, axes=[2], keepdims=1)
    g.node("Not", g.node("Cast", g.node("Transpose", all_same, perm=[1, 0, 2]), to=9), outputs=["mask"])
    shape = g.node("Shape", series)
    g.node("Gather", shape, g.constant(numpy.array(0, numpy.int64)), outputs=["steps"])
    rows = g.node("Concat", g.node("Slice", shape, g.ints(1), g.ints(2)), g.ints(HIDDEN), axis=0)
    g.node("ConstantOfShape", rows, outputs=["zeros"])
    y = g.node("Loop", "layers", "", series, body=layer(g))
    g.node("Transpose", y, perm=[1, 0, 2], outputs=["y"])
    return g.model([value("x", "float", "batch", "steps", HIDDEN), value("layers", "int64")],
                   [value("y", "float", "batch", "steps", HIDDEN)])


def expected(x, layers):
    mask = (x != MASK).any(2)
    (k_z, k_r, k_n), (r_z, r_r, r_n) = numpy.split(KERNEL, 3, 1), numpy.split(RECURRENT, 3, 1)
    b_z, b_r, b_n = numpy.split(BIAS, 3)
    for _ in range(layers):
        h, y = numpy.zeros((x.shape[0], HIDDEN), numpy.float32), numpy.zeros_like(x)
        for t in range(x.shape[1]):
            z, r = sigmoid(x[:, t] @ k_z + b_z + h @ r_z), sigmoid(x[:, t] @ k_r + b_r + h @ r_r)
            new = z * h + (1 - z) * numpy.tanh(x[:, t] @ k_n + b_n + (r * h) @ r_n)
            h = numpy.where(mask[:, t, None], new, h)
            y[:, t] = h
        x = y
    return (x,)


def sample(draw, batch, steps, layers):
    x = draw.real(batch, steps, HIDDEN)
    x[draw.flag(batch, steps)] = MASK
    return x, draw.number(layers)


def cases():
    return [Written("keras-masking", model, expected, sample,
                    grid("batch steps layers", (1, 4, 1), (3, 6, 2), (5, 1, 3), (2, 7, 0)))]
