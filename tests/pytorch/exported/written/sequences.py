"""Sequences of tensors around an LSTM: the input is split along time, put together anew from a few of its steps, and
the outputs are joined by a new axis, along an old one, and counted.
"""

import numpy

from builder import Builder, lstm_step, value, walk
from case import Draw, Written, grid

FEATURES, HIDDEN = 3, 4
DRAW = Draw(12)
W, R, B = DRAW.real(1, 4 * HIDDEN, FEATURES), DRAW.real(1, 4 * HIDDEN, HIDDEN), DRAW.real(1, 8 * HIDDEN)


def model(opset):
    g = Builder(opset)
    steps = g.node("SplitToSequence", "x", axis=1, keepdims=0)
    wide = g.node("SplitToSequence", "x", axis=-2)
    chosen = [g.node("SequenceAt", steps, g.constant(numpy.array(at, numpy.int64))) for at in (0, -1)]
    chosen.append(g.node("SequenceAt", steps, "which"))
    g.node("SequenceLength", wide, outputs=["count"])
    some = g.node("SequenceInsert", g.node("SequenceConstruct", *chosen[:2]), chosen[2])
    y, _, _ = g.node("LSTM", g.node("ConcatFromSequence", some, axis=0, new_axis=1), *map(g.constant, (W, R, B)),
                     outputs=3, hidden_size=HIDDEN)
    parts = g.node("SplitToSequence", g.axes("Squeeze", y, 1))
    g.node("ConcatFromSequence", parts, axis=-2, outputs=["long"])
    g.node("ConcatFromSequence", parts, axis=-1, outputs=["deep"])
    g.node("ConcatFromSequence", wide, axis=-1, new_axis=1, outputs=["turned"])
    return g.model([value("x", "float", "batch", "steps", FEATURES), value("which", "int64")],
                   [value("count", "int64"), value("long", "float", 1, None, HIDDEN),
                    value("deep", "float", 1, "batch", 3 * HIDDEN),
                    value("turned", "float", "batch", 1, FEATURES, "steps")])


def expected(x, which):
    zeros = numpy.zeros((x.shape[0], HIDDEN), numpy.float32)
    series = x[:, [0, -1, which]].transpose(1, 0, 2)
    y, _ = walk(lambda x, h, c: lstm_step(x, h, c, W[0], R[0], B[0]), series, (zeros, zeros))
    return (numpy.array(x.shape[1]), numpy.concatenate(y[:, None], 1), numpy.concatenate(y[:, None], 2),
            x.transpose(0, 2, 1)[:, None])


JOINS = (0, 1), (1, 1), (-1, 1), (-2, 1), (0, 0), (1, 0), (-1, 0), (-2, 0)  # axis, whether it is a new one


def branch(g, op, name):
    inner = g.inner()
    out = f"{name}_{op}"
    inner.node(op, name, outputs=[out])
    return inner.graph([], [value(out, "float", None)], out)


def joins(opset):
    """Tensors whose rank is open until a branch is taken, joined in every way."""
    g = Builder(opset)
    both = g.node("SequenceConstruct", *(
        g.node("If", "as_they_are", then_branch=branch(g, "Identity", name), else_branch=branch(g, "Flatten", name))
        for name in ("a", "b")))
    for i, (axis, new_axis) in enumerate(JOINS):
        g.node("ConcatFromSequence", both, axis=axis, new_axis=new_axis, outputs=[f"y{i}"])
    shape = "x", "y", "z"
    return g.model([value("as_they_are", "bool"), value("a", "float", *shape), value("b", "float", *shape)],
                   [value(f"y{i}", "float", *[None] * (3 + new_axis)) for i, (_, new_axis) in enumerate(JOINS)])


def expected_joins(_, a, b):
    return [(numpy.stack if new_axis else numpy.concatenate)((a, b), axis) for axis, new_axis in JOINS]


def cases():
    return [
        Written("sequences", model, expected,
                lambda draw, batch, steps, which: (draw.real(batch, steps, FEATURES), draw.number(which)),
                grid("batch steps which", (1, 5, 2), (3, 1, 0), (4, 7, -3))),
        Written("sequences-joined", joins, expected_joins,
                lambda draw, *, x, y, z: (draw.number(True), draw.real(x, y, z), draw.real(x, y, z)),
                grid("x y z", (2, 3, 4), (4, 1, 5), (1, 3, 0), (1, 1, 1))),
    ]
