"""A transducer's greedy decoder: for every frame, words are taken until a blank comes, and only a word moves the
predictor's state. A branch in a loop in a loop.
"""

import torch
from torch import nn

from case import Exported, decided, grid

FEATURES, HIDDEN, WORDS = 4, 5, 6


class Transducer(nn.Module):
    """One utterance at a time."""

    def __init__(self):
        super().__init__()
        self.encoder = nn.LSTM(FEATURES, HIDDEN, bidirectional=True)
        self.embedding = nn.Embedding(WORDS, 4)
        self.predictor = nn.LSTMCell(4, HIDDEN)
        self.of_frame = nn.Linear(2 * HIDDEN, HIDDEN)
        self.joint = nn.Linear(HIDDEN, WORDS)
        self.joint.bias.data[0] = 10.0  # blanks are common

    def forward(self, x):
        encoded, states = self.encoder(x)
        frames = self.of_frame(encoded)
        word = torch.zeros([1], dtype=torch.long)
        h, c = self.predictor(self.embedding(word), (torch.zeros([1, 5]), torch.zeros([1, 5])))
        words = word
        total = torch.zeros([1])
        for t in range(frames.size(0)):
            taken = 0
            going = True
            while going:
                score = torch.log_softmax(self.joint(torch.tanh(frames[t] + h)), 1)
                best, word = score.max(1)
                total = total + best
                if bool((word == 0).all()):
                    going = False
                else:
                    words = torch.cat([words, word])
                    h, c = self.predictor(self.embedding(word), (h, c))
                    taken += 1
                    going = taken < 3
        return words, total, h


def cases():
    return [Exported(
        "transducer", torch.jit.script(decided(Transducer(), 4.0)), {"x": {0: "steps"}},
        {"words": {0: "taken"}, "total": {}, "h": {}}, lambda draw, steps: (draw.real(steps, 1, FEATURES, scale=2.0),),
        grid("steps", (4,), (1,), (7,), (12,)))]
