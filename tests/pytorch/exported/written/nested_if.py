"""A voice detector in the manner of Silero's: which branch runs depends on the length of the input, two deep, and the
LSTM stands inside; its weights are put together in the graph by Slice, Concat and Unsqueeze, as PyTorch does.
"""

import numpy

from builder import Builder, lstm_step, sigmoid, value, walk
from case import Draw, Written, grid

BANDS, HIDDEN, FEW, MANY = 3, 4, 2, 5
DRAW = Draw(9)
W, R, B = DRAW.real(4 * HIDDEN, BANDS), DRAW.real(4 * HIDDEN, HIDDEN), DRAW.real(2, 4 * HIDDEN)  # gates i, f, c, o
HEAD = DRAW.real(HIDDEN, 1)
ONNX_ORDER = (0, 3, 1, 2)


def reordered(array):
    return numpy.concatenate([array[k * HIDDEN:(k + 1) * HIDDEN] for k in ONNX_ORDER])


def built(g, array):
    """Slices of the gates of a Constant node, concatenated in ONNX's order, with an axis for the direction."""
    whole = g.constant(array, as_node=True)
    parts = [g.node("Slice", whole, g.ints(k * HIDDEN), g.ints((k + 1) * HIDDEN), g.ints(0)) for k in ONNX_ORDER]
    return g.axes("Unsqueeze", g.node("Concat", *parts, axis=0), 0)


def lstm(g, x, state):
    """The LSTM of the branch that runs: gives names of y [T, N, H] and of the new state [2, N, H]."""
    bias = [built(g, half) for half in B]
    h, c = (g.node("Slice", state, g.ints(k), g.ints(k + 1), g.ints(0)) for k in range(2))
    y, h, c = g.node("LSTM", x, built(g, W), built(g, R), g.node("Concat", *bias, axis=1), "", h, c, outputs=3,
                     hidden_size=HIDDEN)
    return g.axes("Squeeze", y, 1), g.node("Concat", h, c, axis=0)


def branch(g, fill):
    """A graph without inputs whose outputs are a state and a score; fill(inner) gives their names."""
    inner = g.inner()
    score, state = fill(inner)
    tag = next(g.counter)
    names = f"score_{tag}", f"state_{tag}"
    for made, name in zip((score, state), names):
        inner.node("Identity", made, outputs=[name])
    outputs = value(names[0], "float", None, 1), value(names[1], "float", 2, None, HIDDEN)
    return inner.graph([], outputs, f"branch_{tag}")


def scored(g, y):
    return g.node("Sigmoid", g.node("MatMul", y, g.constant(HEAD)))


def short(g):
    """Too little to judge: the score of the carried state."""
    h = g.node("Gather", "state", g.constant(numpy.array(0, numpy.int64)), axis=0)
    return scored(g, h), "state"


def middle(g):
    y, state = lstm(g, "x", "state")
    return scored(g, g.node("Gather", y, g.constant(numpy.array(-1, numpy.int64)), axis=0)), state


def long(g):
    """Only the last frames count, and the score is the mean over them."""
    frames = g.node("Slice", "x", g.ints(-MANY), g.ints(1000), g.ints(0))
    y, state = lstm(g, frames, "state")
    return g.node("ReduceMean", scored(g, y), axes=[0], keepdims=0), state


def model(opset):
    g = Builder(opset)
    steps = g.node("Gather", g.node("Shape", "x"), g.constant(numpy.array(0, numpy.int64)))

    def enough(inner):
        many = inner.node("Greater", steps, inner.constant(numpy.array(MANY, numpy.int64)))
        return inner.node("If", many, outputs=2, then_branch=branch(inner, long), else_branch=branch(inner, middle))

    few = g.node("Less", steps, g.constant(numpy.array(FEW, numpy.int64)))
    g.node("If", few, outputs=["score", "state_next"], then_branch=branch(g, short), else_branch=branch(g, enough))
    return g.model([value("x", "float", "steps", "batch", BANDS), value("state", "float", 2, "batch", HIDDEN)],
                   [value("score", "float", "batch", 1), value("state_next", "float", 2, "batch", HIDDEN)])


def expected(x, state):
    weights = reordered(W), reordered(R), numpy.concatenate([reordered(half) for half in B])
    if len(x) < FEW:
        return sigmoid(state[0] @ HEAD), state
    y, states = walk(lambda x, h, c: lstm_step(x, h, c, *weights), x[-MANY:], tuple(state))
    scores = sigmoid(y @ HEAD)
    return scores.mean(0) if len(x) > MANY else scores[-1], numpy.stack(states)


def cases():
    return [Written("nested-if", model, expected,
                    lambda draw, steps, batch: (draw.real(steps, batch, BANDS), draw.real(2, batch, HIDDEN)),
                    grid("steps batch", (1, 2), (2, 1), (5, 3), (6, 2), (9, 4)))]
