"""A keyword spotter: convolutions that thin time out, a GRU, the mean over the frames that are not padding."""

import torch
from torch import nn

from case import Exported, grid, lived_in

BANDS, HIDDEN, WORDS = 10, 6, 5


class Spotter(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(1, 4, (3, 3), stride=(2, 2), padding=(1, 1)), nn.BatchNorm2d(4), nn.Hardtanh(0.0, 6.0),
            nn.Conv2d(4, 4, 3, padding=1, groups=4), nn.SiLU(), nn.AvgPool2d((1, 2), ceil_mode=False))
        self.gru = nn.GRU(8, HIDDEN, batch_first=True, bidirectional=True)
        self.head = nn.Sequential(nn.LayerNorm(2 * HIDDEN), nn.GELU(), nn.Dropout(0.5), nn.Linear(2 * HIDDEN, WORDS))

    def forward(self, frames, lengths):
        x = self.look(frames.unsqueeze(1)).permute(0, 2, 1, 3).flatten(2)
        y, _ = self.gru(x)
        kept = torch.div(lengths + 1, 2, rounding_mode="floor")
        valid = (torch.arange(y.size(1)).unsqueeze(0) < kept.unsqueeze(1)).to(y.dtype).unsqueeze(2)
        mean = (y * valid).sum(1) / valid.sum(1).clamp(min=1.0)
        return self.head(mean).softmax(-1)


def cases():
    return [Exported(
        "keyword-spotter", lived_in(Spotter()), {"frames": {0: "batch", 1: "steps"}, "lengths": {0: "batch"}},
        {"words": {0: "batch"}},
        lambda draw, batch, steps: (draw.real(batch, steps, BANDS, scale=2.0), draw.lengths(steps, batch)),
        grid("batch steps", (2, 8), (1, 5), (3, 12), (4, 1)))]
