"""A Scan whose body is an LSTM cell of MatMul, Split and activations; the weights are the outer graph's. Forward with
the time first, and backward with the batch first.
"""

from builder import Builder, lstm_step, value, walk
from case import Draw, Written, grid

FEATURES, HIDDEN = 3, 4
DRAW = Draw(7)
W, R, B = DRAW.real(4 * HIDDEN, FEATURES), DRAW.real(4 * HIDDEN, HIDDEN), DRAW.real(4 * HIDDEN)


def cell(body, x, h, c, w, r, b):
    """Nodes of one step in gate order i, o, f, c; gives names of h and c."""
    sums = body.node("Add", body.node("Add", body.node("MatMul", x, w), body.node("MatMul", h, r)), b)
    i, o, f, g = body.node("Split", sums, axis=1, outputs=4)
    i, o, f = (body.node("Sigmoid", gate) for gate in (i, o, f))
    c = body.node("Add", body.node("Mul", f, c), body.node("Mul", i, body.node("Tanh", g)))
    return body.node("Mul", o, body.node("Tanh", c)), c


def model(backward):
    def build(opset):
        g = Builder(opset)
        weights = [g.constant(part) for part in (W.T.copy(), R.T.copy(), B)]
        body = g.inner()
        h, c = cell(body, "x_t", "h_t", "c_t", *weights)
        names = "h_new", "c_new", "y_t"
        for name, made in zip(names, (h, c, h)):
            body.node("Identity", made, outputs=[name])
        row = [value(name, "float", None, HIDDEN) for name in ("h_t", "c_t", *names)]
        inside = body.graph([*row[:2], value("x_t", "float", None, FEATURES)], row[2:], "cell")
        turned = {"scan_input_axes": [1], "scan_output_axes": [1], "scan_input_directions": [1],
                  "scan_output_directions": [1]}
        g.node("Scan", "h", "c", "x", outputs=["h_last", "c_last", "y"], num_scan_inputs=1, body=inside,
               **(turned if backward else {}))
        series = ("batch", "steps") if backward else ("steps", "batch")
        states = [value(name, "float", "batch", HIDDEN) for name in ("h", "c", "h_last", "c_last")]
        return g.model([*states[:2], value("x", "float", *series, FEATURES)],
                       [*states[2:], value("y", "float", *series, HIDDEN)])
    return build


def expected(backward):
    def compute(h, c, x):
        x = x.transpose(1, 0, 2) if backward else x
        y, (h, c) = walk(lambda x, h, c: lstm_step(x, h, c, W, R, [*B, *(0 * B)]), x, (h, c), backward=backward)
        return h, c, y.transpose(1, 0, 2) if backward else y
    return compute


def sample(backward):
    def draw_all(draw, batch, steps):
        series = (batch, steps) if backward else (steps, batch)
        return draw.real(batch, HIDDEN), draw.real(batch, HIDDEN), draw.real(*series, FEATURES)
    return draw_all


def cases():
    return [Written(name, model(backward), expected(backward), sample(backward),
                    grid("batch steps", (1, 5), (3, 1), (4, 7)))
            for name, backward in (("scan-lstm", False), ("scan-lstm-backward", True))]
