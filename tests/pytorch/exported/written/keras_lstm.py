"""Keras's layers as tf2onnx and keras2onnx write them: batch first, so Transpose - LSTM - Squeeze - Transpose around
each of them; hard sigmoids for gates; a bidirectional layer whose directions are joined by Transpose and Reshape.
"""

import numpy

from builder import Builder, gru_step, hard_sigmoid, lstm_step, value, walk
from case import OPSETS, Draw, Written, grid

FEATURES, HIDDEN, CLASSES = 3, 4, 5


def weights(seed, gates, features, directions=1, hidden=HIDDEN):
    """W, R and B of a layer, with a first axis of directions."""
    draw, rows = Draw(seed), gates * hidden
    return (draw.real(directions, rows, features), draw.real(directions, rows, hidden),
            draw.real(directions, 2 * rows))


BOTH = weights(1, 4, FEATURES, 2)
UPPER = weights(2, 3, 2 * HIDDEN)
DENSE = Draw(3).real(HIDDEN, CLASSES)


def model(opset):
    g = Builder(opset)
    x = g.node("Transpose", "x", perm=[1, 0, 2])
    y, _ = g.node("LSTM", x, *map(g.constant, BOTH), outputs=[f"both_{i}" for i in range(2)], hidden_size=HIDDEN,
                  direction="bidirectional", activations=["HardSigmoid", "Tanh", "Tanh"] * 2,
                  activation_alpha=[0.2] * 2, activation_beta=[0.5] * 2)
    y = g.node("Reshape", g.node("Transpose", y, perm=[2, 0, 1, 3]), g.ints(0, 0, -1))
    y = g.node("Transpose", y, perm=[1, 0, 2])
    y, last = g.node("GRU", y, *map(g.constant, UPPER), outputs=["upper", "upper_last"], hidden_size=HIDDEN,
                     linear_before_reset=1)
    y = g.node("Transpose", g.axes("Squeeze", y, 1), perm=[1, 0, 2])
    g.node("Softmax", g.node("MatMul", y, g.constant(DENSE)), axis=2, outputs=["classes"])
    g.node("Identity", g.axes("Squeeze", last, 0), outputs=["last"])
    return g.model([value("x", "float", "batch", "steps", FEATURES)],
                   [value("classes", "float", "batch", "steps", CLASSES), value("last", "float", "batch", HIDDEN)])


def expected(x):
    x = x.transpose(1, 0, 2)
    zeros = numpy.zeros((x.shape[1], HIDDEN), numpy.float32)
    sides = []
    for d in range(2):
        def step(x, h, c, d=d):
            return lstm_step(x, h, c, *(part[d] for part in BOTH), gate=hard_sigmoid)
        sides.append(walk(step, x, (zeros, zeros), backward=d == 1)[0])
    y, (last,) = walk(lambda x, h: (gru_step(x, h, *(part[0] for part in UPPER)),), numpy.concatenate(sides, 2),
                      (zeros,))
    e = numpy.exp(y.transpose(1, 0, 2) @ DENSE)
    return e / e.sum(2, keepdims=True), last


def cases():
    return [Written("keras-bidirectional", model, expected,
                    lambda draw, batch, steps: (draw.real(batch, steps, FEATURES),),
                    grid("batch steps", (1, 5), (3, 1), (4, 7)), (8, *OPSETS))]
