"""Causal convolutions whose reach doubles, with residuals and weight norm, then a GRU over what they found."""

import torch
from torch import nn
from torch.nn import functional

from case import Exported, grid, lived_in

CHANNELS = 6


class Causal(nn.Module):
    """Pads in front, so that no step sees a later one."""

    def __init__(self, channels_in, channels, dilation):
        super().__init__()
        self.reach = 2 * dilation
        self.conv = nn.utils.weight_norm(nn.Conv1d(channels_in, channels, 3, dilation=dilation))
        self.norm = nn.BatchNorm1d(channels)
        self.through = nn.Conv1d(channels_in, channels, 1) if channels_in != channels else nn.Identity()

    def forward(self, x):
        y = self.conv(functional.pad(x, (self.reach, 0)))
        return torch.relu(self.norm(torch.relu(y)) + self.through(x))


class Chopped(nn.Module):
    """Pads on both sides and chops what looked ahead; two halves of the channels gate each other."""

    def __init__(self, channels, dilation):
        super().__init__()
        self.excess = 2 * dilation
        self.conv = nn.Conv1d(channels, 2 * channels, 3, padding=2 * dilation, dilation=dilation)

    def forward(self, x):
        value, gate = self.conv(x)[:, :, :-self.excess].chunk(2, 1)
        return x + torch.tanh(value) * torch.sigmoid(gate)


class TcnGru(nn.Module):
    def __init__(self):
        super().__init__()
        self.convolutions = nn.Sequential(
            Causal(3, CHANNELS, 1), Causal(CHANNELS, CHANNELS, 2), Chopped(CHANNELS, 4))
        self.gru = nn.GRU(CHANNELS, 5, batch_first=True)
        self.head = nn.Linear(5, 2)

    def forward(self, x):
        y, _ = self.gru(self.convolutions(x).transpose(1, 2))
        return self.head(y), self.head(y[:, -1])


def cases():
    return [Exported(
        "tcn-gru", lived_in(TcnGru()), {"x": {0: "batch", 2: "steps"}},
        {"y": {0: "batch", 1: "steps"}, "last": {0: "batch"}},
        lambda draw, batch, steps: (draw.real(batch, 3, steps),),
        grid("batch steps", (2, 9), (1, 5), (3, 17), (4, 1)))]
