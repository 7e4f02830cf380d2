"""An audio effect: an LSTM whose states the caller carries, a convolution beside it, and the dry signal added."""

import torch
from torch import nn

from case import Exported, grid

HIDDEN = 7


class Effect(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(2, HIDDEN, batch_first=True)
        self.conv = nn.Conv1d(1, 3, 5, padding=2, bias=False)
        self.mix = nn.Conv1d(3, 1, 1)
        self.head = nn.Linear(HIDDEN, 1, bias=False)

    def forward(self, signal, knob, h, c):
        controls = torch.cat([signal, knob.unsqueeze(1).expand_as(signal)], 2)
        y, (h, c) = self.lstm(controls, (h, c))
        coloured = self.mix(nn.functional.elu(self.conv(signal.transpose(1, 2)))).transpose(1, 2)
        return torch.clamp(signal + self.head(y) + 0.5 * coloured, -1.0, 1.0), h, c


def sample(draw, batch, steps):
    return draw.real(batch, steps, 1), draw.real(batch, 1), draw.real(1, batch, HIDDEN), draw.real(1, batch, HIDDEN)


def cases():
    series, states = {0: "batch", 1: "steps"}, {1: "batch"}
    return [Exported(
        "audio-effect", Effect(), {"signal": series, "knob": {0: "batch"}, "h": states, "c": states},
        {"out": series, "h_next": states, "c_next": states}, sample,
        grid("batch steps", (1, 8), (1, 441), (2, 33), (3, 1)))]
