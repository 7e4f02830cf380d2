"""What the files of models/ and written/ say about their models, for run.py.

Each of those files has a function cases() that returns a list of Exported or Written.
"""

import dataclasses
import io
import typing

import numpy
import onnx
import torch
from torch import nn

OPSETS = (11, 13, 17)


class Draw:
    """Made-up values that depend on nothing but the seed. Arrays are numpy's."""

    def __init__(self, seed):
        self.source = numpy.random.RandomState(seed)

    def real(self, *shape, scale=1.0):
        return self.source.uniform(-scale, scale, shape).astype(numpy.float32)

    def token(self, count, *shape):
        return self.source.randint(0, count, shape).astype(numpy.int64)

    def number(self, value):
        """A given number as a tensor without axes."""
        return numpy.array(value)

    def flag(self, *shape):
        return self.source.randint(0, 2, shape).astype(bool)

    def lengths(self, steps, batch, falling=False):
        """From 1 to steps, and one of them is steps."""
        values = self.source.randint(1, steps + 1, (batch,)).astype(numpy.int64)
        values[self.source.randint(batch)] = steps
        return numpy.sort(values)[::-1].copy() if falling else values


@dataclasses.dataclass(frozen=True)
class Exported:
    """A PyTorch module, traced or scripted; what it computes is what is expected.

    inputs and outputs: name -> {axis: name of a dynamic dim}.
    sample(draw, **sizes): a tuple of arrays for the inputs.
    sizes: the first is exported with, every other makes a data set.
    """

    name: str
    module: nn.Module
    inputs: dict
    outputs: dict
    sample: typing.Callable
    sizes: tuple
    opsets: tuple = OPSETS
    fold: bool = True

    def tensors(self, k):
        return tuple(torch.from_numpy(array) for array in self.sample(Draw(k), **self.sizes[k]))

    def model(self, opset):
        file = io.BytesIO()
        torch.onnx.export(
            self.module.eval(), self.tensors(0), file, input_names=list(self.inputs), output_names=list(self.outputs),
            opset_version=opset, do_constant_folding=self.fold, dynamic_axes={**self.inputs, **self.outputs})
        return onnx.load_from_string(file.getvalue())

    def data_sets(self):
        """Pairs of inputs and outputs, each a list of arrays."""
        for k in range(1, len(self.sizes)):
            inputs = self.tensors(k)
            with torch.no_grad():
                outputs = self.module.eval()(*(tensor.clone() for tensor in inputs))
            outputs = (outputs,) if isinstance(outputs, torch.Tensor) else outputs
            yield [tensor.numpy() for tensor in inputs], [tensor.numpy() for tensor in outputs]


@dataclasses.dataclass(frozen=True)
class Written:
    """A model written node by node; expected(*inputs) computes it in numpy. The rest is as in Exported."""

    name: str
    model: typing.Callable  # model(opset): an onnx.ModelProto
    expected: typing.Callable
    sample: typing.Callable
    sizes: tuple
    opsets: tuple = OPSETS

    def data_sets(self):
        for k, sizes in enumerate(self.sizes):
            inputs = self.sample(Draw(k), **sizes)
            yield list(inputs), list(self.expected(*inputs))


def grid(names, *rows):
    """grid("batch steps", (2, 3), (1, 4)) is ({"batch": 2, "steps": 3}, {"batch": 1, "steps": 4})."""
    return tuple(dict(zip(names.split(), row)) for row in rows)


def lived_in(module):
    """The module with statistics and scales of its normalizations as training would have left them: not 0 and 1."""
    for part in module.modules():
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d)):
            nn.init.uniform_(part.running_mean, -0.3, 0.3)
            nn.init.uniform_(part.running_var, 0.5, 2.0)
        if isinstance(part, (nn.BatchNorm1d, nn.BatchNorm2d, nn.LayerNorm)):
            nn.init.uniform_(part.weight, 0.5, 1.5)
            nn.init.uniform_(part.bias, -0.5, 0.5)
    return module


def decided(module, gain=3.0):
    """The module with larger weights and smaller biases, so that it does not make the same choice over and over."""
    for part in module.parameters():
        part.data.mul_(gain if part.dim() > 1 else 0.1)
    return module
