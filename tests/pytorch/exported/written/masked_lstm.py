"""Keras's mask_zero: the mask of the words, cast and summed over time, becomes the sequence_lens of the LSTM."""

import numpy

from builder import Builder, lstm_step, value, walk
from case import Draw, Written, grid

WORDS, FEATURES, HIDDEN = 9, 3, 4
DRAW = Draw(5)
TABLE = DRAW.real(WORDS, FEATURES)
W, R, B = DRAW.real(1, 4 * HIDDEN, FEATURES), DRAW.real(1, 4 * HIDDEN, HIDDEN), DRAW.real(1, 8 * HIDDEN)


def model(opset):
    g = Builder(opset)
    mask = g.node("Not", g.node("Equal", "words", g.constant(numpy.array(0, numpy.int64))))
    lengths = g.axes("ReduceSum", g.node("Cast", mask, to=6), 1, keepdims=0)
    x = g.node("Transpose", g.node("Gather", g.constant(TABLE), "words"), perm=[1, 0, 2])
    y, h, _ = g.node("LSTM", x, *map(g.constant, (W, R, B)), lengths, outputs=["y", "h", "c"], hidden_size=HIDDEN)
    y = g.node("Transpose", g.axes("Squeeze", y, 1), perm=[1, 0, 2])
    kept = g.axes("Unsqueeze", g.node("Cast", mask, to=1), 2)
    g.node("Mul", y, kept, outputs=["all"])
    g.axes("Squeeze", h, 0, outputs=["last"])
    return g.model([value("words", "int64", "batch", "steps")],
                   [value("all", "float", "batch", "steps", HIDDEN), value("last", "float", "batch", HIDDEN)])


def expected(words):
    zeros = numpy.zeros((words.shape[0], HIDDEN), numpy.float32)
    y, (last, _) = walk(lambda x, h, c: lstm_step(x, h, c, W[0], R[0], B[0]), TABLE[words].transpose(1, 0, 2),
                        (zeros, zeros), (words != 0).sum(1))
    return y.transpose(1, 0, 2), last


def sample(draw, batch, steps):
    """Words from 1, zeros where the row has ended; the last row may be empty."""
    lengths = draw.lengths(steps, batch)
    lengths[-1] = 0 if batch > 2 else lengths[-1]
    words = 1 + draw.token(WORDS - 1, batch, steps)
    return (numpy.where(numpy.arange(steps) < lengths[:, None], words, 0),)


def cases():
    return [Written("masked-lstm", model, expected, sample, grid("batch steps", (1, 5), (3, 1), (5, 7)))]
