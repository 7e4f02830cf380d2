#!/usr/bin/python3
"""Fine-tuning beside PyTorch: do both learn the same, step by step?

A two-layer bidirectional LSTM tagger on sequences of unequal length, a GRU forecaster and a plain RNN classifier are
exported and then trained twice from the same weights on the same batches in the same order: by torch.optim, and by
`rondo finetune`. Every optimizer meets every schedule. What is compared: the loss of every step, and every weight of
the model files after the last one; relative to the largest number of each tensor.

Needs Debian's python3-torch, python3-onnx and python3-numpy; run by hand, and by .ci/run where torch can be imported.

    ./quickstart && tests/pytorch/training.py
    tests/pytorch/training.py --only tagger --steps 20

Exit code: 0 when every pair agrees, 1 when one does not.
"""

import argparse
import io
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
import onnx.numpy_helper
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

TOLERANCE = 1e-5
SAMPLES, BATCH = 40, 8
RATE = {"sgd": 0.05, "momentum": 0.02, "adam": 0.003, "adamw": 0.003, "rmsprop": 0.001, "adagrad": 0.01}


class Tagger(nn.Module):
    """Tags for each step; sequences differ in length, which Rondo has to find a way for by itself."""

    loss, ragged = "cross-entropy", True

    def __init__(self):
        super().__init__()
        self.rnn = nn.LSTM(6, 10, num_layers=2, bidirectional=True, batch_first=True)
        self.head = nn.Linear(20, 5)

    def forward(self, x, lengths=None):
        if lengths is None:
            return self.head(self.rnn(x)[0])
        packed = pack_padded_sequence(x, lengths, batch_first=True, enforce_sorted=False)
        return self.head(pad_packed_sequence(self.rnn(packed)[0], batch_first=True)[0])

    def loss_of(self, out, y, lengths):
        kept = torch.arange(out.shape[1])[None, :] < lengths[:, None]
        return nn.functional.cross_entropy(out[kept], y[kept])

    def target(self, x):
        return x[..., :5].argmax(-1)


class Forecaster(nn.Module):
    """The next value of a series, after each step."""

    loss, ragged = "mse", False

    def __init__(self):
        super().__init__()
        self.rnn = nn.GRU(6, 12, batch_first=True)
        self.head = nn.Linear(12, 2)

    def forward(self, x, lengths=None):
        return self.head(self.rnn(x)[0])

    def loss_of(self, out, y, lengths):
        return nn.functional.mse_loss(out, y)

    def target(self, x):
        return numpy.cumsum(x[..., :2], axis=-2).astype("float32")


class Classifier(nn.Module):
    """One class for a whole sequence, from the last state."""

    loss, ragged = "cross-entropy", False

    def __init__(self):
        super().__init__()
        self.rnn = nn.RNN(6, 14, batch_first=True)
        self.head = nn.Linear(14, 3)

    def forward(self, x, lengths=None):
        return self.head(self.rnn(x)[1][0])

    def loss_of(self, out, y, lengths):
        return nn.functional.cross_entropy(out, y)

    def target(self, x):
        return x.sum(0)[:3].argmax()


MODELS = {"tagger": Tagger, "forecaster": Forecaster, "classifier": Classifier}


def optimizer_for(name, parameters):
    rate = RATE[name]
    return {
        "sgd": lambda: torch.optim.SGD(parameters, rate),
        "momentum": lambda: torch.optim.SGD(parameters, rate, momentum=0.9, nesterov=True, weight_decay=1e-3),
        "adam": lambda: torch.optim.Adam(parameters, rate),
        "adamw": lambda: torch.optim.AdamW(parameters, rate),
        "rmsprop": lambda: torch.optim.RMSprop(parameters, rate),
        "adagrad": lambda: torch.optim.Adagrad(parameters, rate),
    }[name]()


def flags_for(name):
    more = {"momentum": ["--momentum", "0.9", "--nesterov", "--weight-decay", "1e-3"]}.get(name, [])
    return ["--optimizer", "sgd" if name == "momentum" else name, "--lr", repr(RATE[name]), *more]


def scheduler_for(name, optimizer, rate, steps, per_epoch):
    S = torch.optim.lr_scheduler
    if name == "constant":
        return S.LambdaLR(optimizer, lambda step: 1.0)
    if name == "linear":
        return S.LinearLR(optimizer, 1.0, 1e-12, steps)
    if name == "cosine":
        return S.CosineAnnealingLR(optimizer, steps)
    if name == "step":
        return S.LambdaLR(optimizer, lambda step: 0.1 ** (step // per_epoch))
    if name == "exponential":
        return S.LambdaLR(optimizer, lambda step: 0.95 ** (step // per_epoch))
    return S.OneCycleLR(optimizer, rate, steps, cycle_momentum=False)


SCHEDULES = ("constant", "linear", "cosine", "step", "exponential")


def data_for(model, seed):
    """Samples [T,6] with their targets."""
    draw = numpy.random.default_rng(seed)
    samples = []
    for i in range(SAMPLES):
        steps = 2 + (i * 7) % 9 if model.ragged else 9
        x = draw.normal(size=(steps, 6)).astype("float32")
        samples.append((x, numpy.asarray(model.target(x))))
    return samples


def write_data(samples, path):
    with open(path, "w", encoding="ascii") as file:
        for x, y in samples:
            file.write(json.dumps({"x": x.astype(float).tolist(), "target": y.tolist()}) + "\n")


def batch_of(samples):
    lengths = torch.tensor([len(x) for x, _ in samples])
    longest = int(lengths.max())
    x = torch.zeros(len(samples), longest, 6)
    per_step = samples[0][1].ndim > 0
    y = []
    for i, (one, target) in enumerate(samples):
        x[i, : len(one)] = torch.from_numpy(one)
        target = torch.from_numpy(target)
        y.append(torch.cat([target, target.new_zeros((longest - len(one), *target.shape[1:]))]) if per_step else target)
    return x, torch.stack(y), lengths


def exported(model):
    buffer = io.BytesIO()
    axes = {"x": {0: "N", 1: "T"}}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(model.eval(), torch.zeros(2, 4, 6), buffer, input_names=["x"], output_names=["y"],
                          dynamic_axes=axes, opset_version=14, do_constant_folding=True)
    model.train()
    return buffer.getvalue()


def train(model, samples, optimizer_name, schedule, steps):
    optimizer = optimizer_for(optimizer_name, model.parameters())
    per_epoch = SAMPLES // BATCH
    scheduler = scheduler_for(schedule, optimizer, RATE[optimizer_name], steps, per_epoch)
    losses = []
    for step in range(steps):
        begin = step % per_epoch * BATCH
        x, y, lengths = batch_of(samples[begin : begin + BATCH])
        optimizer.zero_grad()
        loss = model.loss_of(model(x, lengths if model.ragged else None), y, lengths)
        loss.backward()
        optimizer.step()
        scheduler.step()
        losses.append(loss.item())
    return losses


def finetune(rondo, folder, loss, optimizer, schedule, steps):
    run = folder / "run"
    call = [rondo, "finetune", folder / "model.onnx", "--data", folder / "data.jsonl", "--loss", loss, *flags_for(optimizer),
            "--schedule", schedule, "--max-steps", str(steps), "--batch-size", str(BATCH), "--val-split", "0",
            "--no-shuffle", "--run-dir", run, "-o", folder / "tuned.onnx", "--threads", "1", "-q"]
    subprocess.run([str(word) for word in call], check=True, capture_output=True, text=True)
    lines = [json.loads(line) for line in (run / "metrics.jsonl").read_text().splitlines()]
    return [line["loss"] for line in lines if "loss" in line]


def weights_of(data):
    return {t.name: onnx.numpy_helper.to_array(t).astype("float64") for t in onnx.load_from_string(data).graph.initializer}


def compare(rondo, kind, optimizer, schedule, steps, seed):
    """The largest relative difference of losses and of weights."""
    torch.manual_seed(seed)
    model = MODELS[kind]()
    samples = data_for(model, seed)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "model.onnx").write_bytes(exported(model))
        write_data(samples, folder / "data.jsonl")
        theirs = train(model, samples, optimizer, schedule, steps)
        ours = finetune(rondo, folder, model.loss, optimizer, schedule, steps)
        if len(ours) != steps:
            raise ValueError(f"{len(ours)} steps instead of {steps}")
        losses = max(abs(a - b) / max(abs(a), 1e-3) for a, b in zip(theirs, ours))
        expected, got = weights_of(exported(model)), weights_of((folder / "tuned.onnx").read_bytes())
    weights = 0.0
    for key, value in expected.items():
        if value.size and numpy.abs(value).max() > 0:
            weights = max(weights, numpy.abs(value - got[key]).max() / numpy.abs(value).max())
    return losses, weights


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rondo", default="build/release/tools/rondo/rondo")
    parser.add_argument("--only", default="", help="pairs whose name holds this")
    parser.add_argument("--steps", type=int, default=100)
    args = parser.parse_args()
    torch.set_num_threads(1)
    failed = passed = 0
    for index, (kind, optimizer, schedule) in enumerate(itertools.product(MODELS, RATE, SCHEDULES)):
        name = f"{kind} {optimizer} {schedule}"
        if args.only not in name:
            continue
        try:
            losses, weights = compare(args.rondo, kind, optimizer, schedule, args.steps, index)
        except subprocess.CalledProcessError as e:
            print(f"FAILED {name}: {e.stderr.strip().splitlines()[-1:]}")
            failed += 1
            continue
        good = losses <= TOLERANCE and weights <= TOLERANCE
        passed, failed = passed + good, failed + (not good)
        print(f"{'ok    ' if good else 'FAILED'} {name:32} losses {losses:.2e}  weights {weights:.2e}")
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
