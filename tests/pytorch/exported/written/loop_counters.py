"""TensorFlow's while_loop as tf2onnx writes it: no trip count, a condition over counters, steps fetched by Gather, the
outputs a scan output of the Loop. A second loop has a trip count and no condition, and the LSTM operator in its body.
"""

import numpy

from builder import Builder, lstm_step, value, walk
from case import Draw, Written, grid

FEATURES, HIDDEN = 3, 4
DRAW = Draw(8)
W, R = DRAW.real(FEATURES, HIDDEN), DRAW.real(HIDDEN, HIDDEN)
LSTM = DRAW.real(1, 4 * HIDDEN, FEATURES), DRAW.real(1, 4 * HIDDEN, HIDDEN), DRAW.real(1, 8 * HIDDEN)
ONE = numpy.array(1, numpy.int32)


def counted(opset):
    """Until the counter reaches the limit or the sum of the states' squares exceeds the bound."""
    g = Builder(opset)
    limit = g.node("Cast", "limit", to=6)
    zero = g.constant(numpy.array(0, numpy.int32))
    start = g.node("Less", zero, limit)
    body = g.inner()
    x = body.node("Gather", "x", "i", axis=0)
    products = body.node("MatMul", x, g.constant(W)), body.node("MatMul", "h_i", g.constant(R))
    h = body.node("Tanh", body.node("Add", *products))
    body.node("Identity", h, outputs=["h_new"])
    body.node("Identity", h, outputs=["y_i"])
    body.node("Add", "i", body.constant(ONE), outputs=["i_new"])
    size = body.node("ReduceSumSquare", h, keepdims=0)
    body.node("And", body.node("Less", "i_new", limit), body.node("Less", size, "bound"), outputs=["going"])
    inside = body.graph(
        [value("trip", "int64"), value("going_in", "bool"), value("i", "int32"), value("h_i", "float", None, HIDDEN)],
        [value("going", "bool"), value("i_new", "int32"), value("h_new", "float", None, HIDDEN),
         value("y_i", "float", None, HIDDEN)], "while")
    g.node("Loop", "", start, zero, "h", outputs=["made", "h_last", "y"], body=inside)
    return g.model([value("x", "float", "steps", "batch", FEATURES), value("h", "float", "batch", HIDDEN),
                    value("limit", "int64"), value("bound", "float")],
                   [value("made", "int32"), value("h_last", "float", "batch", HIDDEN),
                    value("y", "float", "made_steps", "batch", HIDDEN)])


def expected_counted(x, h, limit, bound):
    ys, i = [], 0
    while i < limit:
        h = numpy.tanh(x[i] @ W + h @ R)
        ys.append(h)
        i += 1
        if not (h * h).sum() < bound:
            break
    return numpy.array(i, numpy.int32), h, numpy.array(ys).reshape(i, *h.shape).astype(numpy.float32)


def chunks(opset):
    """The LSTM runs over chunks of the sequence; the states go around the loop."""
    g = Builder(opset)
    weights = [g.constant(part) for part in LSTM]
    count = g.node("Gather", g.node("Shape", "x"), g.constant(numpy.array(0, numpy.int64)))
    body = g.inner()
    x = body.node("Gather", "x", "k", axis=0)
    y, h, c = body.node("LSTM", x, *weights, "", "h_k", "c_k", outputs=3, hidden_size=HIDDEN)
    body.axes("Squeeze", y, 1, outputs=["y_k"])
    for name, made in (("h_new", h), ("c_new", c), ("going", "going_in")):
        body.node("Identity", made, outputs=[name])
    states = [value(name, "float", 1, None, HIDDEN) for name in ("h_k", "c_k", "h_new", "c_new")]
    inside = body.graph([value("k", "int64"), value("going_in", "bool"), *states[:2]],
                        [value("going", "bool"), *states[2:], value("y_k", "float", None, None, HIDDEN)], "chunk")
    g.node("Loop", count, "", "h", "c", outputs=["h_last", "c_last", "y"], body=inside)
    states = [value(name, "float", 1, "batch", HIDDEN) for name in ("h", "c", "h_last", "c_last")]
    return g.model([value("x", "float", "chunks", "steps", "batch", FEATURES), *states[:2]],
                   [*states[2:], value("y", "float", "chunks", "steps", "batch", HIDDEN)])


def expected_chunks(x, h, c):
    y, states = walk(lambda x, h, c: lstm_step(x, h, c, *(part[0] for part in LSTM)), x.reshape(-1, *x.shape[2:]),
                     (h[0], c[0]))
    return states[0][None], states[1][None], y.reshape(*x.shape[:3], HIDDEN)


def sample_counted(draw, batch, steps, limit, bound):
    return (draw.real(steps, batch, FEATURES), draw.real(batch, HIDDEN), draw.number(limit),
            numpy.array(bound, numpy.float32))


def cases():
    return [
        Written("loop-counters", counted, expected_counted, sample_counted,
                grid("batch steps limit bound",
                     (1, 5, 5, 9), (3, 6, 2, 99), (2, 8, 8, 1.5), (4, 3, 1, 0), (2, 3, 0, 9))),
        Written("loop-chunks", chunks, expected_chunks,
                lambda draw, batch, count, steps: (draw.real(count, steps, batch, FEATURES),
                                                   draw.real(1, batch, HIDDEN), draw.real(1, batch, HIDDEN)),
                grid("batch count steps", (1, 3, 4), (3, 1, 5), (2, 4, 1))),
    ]
