"""A voice detector fed by chunks: reflected padding, a Fourier transform as a convolution, magnitudes, an encoder, an
LSTM whose two states are one tensor, and the mean of the chances.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from case import Exported, grid

WINDOW, HOP, HIDDEN = 16, 8, 6


def fourier():
    """Rows of cosines, then of sines, under a Hann window: [2 * (WINDOW / 2 + 1), 1, WINDOW]."""
    n, k = torch.arange(WINDOW), torch.arange(WINDOW // 2 + 1).unsqueeze(1)
    angle = 2 * math.pi * k * n / WINDOW
    return (torch.cat([angle.cos(), -angle.sin()]) * torch.hann_window(WINDOW)).unsqueeze(1)


class Detector(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("basis", fourier())
        self.encoder = nn.Sequential(
            nn.Conv1d(WINDOW // 2 + 1, 8, 3, padding=1), nn.ReLU(),
            nn.Conv1d(8, HIDDEN, 3, stride=2, padding=1), nn.ReLU())
        self.lstm = nn.LSTM(HIDDEN, HIDDEN)
        self.head = nn.Conv1d(HIDDEN, 1, 1)

    def forward(self, signal, state):
        padded = functional.pad(signal.unsqueeze(1), (0, HOP), mode="reflect")
        real, imaginary = functional.conv1d(padded, self.basis, stride=HOP).chunk(2, 1)
        magnitude = torch.log1p(torch.sqrt(real ** 2 + imaginary ** 2 + 1e-6))
        x = self.encoder(magnitude).permute(2, 0, 1)
        y, (h, c) = self.lstm(x, (state[:1], state[1:]))
        chance = torch.sigmoid(self.head(torch.relu(y.permute(1, 2, 0)))).squeeze(1)
        return chance.mean(1, keepdim=True), torch.stack([h, c]).squeeze(1)


def cases():
    return [Exported(
        "voice-detector", Detector(), {"signal": {0: "batch", 1: "samples"}, "state": {1: "batch"}},
        {"chance": {0: "batch"}, "state_next": {1: "batch"}},
        lambda draw, batch, samples: (draw.real(batch, samples), draw.real(2, batch, HIDDEN)),
        grid("batch samples", (2, 64), (1, 32), (3, 101), (2, 40)))]
