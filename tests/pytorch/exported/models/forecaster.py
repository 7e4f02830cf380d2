"""A forecaster: a GRU reads what was, then feeds each prediction back for as many steps as the caller asks."""

import torch
from torch import nn

from case import Exported, grid

HIDDEN, SERIES = 6, 2


class Forecaster(nn.Module):
    """A prediction is the value before it plus a change. One layer reads the past whole and the future by steps."""

    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(SERIES, HIDDEN, 2)
        self.head = nn.Linear(HIDDEN, SERIES)

    def forward(self, past, ahead):
        _, h = self.gru(past)
        value = past[-1:]
        predictions = torch.zeros([ahead.size(0), value.size(1), 2])
        for i in range(ahead.size(0)):
            y, h = self.gru(value, h)
            value = value + self.head(y) * ahead[i]
            predictions[i] = value[0]
        return predictions


def cases():
    return [Exported(
        "forecaster", torch.jit.script(Forecaster()), {"past": {0: "steps", 1: "batch"}, "ahead": {0: "steps_ahead"}},
        {"predictions": {0: "steps_ahead", 1: "batch"}},
        lambda draw, steps, batch, ahead: (draw.real(steps, batch, SERIES), draw.real(ahead) + 1),
        grid("steps batch ahead", (5, 2, 3), (1, 1, 6), (7, 3, 1), (3, 4, 4), (2, 3, 0)))]
