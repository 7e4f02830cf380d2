"""TensorFlow's bidirectional_dynamic_rnn: the second direction is a forward layer between two ReverseSequence."""

import numpy

from builder import Builder, gru_step, value, walk
from case import Draw, Written, grid

FEATURES, HIDDEN = 3, 4
DRAW = Draw(6)
LAYERS = [(DRAW.real(1, 3 * HIDDEN, FEATURES), DRAW.real(1, 3 * HIDDEN, HIDDEN), DRAW.real(1, 6 * HIDDEN))
          for _ in range(2)]


def model(opset):
    g = Builder(opset)
    lengths = g.node("Cast", "lengths", to=6)
    series = g.node("Transpose", "x", perm=[1, 0, 2])
    turned = g.node("ReverseSequence", series, "lengths", time_axis=0, batch_axis=1)
    sides = []
    for layer, x in zip(LAYERS, (series, turned)):
        y, _ = g.node("GRU", x, *map(g.constant, layer), lengths, outputs=2, hidden_size=HIDDEN, linear_before_reset=1)
        sides.append(g.node("Transpose", g.axes("Squeeze", y, 1), perm=[1, 0, 2]))
    sides[1] = g.node("ReverseSequence", sides[1], "lengths", time_axis=1, batch_axis=0)
    g.node("Concat", *sides, axis=-1, outputs=["y"])
    return g.model([value("x", "float", "batch", "steps", FEATURES), value("lengths", "int64", "batch")],
                   [value("y", "float", "batch", "steps", 2 * HIDDEN)])


def expected(x, lengths):
    zeros = numpy.zeros((x.shape[0], HIDDEN), numpy.float32)
    sides = []
    for (w, r, b), backward in zip(LAYERS, (False, True)):
        def step(x, h, w=w[0], r=r[0], b=b[0]):
            return (gru_step(x, h, w, r, b),)
        sides.append(walk(step, x.transpose(1, 0, 2), (zeros,), lengths, backward)[0])
    return (numpy.concatenate(sides, 2).transpose(1, 0, 2),)


def cases():
    return [Written("reverse-sequence", model, expected,
                    lambda draw, batch, steps: (draw.real(batch, steps, FEATURES), draw.lengths(steps, batch)),
                    grid("batch steps", (1, 4), (3, 6), (5, 1), (4, 9)))]
