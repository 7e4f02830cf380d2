"""A ConvLSTM over the frames of a film: the gates are convolutions, the states are images. A list collects."""

import torch
from torch import nn

from case import Exported, grid

CHANNELS = 3


class ConvLstm(nn.Module):
    def __init__(self):
        super().__init__()
        self.gates = nn.Conv2d(1 + CHANNELS, 4 * CHANNELS, 3, padding=1)
        self.up = nn.ConvTranspose2d(CHANNELS, 1, 2, stride=2)

    def forward(self, film):
        h = torch.zeros([film.size(0), 3, film.size(3), film.size(4)])
        c = torch.zeros_like(h)
        frames = []
        for t in range(film.size(1)):
            i, f, g, o = self.gates(torch.cat([film[:, t], h], 1)).chunk(4, 1)
            c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
            h = torch.sigmoid(o) * torch.tanh(c)
            frames.append(self.up(h))
        return torch.stack(frames, 1), h


def cases():
    image = {3: "height", 4: "width"}
    return [Exported(
        "conv-lstm", torch.jit.script(ConvLstm()), {"film": {0: "batch", 1: "steps", **image}},
        {"frames": {0: "batch", 1: "steps", 3: "height2", 4: "width2"}, "h": {0: "batch", 2: "height", 3: "width"}},
        lambda draw, batch, steps, height, width: (draw.real(batch, steps, 1, height, width),),
        grid("batch steps height width", (1, 3, 4, 5), (2, 1, 3, 3), (1, 4, 6, 2), (3, 2, 5, 7)))]
