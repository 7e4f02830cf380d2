#!/usr/bin/python3
"""Whole recurrent models, as people export them, into Rondo: does it compute what PyTorch computes?

models/ has modules that PyTorch's exporter turns into ONNX: readers, taggers, decoders with loops and branches.
written/ has models written node by node in the manner of other exporters, and numpy computes what they should give.
Weights come from seeds. Each model is made in every opset it has, with at least three data sets of different sizes, and
`rondo verify` compares. A model that Rondo refuses with exit code 4 is skipped, and the row says what was missing.

Needs Debian's python3-torch, python3-onnx and python3-numpy. ./run-tests does not, so this is run by hand, and by
.ci/run where torch can be imported. Options that it does not know go to `rondo verify`.

    ./quickstart && tests/pytorch/exported/run.py
    tests/pytorch/exported/run.py --only crnn --keep FOLDER --isa scalar

The last line counts models, one for each opset. Exit code: 0 when none failed, 1 when one did, 2 for a wrong call.
"""

import argparse
import collections
import importlib
import json
import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
import onnx.checker
import onnx.numpy_helper
import torch

sys.dont_write_bytecode = True  # the models are imported from the source tree
HERE = pathlib.Path(__file__).resolve().parent
SECONDS = 300  # for one model; a guard against hanging, since machines may be busy
FLAT = 1e-3  # an output whose elements are closer together than this would show no mistake


def all_cases():
    """Every file makes its models from the same seed, so that one does not change with another."""
    for file in sorted([*HERE.glob("models/*.py"), *HERE.glob("written/*.py")]):
        torch.manual_seed(0)
        yield from importlib.import_module(f"{file.parent.name}.{file.stem}").cases()


def write_tensors(folder, prefix, infos, arrays):
    for i, (info, array) in enumerate(zip(infos, arrays, strict=True)):
        proto = onnx.numpy_helper.from_array(numpy.ascontiguousarray(array).reshape(array.shape), info.name)
        (folder / f"{prefix}_{i}.pb").write_bytes(proto.SerializeToString())


def write_case(case, opset, folder):
    """Writes model.onnx and test_data_set_K in the layout of ONNX's own tests."""
    model = case.model(opset)
    onnx.checker.check_model(model)
    folder.mkdir(parents=True)
    (folder / "model.onnx").write_bytes(model.SerializeToString())
    spread = collections.defaultdict(list)
    for k, (inputs, outputs) in enumerate(case.data_sets()):
        data = folder / f"test_data_set_{k}"
        data.mkdir()
        write_tensors(data, "input", model.graph.input, inputs)
        write_tensors(data, "output", model.graph.output, outputs)
        for info, array in zip(model.graph.output, outputs):
            spread[info.name] += [float(array.min()), float(array.max())] if array.size else []
    if k < 2:
        raise ValueError("fewer than three data sets")
    for name, values in spread.items():
        if max(values) - min(values) < FLAT:
            raise ValueError(f"all elements of output '{name}' are about {values[0]}")


def data_sets_of(call):
    """The document of `rondo verify --json`, or why there is none."""
    try:
        done = subprocess.run(call, capture_output=True, text=True, timeout=SECONDS, check=False)
    except subprocess.TimeoutExpired:
        return None, f"no answer in {SECONDS} s"
    if done.returncode not in (0, 4, 10):
        return None, f"exit code {done.returncode} {done.stderr.strip()[-500:]}"
    return json.loads(done.stdout), ""


def reason(folder, data_set):
    """Why a data set did not pass, in a line."""
    if "error" in data_set:
        return data_set["error"]["text"].replace(str(folder), ".")
    return json.dumps([output for output in data_set["outputs"] if "mismatch" in output or output["differ"] > 0][0])


def outcome(case, opset, folder, options, more):
    """passed, failed or skipped, and a word about it."""
    try:
        write_case(case, opset, folder)
    except Exception as error:  # of any kind the exporter has
        return "failed", f"not made: {type(error).__name__}: {' '.join(str(error).split())[:500]}"
    limits = ["--atol", options.tolerance, "--rtol", options.tolerance]
    document, trouble = data_sets_of([options.rondo, "verify", folder, "--json", *limits, *more])
    if trouble:
        return "failed", trouble
    bad = [data_set for data_set in document["cases"] if data_set["status"] != "passed"]
    if not bad:
        return "passed", f"{document['passed']} data sets, worst {document['worst_abs']:.1e}"
    worst = min(bad, key=lambda data_set: data_set["status"])  # failed comes before skipped
    return worst["status"], f"{pathlib.Path(worst['case']).relative_to(folder)}: {reason(folder, worst)}"


def parse_options():
    command = HERE.parents[2] / "build/release/tools/rondo/rondo"
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rondo", default=command, help="the command; default: that of build/release")
    parser.add_argument("--only", default="", metavar="TEXT", help="only models whose name contains this")
    parser.add_argument("--keep", type=pathlib.Path, metavar="FOLDER", help="write the models here and keep them")
    parser.add_argument("--tolerance", default="1e-4", metavar="X", help="atol and rtol; default %(default)s")
    return parser.parse_known_args()


def main():
    options, more = parse_options()
    warnings.filterwarnings("ignore")
    torch.set_num_threads(1)
    cases = [case for case in all_cases() if options.only in case.name]
    if not cases:
        sys.exit(f"no model has {options.only!r} in its name")
    count = collections.Counter()
    with tempfile.TemporaryDirectory() as scratch:
        for case in cases:
            for opset in case.opsets:
                folder = (options.keep or pathlib.Path(scratch)) / f"{case.name}-opset{opset}"
                status, words = outcome(case, opset, folder, options, more)
                count[status] += 1
                print(f"{case.name:<26} opset {opset:>2}  {status:<8} {words}", flush=True)
    print(f"{count['passed']} passed, {count['failed']} failed, {count['skipped']} skipped")
    sys.exit(1 if count["failed"] else 0)


if __name__ == "__main__":
    main()
