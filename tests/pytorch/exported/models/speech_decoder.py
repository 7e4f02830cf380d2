"""A speech decoder in the manner of Tacotron: two LSTM cells, attention that sees by a convolution where it has looked
before, padded memory masked out, and frames until the stop score says so. Frames, weights and stops are lists.
"""

import torch
from torch import nn

from case import Exported, decided, grid

FEATURES, MEMORY, HIDDEN, BANDS = 3, 4, 5, 3


class Attention(nn.Module):
    def __init__(self):
        super().__init__()
        self.query = nn.Linear(HIDDEN, 6, bias=False)
        self.key = nn.Linear(MEMORY, 6, bias=False)
        self.looked = nn.Sequential(nn.Conv1d(2, 3, 5, padding=2, bias=False))
        self.place = nn.Linear(3, 6, bias=False)
        self.score = nn.Linear(6, 1, bias=False)

    def forward(self, h, memory, weights, padded):
        place = self.place(self.looked(weights).transpose(1, 2))
        score = self.score(torch.tanh(self.query(h).unsqueeze(1) + self.key(memory) + place)).squeeze(-1)
        weight = torch.softmax(score - padded.to(score.dtype) * 1e9, 1)
        return torch.bmm(weight.unsqueeze(1), memory).squeeze(1), weight


class Decoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.encoder = nn.GRU(FEATURES, MEMORY // 2, batch_first=True, bidirectional=True)
        self.attention = Attention()
        self.before = nn.Sequential(nn.Linear(BANDS, 4), nn.ReLU())
        self.attending, self.decoding = nn.LSTMCell(4 + MEMORY, HIDDEN), nn.LSTMCell(HIDDEN + MEMORY, HIDDEN)
        self.frame, self.stop = nn.Linear(HIDDEN + MEMORY, BANDS), nn.Linear(HIDDEN + MEMORY, 1)

    def forward(self, x, lengths, patience):
        memory, last = self.encoder(x)
        batch = x.size(0)
        padded = torch.arange(x.size(1)).unsqueeze(0) >= lengths.unsqueeze(1)
        frame, context = torch.zeros([batch, 3]), torch.zeros([batch, 4])
        h, c = torch.zeros([batch, 5]), torch.zeros([batch, 5])
        h2, c2 = torch.zeros([batch, 5]), torch.zeros([batch, 5])
        weight = torch.zeros([batch, x.size(1)])
        seen = torch.zeros_like(weight)
        frames, weights, stops = [], [], []
        tired = torch.zeros([batch])
        while bool((tired < patience).any()):
            h, c = self.attending(torch.cat([self.before(frame), context], 1), (h, c))
            context, weight = self.attention(h, memory, torch.stack([weight, seen], 1), padded)
            seen = seen + weight
            h2, c2 = self.decoding(torch.cat([h, context], 1), (h2, c2))
            both = torch.cat([h2, context], 1)
            frame = self.frame(both)
            stop = torch.sigmoid(self.stop(both)).squeeze(1)
            tired = tired + stop
            frames += [frame]
            weights += [weight]
            stops += [stop]
        return torch.stack(frames, 1), torch.stack(weights, 1), torch.stack(stops)


def sample(draw, batch, steps, patience):
    return draw.real(batch, steps, FEATURES), draw.lengths(steps, batch), draw.real(1, scale=0.1) + patience


def cases():
    made = {0: "batch", 1: "made"}
    return [Exported(
        "speech-decoder", torch.jit.script(decided(Decoder())),
        {"x": {0: "batch", 1: "steps"}, "lengths": {0: "batch"}, "patience": {}},
        {"frames": made, "weights": {**made, 2: "steps"}, "stops": {0: "made", 1: "batch"}}, sample,
        grid("batch steps patience", (2, 4, 2), (1, 6, 1), (3, 5, 3), (4, 1, 2)))]
