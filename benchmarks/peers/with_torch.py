"""Both echoes in PyTorch, with its fused Adam: eager, or `compiled` if that is the argument.

Eager has PyTorch's own LSTM. Its compiler does not look into that, so the compiled one is written
out, step by step; one-hot vectors take rows of the kernel.
"""

import math
import sys

import numpy as np
import torch
from torch.nn import functional
from work import BETA_1, BETA_2, EPSILON, RATE, Make, Run, Sizes, Weights, serve


class Eager(torch.nn.Module):
    """One LSTM, or an encoder and a decoder, with an output layer for every step."""

    def __init__(self, sizes: Sizes, weights: Weights) -> None:
        """With these weights."""
        super().__init__()
        self.n_out, self.alphabet = sizes.n_out, sizes.alphabet
        self.first = lstm_of(weights, "first")
        self.second = lstm_of(weights, "second") if sizes.encoder else None
        self.output = torch.nn.Linear(sizes.cells, sizes.alphabet)
        put(self.output.weight, weights["output_kernel"].T)
        put(self.output.bias, weights["output_bias"])

    def forward(self, windows, states):
        """Logits of every step, and the states after the last."""
        encoded = functional.one_hot(windows, self.alphabet).float()
        outputs, first = self.first(encoded, states[0])
        if self.second is None:
            return self.output(outputs), [first]
        repeated = outputs[:, -1:].expand(-1, self.n_out, -1)
        outputs, second = self.second(repeated, states[1])
        return self.output(outputs), [first, second]


def lstm_of(weights: Weights, name: str) -> torch.nn.LSTM:
    """PyTorch's LSTM with these weights; its second bias is left zero and is not trained."""
    kernel = weights[f"{name}_kernel"]
    lstm = torch.nn.LSTM(kernel.shape[0], kernel.shape[1] // 4, batch_first=True)
    put(lstm.weight_ih_l0, kernel.T)
    put(lstm.weight_hh_l0, weights[f"{name}_recurrent"].T)
    put(lstm.bias_ih_l0, weights[f"{name}_bias"])
    put(lstm.bias_hh_l0, np.zeros_like(weights[f"{name}_bias"]))
    lstm.bias_hh_l0.requires_grad_(False)
    return lstm


def put(parameter: torch.nn.Parameter, value: np.ndarray) -> None:
    """Set a parameter."""
    with torch.no_grad():
        parameter.copy_(torch.from_numpy(np.ascontiguousarray(value)))


class WrittenOut(torch.nn.Module):
    """The same, written out step by step."""

    def __init__(self, sizes: Sizes, weights: Weights) -> None:
        """With these weights."""
        super().__init__()
        self.sizes = sizes
        self.of = torch.nn.ParameterDict(
            {name: torch.from_numpy(value.copy()) for name, value in weights.items()}
        )

    def forward(self, windows, states):
        """Logits of every step, and the states after the last."""
        rows = functional.embedding(windows.T, self.of["first_kernel"]) + self.of["first_bias"]
        outputs, first = self._lstm("first", rows.unbind(), states[0])
        if not self.sizes.encoder:
            return self._answers(outputs), [first]
        read = outputs[-1] @ self.of["second_kernel"] + self.of["second_bias"]
        outputs, second = self._lstm("second", [read] * self.sizes.n_out, states[1])
        return self._answers(outputs), [first, second]

    def _lstm(self, name, inputs, state):
        h, c = (None, None) if state is None else state
        outputs = []
        for read in inputs:
            z = read if h is None else read + h @ self.of[f"{name}_recurrent"]
            i, f, g, o = z.chunk(4, dim=-1)
            written = torch.sigmoid(i) * torch.tanh(g)
            c = written if c is None else torch.sigmoid(f) * c + written
            h = torch.sigmoid(o) * torch.tanh(c)
            outputs.append(h)
        return outputs, (h, c)

    def _answers(self, outputs):
        return torch.stack(outputs, 1) @ self.of["output_kernel"] + self.of["output_bias"]


def maker(*, compiled: bool) -> Make:
    """A function that makes the training of one network."""

    def make(sizes: Sizes, weights: Weights) -> Run:
        updates = 0
        torch.set_num_threads(1)
        torch.set_flush_denormal(True)  # as XLA does
        model = (WrittenOut if compiled else Eager)(sizes, weights)
        optimizer = torch.optim.Adam(
            (p for p in model.parameters() if p.requires_grad),
            lr=RATE,
            betas=(BETA_1, BETA_2),
            fused=True,
        )

        def step() -> None:
            """An update with Keras's epsilon, which is added before the bias of v is corrected."""
            nonlocal updates
            updates += 1
            optimizer.param_groups[0]["eps"] = EPSILON / math.sqrt(1 - BETA_2**updates)
            optimizer.step()

        def loss_of(windows, states):
            logits, states = model(windows, states)
            targets = windows[:, : sizes.n_out]
            loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
            return loss, [tuple(part.detach() for part in state) for state in states]

        if compiled:
            loss_of = torch.compile(loss_of, dynamic=False)

        def run(drawn: np.ndarray) -> list[float]:
            losses = []
            for sequence in torch.from_numpy(drawn.astype(np.int64)):
                states, said = [None, None], []
                for windows in sequence:
                    optimizer.zero_grad()
                    loss, after = loss_of(windows, states)
                    loss.backward()
                    step()
                    states = after if sizes.carries else states
                    said.append(loss.item())
                losses.append(float(np.mean(said)))
            return losses

        return run

    return make


if __name__ == "__main__":
    serve(f"PyTorch {torch.__version__}", maker(compiled="compiled" in sys.argv[1:]))
