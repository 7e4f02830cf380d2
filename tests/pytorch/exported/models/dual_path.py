"""A dual-path separator: the sequence is cut into chunks, one layer runs within them and one across them, and masks on
the result, joined again, separate the speakers.
"""

import torch
from torch import nn

from case import Exported, grid, lived_in

CHANNELS, CHUNK, SPEAKERS = 4, 6, 2


class Path(nn.Module):
    """A bidirectional layer over the last but one axis of [batch, a, b, channels], projected, normed and added."""

    def __init__(self, kind):
        super().__init__()
        self.layer = kind(CHANNELS, 5, batch_first=True, bidirectional=True)
        self.project = nn.Linear(10, CHANNELS)
        self.norm = nn.LayerNorm(CHANNELS)

    def forward(self, x):
        batch, a, b, channels = x.shape
        y, _ = self.layer(x.reshape(batch * a, b, channels))
        return x + self.norm(self.project(y)).view(batch, a, b, channels)


class DualPath(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.Conv1d(1, CHANNELS, 4, stride=2)
        self.norm = nn.GroupNorm(1, CHANNELS)
        self.within, self.across = Path(nn.LSTM), Path(nn.GRU)
        self.mask = nn.Sequential(nn.PReLU(), nn.Conv1d(CHANNELS, SPEAKERS * CHANNELS, 1), nn.Sigmoid())
        self.decoder = nn.ConvTranspose1d(CHANNELS, 1, 4, stride=2)

    def forward(self, signal):
        code = self.encoder(signal.unsqueeze(1))
        x = self.norm(code)
        short = (CHUNK - x.size(2) % CHUNK) % CHUNK
        x = nn.functional.pad(x, (0, short))
        x = x.view(x.size(0), CHANNELS, -1, CHUNK).permute(0, 2, 3, 1)
        x = self.within(x)
        x = self.across(x.transpose(1, 2)).transpose(1, 2)
        x = x.reshape(x.size(0), -1, CHANNELS).transpose(1, 2)[:, :, :code.size(2)]
        masks = self.mask(x).view(x.size(0), SPEAKERS, CHANNELS, -1)
        each = (masks * code.unsqueeze(1)).flatten(0, 1)
        return self.decoder(each).view(x.size(0), SPEAKERS, -1)


def cases():
    return [Exported(
        "dual-path", lived_in(DualPath()), {"signal": {0: "batch", 1: "samples"}},
        {"voices": {0: "batch", 2: "made"}}, lambda draw, batch, samples: (draw.real(batch, samples),),
        grid("batch samples", (2, 40), (1, 26), (3, 57), (2, 14)))]
