"""Cells that look like an LSTM or a GRU and mostly are not: one step with the states as inputs and outputs, and a
scripted loop. Whoever takes a cell that is written out for a recurrent operator must tell them apart.
"""

import torch
from torch import nn

from case import Exported, grid

FEATURES, HIDDEN = 3, 5


class Lstm(nn.Module):
    """The plain one, in an order of gates of its own; the others change a method."""

    def __init__(self):
        super().__init__()
        self.of_x = nn.Linear(FEATURES, 4 * HIDDEN)
        self.of_h = nn.Linear(HIDDEN, 4 * HIDDEN, bias=False)
        self.more = nn.Parameter(torch.empty(3, HIDDEN).uniform_(-1, 1))

    def forward(self, x, h, c):
        g, o, f, i = (self.of_x(x) + self.of_h(h)).chunk(4, 1)
        return self.state(i, f, g, o, h, c)

    def state(self, i, f, g, o, h, c):
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Peephole(Lstm):
    def state(self, i, f, g, o, h, c):
        i, f = i + self.more[0] * c, f + self.more[1] * c
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o + self.more[2] * c) * torch.tanh(c), c


class Coupled(Lstm):
    def state(self, i, f, g, o, h, c):
        i = torch.sigmoid(i)
        c = (1 - i) * c + i * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Forgetful(Lstm):
    """The bias of 1 that Keras and TensorFlow add to the forget gate."""

    def state(self, i, f, g, o, h, c):
        c = torch.sigmoid(f + 1.0) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), c


class Straight(Lstm):
    """The cell leaves without a tanh."""

    def state(self, i, f, g, o, h, c):
        c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * c, c


class OldCell(Lstm):
    """The output gate opens for the cell of the step before."""

    def state(self, i, f, g, o, h, c):
        new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return torch.sigmoid(o) * torch.tanh(c), new


class Clamped(Lstm):
    def state(self, i, f, g, o, h, c):
        c = torch.clamp(torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g), -0.3, 0.3)
        return torch.sigmoid(o) * torch.tanh(c), c


class Zoneout(Lstm):
    def state(self, i, f, g, o, h, c):
        new = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        return 0.1 * h + 0.9 * torch.sigmoid(o) * torch.tanh(new), 0.2 * c + 0.8 * new


class Gru(nn.Module):
    """Reset before the product, kept by z. The second state is handed through."""

    def __init__(self):
        super().__init__()
        self.gates = nn.Linear(FEATURES + HIDDEN, 2 * HIDDEN)
        self.candidate = nn.Linear(FEATURES + HIDDEN, HIDDEN)

    def forward(self, x, h, c):
        r, z = torch.sigmoid(self.gates(torch.cat([x, h], 1))).chunk(2, 1)
        n = torch.tanh(self.candidate(torch.cat([x, r * h], 1)))
        return self.mixed(n, z, r, h), c

    def mixed(self, n, z, r, h):
        return (1 - z) * n + z * h


class Swapped(Gru):
    def mixed(self, n, z, r, h):
        return z * n + (1 - z) * h


class ByReset(Gru):
    def mixed(self, n, z, r, h):
        return (1 - r) * n + r * h


class Uneven(Gru):
    """What is kept and what is taken do not add to 1."""

    def mixed(self, n, z, r, h):
        return (1 - z) * n + r * z * h


class Minimal(nn.Module):
    """One gate does the work of two."""

    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(FEATURES + HIDDEN, HIDDEN)
        self.of_x, self.of_h = nn.Linear(FEATURES, HIDDEN), nn.Linear(HIDDEN, HIDDEN)

    def forward(self, x, h, c):
        f = torch.sigmoid(self.gate(torch.cat([x, h], 1)))
        return (1 - f) * h + f * torch.tanh(self.of_x(x) + self.of_h(f * h)), c


class Loop(nn.Module):
    def __init__(self, cell):
        super().__init__()
        self.cell = cell

    def forward(self, x, h, c):
        ys = []
        for t in range(x.size(0)):
            h, c = self.cell(x[t], h, c)
            ys.append(h)
        return torch.stack(ys), h, c


LSTMS = (Lstm, Peephole, Coupled, Forgetful, Straight, OldCell, Clamped, Zoneout)
GRUS = (Gru, Swapped, ByReset, Uneven, Minimal)


def cases():
    rows = {0: "batch"}
    states, after = {"h": rows, "c": rows}, {"h_next": rows, "c_next": rows}
    series = {0: "steps", 1: "batch"}

    def one(draw, batch):
        return tuple(draw.real(batch, size, scale=2.0) for size in (FEATURES, HIDDEN, HIDDEN))

    def many(draw, steps, batch):
        return draw.real(steps, batch, FEATURES, scale=2.0), draw.real(batch, HIDDEN), draw.real(batch, HIDDEN)

    out = []
    for kind in (*LSTMS, *GRUS):
        name = "cell-" + kind.__name__.lower()
        out.append(Exported(
            name, kind(), {"x": rows, **states}, after, one, grid("batch", (2,), (1,), (3,), (6,)), (13,)))
        out.append(Exported(
            name + "-loop", torch.jit.script(Loop(kind())), {"x": series, **states}, {"y": series, **after}, many,
            grid("steps batch", (4, 2), (7, 1), (1, 3), (5, 4)), (11, 17)))
    return out
