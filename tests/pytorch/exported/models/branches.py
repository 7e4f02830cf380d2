"""Branches that depend on data: which of two cells runs, whether the states start anew, and how deep to look."""

import torch
from torch import nn

from case import Exported, grid

FEATURES, HIDDEN = 3, 4


class Branches(nn.Module):
    def __init__(self):
        super().__init__()
        self.loud = nn.GRU(FEATURES, HIDDEN)
        self.quiet = nn.RNN(FEATURES, HIDDEN)
        self.head = nn.Linear(HIDDEN, 2)

    def forward(self, x, h, anew):
        if bool(anew):
            h = torch.zeros_like(h)
        if bool(x.abs().mean() > 0.5):
            y, h = self.loud(x, h)
        else:
            y, h = self.quiet(x, h)
            if x.size(0) > 3:
                y = y * 2.0
        return self.head(y), h


def sample(draw, steps, batch, scale, anew):
    return draw.real(steps, batch, FEATURES, scale=scale), draw.real(1, batch, HIDDEN), draw.number(anew)


def cases():
    series, states = {0: "steps", 1: "batch"}, {1: "batch"}
    return [Exported(
        "branches", torch.jit.script(Branches()), {"x": series, "h": states, "anew": {}},
        {"y": series, "h_next": states}, sample,
        grid("steps batch scale anew", (4, 2, 1.0, True), (5, 1, 2.0, False), (3, 3, 0.2, True), (6, 4, 0.3, False)))]
