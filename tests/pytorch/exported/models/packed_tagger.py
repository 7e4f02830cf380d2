"""A tagger of packed sentences: embedding, bidirectional LSTM by lengths, a score for each tag; sorted or not."""

from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

from case import Exported, grid

WORDS, TAGS = 17, 4


class Tagger(nn.Module):
    def __init__(self, falling):
        super().__init__()
        self.falling = falling
        self.embedding = nn.Embedding(WORDS, 5, padding_idx=0)
        self.lstm = nn.LSTM(5, 6, num_layers=2, bidirectional=True, batch_first=True)
        self.score = nn.Linear(12, TAGS)

    def forward(self, words, lengths):
        packed = pack_padded_sequence(self.embedding(words), lengths, batch_first=True, enforce_sorted=self.falling)
        y, (h, _) = self.lstm(packed)
        y, _ = pad_packed_sequence(y, batch_first=True)
        return self.score(y).log_softmax(-1), h


def cases():
    inputs = {"words": {0: "batch", 1: "steps"}, "lengths": {0: "batch"}}
    outputs = {"scores": inputs["words"], "h": {1: "batch"}}
    sizes = grid("batch steps", (1, 4), (3, 7), (2, 1), (5, 6))

    def case(name, falling):
        return Exported(
            name, Tagger(falling), inputs, outputs,
            lambda draw, batch, steps: (draw.token(WORDS, batch, steps), draw.lengths(steps, batch, falling)), sizes)

    return [case("packed-tagger", True), case("packed-tagger-unsorted", False)]
