"""Beam search: the best few hypotheses live on and their states follow them by index_select."""

import torch
from torch import nn

from case import Exported, decided, grid

WORDS, HIDDEN, BEAMS = 7, 5, 3


class Beams(nn.Module):
    """One sentence; the hypotheses are the rows of the batch."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(3, HIDDEN)
        self.embedding = nn.Embedding(WORDS, 4)
        self.cell = nn.LSTMCell(4, HIDDEN)
        self.score = nn.Linear(HIDDEN, WORDS)

    def forward(self, x, steps):
        _, (h, c) = self.encoder(x)
        h = h[0].expand(3, 5)
        c = c[0].expand(3, 5)
        words = torch.zeros([3, 1], dtype=torch.long)
        totals = torch.tensor([0.0, -1e9, -1e9])
        for step in range(int(steps)):
            h, c = self.cell(self.embedding(words[:, -1]), (h, c))
            candidates = totals.unsqueeze(1) + torch.log_softmax(self.score(h), 1)
            totals, chosen = candidates.view(-1).topk(3)
            row = torch.div(chosen, 7, rounding_mode="floor")
            h = h.index_select(0, row)
            c = c.index_select(0, row)
            words = torch.cat([words.index_select(0, row), (chosen - row * 7).unsqueeze(1)], 1)
        return words, totals


def sample(draw, time, steps):
    return draw.real(time, 1, 3), draw.number(steps)


def cases():
    return [Exported(
        "beam-decoder", torch.jit.script(decided(Beams())), {"x": {0: "time"}, "steps": {}},
        {"words": {1: "steps_made"}, "totals": {}}, sample, grid("time steps", (4, 3), (1, 1), (6, 5), (3, 8)))]
