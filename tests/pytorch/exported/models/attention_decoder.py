"""An encoder, and a decoder that attends to it and feeds its own choice back: for a number of steps the caller gives,
and until every row has chosen the last word.
"""

import torch
from torch import nn

from case import Exported, decided, grid

WORDS, HIDDEN, FEATURES, STOP = 9, 6, 5, 3


class Encoder(nn.Module):
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(FEATURES, HIDDEN // 2, batch_first=True, bidirectional=True)

    def forward(self, x):
        memory, last = self.gru(x)
        return memory, last.transpose(0, 1).reshape(x.size(0), -1)


class Step(nn.Module):
    """One word from the word before: attention, a GRU cell written out, scores of the next word."""

    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(WORDS, 4)
        self.query = nn.Linear(HIDDEN, HIDDEN, bias=False)
        self.gates = nn.Linear(4 + HIDDEN + HIDDEN, 2 * HIDDEN)
        self.candidate = nn.Linear(4 + HIDDEN + HIDDEN, HIDDEN)
        self.score = nn.Linear(HIDDEN, WORDS)

    def forward(self, word, h, memory):
        weight = torch.softmax(torch.bmm(memory, self.query(h).unsqueeze(2)), 1)
        context = torch.bmm(weight.transpose(1, 2), memory).squeeze(1)
        x = torch.cat([self.embedding(word), context], 1)
        r, z = torch.sigmoid(self.gates(torch.cat([x, h], 1))).chunk(2, 1)
        h = (1 - z) * torch.tanh(self.candidate(torch.cat([x, r * h], 1))) + z * h
        return self.score(h), h


class ForSteps(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = Step()

    def forward(self, memory, h, steps):
        word = torch.zeros([memory.size(0)], dtype=torch.long)
        scores = torch.zeros([memory.size(0), 0, 9])
        for _ in range(int(steps)):
            score, h = self.step(word, h, memory)
            word = score.argmax(1)
            scores = torch.cat([scores, score.unsqueeze(1)], 1)
        return scores


class UntilStop(nn.Module):
    def __init__(self):
        super().__init__()
        self.step = Step()

    def forward(self, memory, h, steps):
        word = torch.zeros([memory.size(0)], dtype=torch.long)
        words = word.unsqueeze(1)
        open_rows = torch.ones([memory.size(0)], dtype=torch.bool)
        i = 0
        going = True
        while going:
            score, h = self.step(word, h, memory)
            word = torch.where(open_rows, score.argmax(1), word * 0 + 3)
            words = torch.cat([words, word.unsqueeze(1)], 1)
            open_rows = torch.logical_and(open_rows, word != 3)
            i += 1
            going = bool(open_rows.any()) and i < int(steps)
        return words


class Translator(nn.Module):
    def __init__(self, decoder):
        super().__init__()
        self.encoder = Encoder()
        self.decoder = decoder

    def forward(self, x, steps):
        memory, h = self.encoder(x)
        return self.decoder(memory, h, steps)


def sample(draw, batch, time, steps):
    return draw.real(batch, time, FEATURES), draw.number(steps)


def cases():
    sizes = grid("batch time steps", (2, 4, 3), (1, 7, 5), (4, 3, 1), (3, 6, 9), (2, 3, 0))
    inputs = {"x": {0: "batch", 1: "time"}, "steps": {}}
    made = {0: "batch", 1: "steps_made"}
    decoders = ("attention-for-steps", ForSteps(), "scores"), ("attention-until-stop", UntilStop(), "words")
    return [Exported(name, torch.jit.script(decided(Translator(decoder))), inputs, {output: made}, sample, sizes)
            for name, decoder, output in decoders]
