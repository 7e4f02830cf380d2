"""An LSTM whose gates and cell are layer-normalized, written by hand: as a scripted loop, and unrolled by tracing."""

import torch
from torch import nn

from case import Exported, grid, lived_in

FEATURES, HIDDEN = 4, 6


class NormCell(nn.Module):
    def __init__(self):
        super().__init__()
        self.of_x = nn.Linear(FEATURES, 4 * HIDDEN, bias=False)
        self.of_h = nn.Linear(HIDDEN, 4 * HIDDEN, bias=False)
        self.norm_x = nn.LayerNorm(4 * HIDDEN)
        self.norm_h = nn.LayerNorm(4 * HIDDEN)
        self.norm_c = nn.LayerNorm(HIDDEN)

    def forward(self, x, h, c):
        i, f, g, o = (self.norm_x(self.of_x(x)) + self.norm_h(self.of_h(h))).chunk(4, 1)
        c = self.norm_c(torch.sigmoid(f + 1.0) * c + torch.sigmoid(i) * torch.tanh(g))
        return torch.sigmoid(o) * torch.tanh(c), c


class Looped(nn.Module):
    def __init__(self):
        super().__init__()
        self.cell = NormCell()

    def forward(self, x, h, c):
        y = torch.zeros([x.size(0), 0, h.size(1)])
        for t in range(x.size(1)):
            h, c = self.cell(x[:, t], h, c)
            y = torch.cat([y, h.unsqueeze(1)], 1)
        return y, h, c


class Listed(nn.Module):
    """The loop takes the steps from a list and puts the outputs into another."""

    def __init__(self):
        super().__init__()
        self.cell = NormCell()

    def forward(self, x, h, c):
        steps = x.unbind(1)
        ys = []
        for t in range(len(steps)):
            h, c = self.cell(steps[t], h, c)
            ys.append(h)
        return torch.stack(ys, 1), h, c


class Unrolled(nn.Module):
    """The number of steps is that of the export."""

    def __init__(self):
        super().__init__()
        self.cell = NormCell()

    def forward(self, x, h, c):
        ys = []
        for step in x.unbind(1):
            h, c = self.cell(step, h, c)
            ys.append(h)
        return torch.stack(ys, 1), h, c


def sample(draw, batch, steps):
    return draw.real(batch, steps, FEATURES), draw.real(batch, HIDDEN), draw.real(batch, HIDDEN)


def cases():
    rows = {0: "batch"}

    def case(name, module, series, sizes):
        return Exported(name, lived_in(module), {"x": series, "h": rows, "c": rows},
                        {"y": series, "h_next": rows, "c_next": rows}, sample, sizes)

    return [
        case("norm-lstm-loop", torch.jit.script(Looped()), {0: "batch", 1: "steps"},
             grid("batch steps", (2, 4), (1, 7), (3, 1), (5, 3), (2, 0))),
        case("norm-lstm-lists", torch.jit.script(Listed()), {0: "batch", 1: "steps"},
             grid("batch steps", (2, 4), (1, 7), (3, 1), (5, 3))),
        case("norm-lstm-unrolled", Unrolled(), rows, grid("batch steps", (2, 5), (1, 5), (3, 5), (6, 5))),
    ]
