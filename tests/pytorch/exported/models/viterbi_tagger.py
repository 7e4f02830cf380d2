"""A BiLSTM-CRF tagger: the best path of tags is found in the graph, by a loop forward over time and one back."""

import torch
from torch import nn

from case import Exported, decided, grid

WORDS, TAGS = 15, 4


class Viterbi(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 5)
        self.lstm = nn.LSTM(5, 4, bidirectional=True)
        self.emission = nn.Linear(8, TAGS)
        self.transition = nn.Parameter(torch.empty(TAGS, TAGS).uniform_(-1, 1))

    def forward(self, words):
        y, states = self.lstm(self.embedding(words))
        emission = self.emission(y)
        score = emission[0]
        choices = torch.zeros([0, words.size(1), 4], dtype=torch.long)
        for t in range(1, words.size(0)):
            best, choice = (score.unsqueeze(2) + self.transition.unsqueeze(0)).max(1)
            score = best + emission[t]
            choices = torch.cat([choices, choice.unsqueeze(0)])
        total, tag = score.max(1)
        path = tag.unsqueeze(0)
        for k in range(choices.size(0) - 1, -1, -1):
            tag = choices[k].gather(1, tag.unsqueeze(1)).squeeze(1)
            path = torch.cat([tag.unsqueeze(0), path])
        return path, total


def cases():
    series = {0: "steps", 1: "batch"}
    return [Exported(
        "viterbi-tagger", torch.jit.script(decided(Viterbi())), {"words": series},
        {"path": series, "total": {0: "batch"}}, lambda draw, steps, batch: (draw.token(WORDS, steps, batch),),
        grid("steps batch", (4, 2), (1, 3), (7, 1), (9, 5)))]
