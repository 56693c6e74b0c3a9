"""Both echoes in PyTorch: eager, with its own LSTM and its fused Adam."""

import numpy as np
import torch
from torch.nn import functional
from work import BETA_1, BETA_2, EPSILON, RATE, Sizes, report

WARMUP = 100


class Echo(torch.nn.Module):
    """One LSTM, or an encoder and a decoder, with an output layer for every step."""

    def __init__(self, sizes: Sizes) -> None:
        """Weights drawn as Keras draws them."""
        super().__init__()
        self.first = torch.nn.LSTM(sizes.alphabet, sizes.cells, batch_first=True)
        self.second = None
        if sizes.encoder:
            self.second = torch.nn.LSTM(sizes.cells, sizes.cells, batch_first=True)
        self.output = torch.nn.Linear(sizes.cells, sizes.alphabet)
        self.n_out = sizes.n_out
        for lstm in filter(None, (self.first, self.second)):
            initialize(lstm)
        torch.nn.init.xavier_uniform_(self.output.weight)
        torch.nn.init.zeros_(self.output.bias)

    def forward(self, inputs, states):
        """Logits of every step, and the states after the last."""
        outputs, first = self.first(inputs, states[0])
        if self.second is None:
            return self.output(outputs), [first]
        repeated = outputs[:, -1:].expand(-1, self.n_out, -1)
        outputs, second = self.second(repeated, states[1])
        return self.output(outputs), [first, second]


def initialize(lstm: torch.nn.LSTM) -> None:
    """As Keras does: Glorot's uniform, orthogonal, zero, forget gates of one."""
    cells = lstm.hidden_size
    torch.nn.init.xavier_uniform_(lstm.weight_ih_l0)
    torch.nn.init.orthogonal_(lstm.weight_hh_l0)
    for bias in (lstm.bias_ih_l0, lstm.bias_hh_l0):
        torch.nn.init.zeros_(bias)
    with torch.no_grad():
        lstm.bias_ih_l0[cells : 2 * cells] = 1.0


def trainer(sizes: Sizes):
    """A function of windows that goes on training one network."""
    torch.manual_seed(0)
    torch.set_num_threads(1)
    model = Echo(sizes)
    optimizer = torch.optim.Adam(
        model.parameters(), lr=RATE, betas=(BETA_1, BETA_2), eps=EPSILON, fused=True
    )

    def update(windows, states):
        encoded = functional.one_hot(windows, sizes.alphabet).float()
        logits, states = model(encoded, states)
        targets = windows[:, : sizes.n_out]
        loss = functional.cross_entropy(logits.flatten(0, 1), targets.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item(), [tuple(part.detach() for part in state) for state in states]

    def run(drawn: np.ndarray) -> list[float]:
        losses = []
        for sequence in torch.from_numpy(drawn.astype(np.int64)):
            states = [None, None]
            said = []
            for windows in sequence:
                loss, states = update(windows, states)
                said.append(loss)
            losses.append(float(np.mean(said)))
        return losses

    return run


if __name__ == "__main__":
    report(f"PyTorch {torch.__version__}", trainer, warmup=WARMUP)
