"""nn.LSTMCell and nn.GRUCell: one step with the states as inputs and outputs, and a scripted loop over a sequence."""

import torch
from torch import nn

from case import Exported, grid

FEATURES, HIDDEN = 3, 5


class Stepped(nn.Module):
    """Two cells, one above the other; the caller carries the states."""

    def __init__(self):
        super().__init__()
        self.lower = nn.LSTMCell(FEATURES, HIDDEN)
        self.upper = nn.LSTMCell(HIDDEN, HIDDEN)
        self.head = nn.Linear(HIDDEN, 2)

    def forward(self, x, h0, c0, h1, c1):
        h0, c0 = self.lower(x, (h0, c0))
        h1, c1 = self.upper(h0, (h1, c1))
        return self.head(h1), h0, c0, h1, c1


class LstmLoop(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = nn.LSTMCell(FEATURES, HIDDEN)

    def forward(self, x):
        h = torch.zeros([x.size(1), 5])
        c = torch.zeros([x.size(1), 5])
        y = torch.zeros([0, x.size(1), 5])
        for t in range(x.size(0)):
            h, c = self.cell(x[t], (h, c))
            y = torch.cat([y, h.unsqueeze(0)])
        return y, c


class GruLoop(nn.Module):
    """Backward over time; the outputs are stacked from a list. The exporter knows no GRUCell, so it is written out."""

    def __init__(self):
        super().__init__()
        self.of_x = nn.Linear(FEATURES, 3 * HIDDEN)
        self.of_h = nn.Linear(HIDDEN, 3 * HIDDEN)

    def cell(self, x, h):
        x_r, x_z, x_n = self.of_x(x).chunk(3, 1)
        h_r, h_z, h_n = self.of_h(h).chunk(3, 1)
        n = torch.tanh(x_n + torch.sigmoid(x_r + h_r) * h_n)
        return n + torch.sigmoid(x_z + h_z) * (h - n)

    def forward(self, x, h):
        ys = []
        for t in range(x.size(0) - 1, -1, -1):
            h = self.cell(x[t], h)
            ys += [h]
        return torch.stack(ys), h


def cases():
    rows = {0: "batch"}
    states = {name: rows for name in ("h0", "c0", "h1", "c1")}
    sizes = grid("steps batch", (4, 2), (7, 1), (1, 3), (5, 4))
    series = {0: "steps", 1: "batch"}
    return [
        Exported(
            "lstm-cell-stepped", Stepped(), {"x": rows, **states},
            {"y": rows, **{name + "_next": rows for name in states}},
            lambda draw, batch: (draw.real(batch, FEATURES), *(draw.real(batch, HIDDEN) for _ in states)),
            grid("batch", (2,), (1,), (3,), (6,))),
        Exported(
            "lstm-cell-loop", torch.jit.script(LstmLoop()), {"x": series}, {"y": series, "c": rows},
            lambda draw, steps, batch: (draw.real(steps, batch, FEATURES),), (*sizes, {"steps": 0, "batch": 2})),
        Exported(
            "gru-cell-loop", torch.jit.script(GruLoop()), {"x": series, "h": rows}, {"y": series, "h_next": rows},
            lambda draw, steps, batch: (draw.real(steps, batch, FEATURES), draw.real(batch, HIDDEN)), sizes),
    ]
