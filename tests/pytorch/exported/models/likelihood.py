"""A forecaster of distributions in double precision: embeddings of the weekday beside the series, LSTM layers, mean and
deviation of a normal distribution, and the log likelihood of what came.
"""

import math

import torch
from torch import nn
from torch.nn import functional

from case import Exported, grid

HIDDEN = 5


class Likelihood(nn.Module):
    def __init__(self):
        super().__init__()
        self.weekday = nn.Embedding(7, 3)
        self.lstm = nn.LSTM(4, HIDDEN, 2, batch_first=True)
        self.mean = nn.Linear(HIDDEN, 1)
        self.deviation = nn.Linear(HIDDEN, 1)

    def forward(self, series, first_day):
        scale = series.abs().mean(1, keepdim=True) + 1.0
        day = torch.remainder(first_day.unsqueeze(1) + torch.arange(series.size(1) - 1), 7)
        x = torch.cat([(series[:, :-1] / scale).unsqueeze(2), self.weekday(day)], 2)
        y, _ = self.lstm(x)
        mean = self.mean(y).squeeze(2) * scale
        deviation = functional.softplus(self.deviation(y)).squeeze(2) * scale
        off = (series[:, 1:] - mean) / deviation
        return -(0.5 * off ** 2 + deviation.log() + 0.5 * math.log(2 * math.pi)).sum(1), mean


def cases():
    return [Exported(
        "likelihood-double", Likelihood().double(), {"series": {0: "batch", 1: "days"}, "first_day": {0: "batch"}},
        {"likelihood": {0: "batch"}, "mean": {0: "batch", 1: "days_after"}},
        lambda draw, batch, days: (draw.real(batch, days, scale=5.0).astype("float64"), draw.token(7, batch)),
        grid("batch days", (2, 6), (1, 2), (3, 15), (5, 9)))]
