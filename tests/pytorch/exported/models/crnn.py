"""A text reader: convolutions over an image of a line, two bidirectional LSTMs over its columns, a class per column."""

from torch import nn

from case import Exported, grid, lived_in

HEIGHT, CLASSES = 8, 11


class Columns(nn.Module):
    """A bidirectional LSTM whose steps and rows are one axis while the linear layer sees them."""

    def __init__(self, features, hidden, classes):
        super().__init__()
        self.lstm = nn.LSTM(features, hidden, bidirectional=True)
        self.linear = nn.Linear(2 * hidden, classes)

    def forward(self, x):
        y, _ = self.lstm(x)
        steps, batch, features = y.size()
        return self.linear(y.view(steps * batch, features)).view(steps, batch, -1)


class Reader(nn.Module):
    def __init__(self):
        super().__init__()
        self.look = nn.Sequential(
            nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
            nn.Conv2d(4, 6, 3, padding=1), nn.BatchNorm2d(6), nn.ReLU(), nn.MaxPool2d((2, 2), (2, 1), (0, 1)),
            nn.BatchNorm2d(6), nn.LeakyReLU(0.2), nn.Conv2d(6, 8, 2))
        self.read = nn.Sequential(Columns(8, 7, 9), Columns(9, 5, CLASSES))

    def forward(self, image):
        columns = self.look(image).squeeze(2).permute(2, 0, 1)
        return self.read(columns).log_softmax(2)


def cases():
    return [Exported(
        "crnn", lived_in(Reader()), {"image": {0: "batch", 3: "width"}}, {"classes": {0: "columns", 1: "batch"}},
        lambda draw, batch, width: (draw.real(batch, 1, HEIGHT, width),),
        grid("batch width", (2, 12), (1, 9), (3, 20), (5, 4)))]
