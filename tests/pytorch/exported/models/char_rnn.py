"""A language model of characters: embedding, two GRU layers, scores; the states go in and come out."""

from torch import nn

from case import Exported, grid

CHARACTERS, HIDDEN, LAYERS = 13, 6, 2


class CharRnn(nn.Module):
    def __init__(self):
        super().__init__()
        self.embedding = nn.Embedding(CHARACTERS, 4)
        self.gru = nn.GRU(4, HIDDEN, LAYERS)
        self.score = nn.Linear(HIDDEN, CHARACTERS)

    def forward(self, text, h):
        y, h = self.gru(self.embedding(text), h)
        return self.score(y), h


def cases():
    states = {1: "batch"}
    return [Exported(
        "char-rnn", CharRnn(), {"text": {0: "steps", 1: "batch"}, "h": states},
        {"scores": {0: "steps", 1: "batch"}, "h_next": states},
        lambda draw, steps, batch: (draw.token(CHARACTERS, steps, batch), draw.real(LAYERS, batch, HIDDEN)),
        grid("steps batch", (4, 2), (1, 1), (9, 3), (2, 5)))]
