#!/usr/bin/python3
"""PyTorch's recurrent layers through its ONNX exporter into Rondo: do both compute the same?

Exports nn.RNN (tanh and relu), nn.LSTM and nn.GRU with one to three layers, one or both directions, time or batch
first, plain or packed by lengths, with and without initial states, constants folded by the exporter or not: every
combination. Sizes, biases and opsets take turns. Each model gets two data sets whose batch and length are not those it
was exported with, filled with what PyTorch computes, and `rondo verify` compares. Layers with proj_size are left out:
ONNX has no such LSTM.

Needs Debian's python3-torch, python3-onnx and python3-numpy. ./run-tests does not, so this is run by hand, and by
.ci/run where torch can be imported. Options that it does not know go to `rondo verify`.

    ./quickstart && tests/pytorch/round_trip.py
    tests/pytorch/round_trip.py --only lstm --keep FOLDER --isa scalar

Exit code: 0 when every data set passed, 1 when one did not, 2 for a wrong call.
"""

import argparse
import collections
import dataclasses
import io
import itertools
import json
import pathlib
import subprocess
import sys
import tempfile
import time
import warnings

import numpy
import onnx
import onnx.numpy_helper
import torch
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

KINDS = ("rnn_tanh", "rnn_relu", "lstm", "gru")
MODES = ("plain", "states", "packed", "packed+states")
OPSETS = (9, 11, 13, 14, 16)
SIZES = ((3, 5), (8, 16), (1, 1), (7, 9), (4, 33))  # features, hidden
EXPORT_STEPS = 4
RUN_SHAPES = (((4, 11), (1, 3)), ((3, 1), (7, 6)), ((5, 2), (3, 3)))  # batch, time


@dataclasses.dataclass(frozen=True)
class Case:
    kind: str
    layers: int
    bidirectional: bool
    batch_first: bool
    mode: str
    fold: bool
    index: int

    @property
    def packed(self):
        return self.mode.startswith("packed")

    @property
    def states(self):
        return self.mode.endswith("states")

    @property
    def opset(self):
        return OPSETS[self.index % len(OPSETS)]

    @property
    def bias(self):
        return self.index % 7 < 5

    @property
    def export_batch(self):
        """The exporter writes missing states of packed sequences as zeros of the batch it saw; 1 expands to any."""
        return 1 if self.mode == "packed" else 2

    @property
    def run_shapes(self):
        return RUN_SHAPES[self.index % len(RUN_SHAPES)]

    @property
    def name(self):
        words = [self.kind, str(self.layers), "bi" if self.bidirectional else "uni"]
        words += ["batch" if self.batch_first else "time", self.mode.replace("+", "_")]
        words += ["folded" if self.fold else "unfolded", f"opset{self.opset}"]
        return "-".join(words if self.bias else words + ["nobias"])


def all_cases():
    product = itertools.product(KINDS, (1, 2, 3), (False, True), (False, True), MODES, (True, False))
    return [Case(*values, index) for index, values in enumerate(product)]


def layer_of(case):
    features, hidden = SIZES[case.index // 3 % len(SIZES)]
    options = {name: getattr(case, name) for name in ("bidirectional", "batch_first", "bias")}
    options["num_layers"] = case.layers
    if case.kind.startswith("rnn"):
        return nn.RNN(features, hidden, nonlinearity=case.kind[4:], **options)
    return {"lstm": nn.LSTM, "gru": nn.GRU}[case.kind](features, hidden, **options)


class Model(nn.Module):
    """forward(x, [h0, [c0]], [lengths]) -> y, hn, [cn]"""

    def __init__(self, case):
        super().__init__()
        self.case = case
        self.layer = layer_of(case)

    def forward(self, x, *rest):
        case = self.case
        states = None
        if case.states:
            states = (rest[0], rest[1]) if case.kind == "lstm" else rest[0]
        if case.packed:
            x = pack_padded_sequence(x, rest[-1], batch_first=case.batch_first)
        y, after = self.layer(x, states)
        if case.packed:
            y, _ = pad_packed_sequence(y, batch_first=case.batch_first)
        return (y, *after) if case.kind == "lstm" else (y, after)


def input_names(case):
    states = (("h0", "c0") if case.kind == "lstm" else ("h0",)) if case.states else ()
    return ("x", *states, *(("lengths",) if case.packed else ()))


def output_names(case):
    return ("y", "hn", "cn") if case.kind == "lstm" else ("y", "hn")


def inputs_for(case, model, batch, steps, generator):
    """Tensors in the order of input_names; the longest length is steps, as pad_packed_sequence assumes."""
    layer = model.layer
    sequence = (batch, steps) if case.batch_first else (steps, batch)
    state = (case.layers * (2 if case.bidirectional else 1), batch, layer.hidden_size)
    lengths = torch.randint(1, steps + 1, (batch,), generator=generator).sort(descending=True).values
    lengths[0] = steps
    values = {
        "x": torch.rand((*sequence, layer.input_size), generator=generator) * 2 - 1,
        "h0": torch.rand(state, generator=generator) * 2 - 1,
        "c0": torch.rand(state, generator=generator) * 2 - 1,
        "lengths": lengths,
    }
    return tuple(values[name] for name in input_names(case))


def export(case, model, inputs):
    sequence = {0: "batch", 1: "time"} if case.batch_first else {0: "time", 1: "batch"}
    state = {1: "batch"}
    axes = {"x": sequence, "y": sequence, "h0": state, "c0": state, "hn": state, "cn": state, "lengths": {0: "batch"}}
    names = input_names(case), output_names(case)
    file = io.BytesIO()
    torch.onnx.export(
        model, inputs, file, input_names=names[0], output_names=names[1], opset_version=case.opset,
        do_constant_folding=case.fold, dynamic_axes={name: axes[name] for name in (*names[0], *names[1])})
    return file.getvalue()


def write_tensors(folder, prefix, names, tensors):
    for i, (name, tensor) in enumerate(zip(names, tensors)):
        proto = onnx.numpy_helper.from_array(numpy.ascontiguousarray(tensor.numpy()), name)
        (folder / f"{prefix}_{i}.pb").write_bytes(proto.SerializeToString())


def write_case(case, folder):
    """Writes model.onnx and test_data_set_K in the layout of ONNX's own tests."""
    generator = torch.Generator().manual_seed(case.index)
    torch.manual_seed(case.index)
    model = Model(case).eval()
    example = inputs_for(case, model, case.export_batch, EXPORT_STEPS, generator)
    folder.mkdir()
    (folder / "model.onnx").write_bytes(export(case, model, example))
    for k, (batch, steps) in enumerate(case.run_shapes):
        inputs = inputs_for(case, model, batch, steps, generator)
        with torch.no_grad():
            outputs = model(*inputs)
        data = folder / f"test_data_set_{k}"
        data.mkdir()
        write_tensors(data, "input", input_names(case), inputs)
        write_tensors(data, "output", output_names(case), outputs)


def verify(options, folders, more):
    """What `rondo verify --json` says about the folders: a list of data sets."""
    limits = ["--atol", options.tolerance, "--rtol", options.tolerance]
    call = [options.rondo, "verify", *folders, "--json", *limits, *more]
    done = subprocess.run(call, stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode not in (0, 4, 10):
        sys.exit(f"rondo verify ended with code {done.returncode}\n{done.stdout[:2000]}")
    return json.loads(done.stdout)["cases"]


def reason(data_set):
    """Why a data set did not pass, in a line."""
    if "error" in data_set:
        return json.dumps(data_set["error"])
    bad = [output for output in data_set["outputs"] if "mismatch" in output or output["differ"] > 0]
    return json.dumps(bad[0])


def worst_of(data_sets):
    errors = [output.get("worst_abs", 0) for data_set in data_sets for output in data_set.get("outputs", ())]
    return max((float(error) for error in errors), default=0.0)


def table(cases, data_sets_of):
    """A row for each kind, passed of all data sets for each mode, and the largest absolute error."""
    lines = ["".join(["kind".ljust(10), *(mode.rjust(15) for mode in MODES), "worst abs".rjust(12)])]
    for kind in KINDS:
        cells = []
        for mode in MODES:
            sets = [d for c in cases if (c.kind, c.mode) == (kind, mode) for d in data_sets_of[c.name]]
            cells.append(f"{sum(d['status'] == 'passed' for d in sets)} of {len(sets)}".rjust(15))
        worst = worst_of([d for c in cases if c.kind == kind for d in data_sets_of[c.name]])
        lines.append("".join([kind.ljust(10), *cells, f"{worst:12.2e}"]))
    return "\n".join(lines)


def parse_options():
    command = pathlib.Path(__file__).resolve().parents[2] / "build/release/tools/rondo/rondo"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rondo", default=command, help="the command; default: that of build/release")
    parser.add_argument("--only", default="", metavar="TEXT", help="only cases whose name contains this")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="write the models here and keep them")
    parser.add_argument("--tolerance", default="1e-5", metavar="X", help="atol and rtol; default %(default)s")
    return parser.parse_known_args()


def main():
    options, more = parse_options()
    cases = [case for case in all_cases() if options.only in case.name]
    if not cases:
        sys.exit(f"no case has {options.only!r} in its name")
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch:
        folder = options.keep or pathlib.Path(scratch)
        folder.mkdir(parents=True, exist_ok=True)
        started = time.monotonic()
        for case in cases:
            write_case(case, folder / case.name)
        print(f"{len(cases)} models exported by PyTorch {torch.__version__} in {time.monotonic() - started:.0f} s")
        data_sets = verify(options, [folder / case.name for case in cases], more)

    data_sets_of = collections.defaultdict(list)
    for data_set in data_sets:
        data_sets_of[pathlib.Path(data_set["case"]).parent.name].append(data_set)
        if data_set["status"] != "passed":
            print(f"{data_set['status']} {data_set['case']}: {reason(data_set)}")
    print(table(cases, data_sets_of))
    count = collections.Counter(data_set["status"] for data_set in data_sets)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    sys.exit(0 if count["passed"] == sum(len(case.run_shapes) for case in cases) else 1)


if __name__ == "__main__":
    main()
