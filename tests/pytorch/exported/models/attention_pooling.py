"""Bidirectional GRU layers whose steps are weighed by attention, padded steps masked out."""

import torch
from torch import nn

from case import Exported, grid

FEATURES, HIDDEN = 4, 5


class Pooled(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(FEATURES, HIDDEN, num_layers=2, bidirectional=True, batch_first=True)
        self.key = nn.Linear(2 * HIDDEN, 3)
        self.weigh = nn.Linear(3, 1, bias=False)
        self.head = nn.Linear(2 * HIDDEN, 2)

    def forward(self, x, lengths):
        y, _ = self.gru(x)
        padded = torch.arange(x.size(1)).unsqueeze(0) >= lengths.unsqueeze(1)
        score = self.weigh(torch.tanh(self.key(y))).squeeze(-1).masked_fill(padded, float("-inf"))
        weight = torch.where(padded, torch.zeros_like(score), score.softmax(1))
        pooled = torch.einsum("bt,bth->bh", weight, y)
        return self.head(pooled), weight


def cases():
    return [Exported(
        "attention-pooling", Pooled(), {"x": {0: "batch", 1: "steps"}, "lengths": {0: "batch"}},
        {"y": {0: "batch"}, "weight": {0: "batch", 1: "steps"}},
        lambda draw, batch, steps: (draw.real(batch, steps, FEATURES), draw.lengths(steps, batch)),
        grid("batch steps", (2, 4), (1, 1), (3, 8), (6, 5)),
        (12, 13, 17))]
