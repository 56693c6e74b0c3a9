"""What an epoch costs at least: floating-point operations and bytes, counted from the sizes.

Counted are the products that cannot be left out, and one pass of Adam over the weights. Gates,
softmax and all that a program does beside are not, so that this is a bound that none can reach.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass

from peers.work import Sizes

NUMBER = 4  # bytes of a float32
FUSED = 2  # operations of a fused multiply-add


def weights(sizes: Sizes) -> int:
    """Numbers that are trained."""
    cells = sizes.cells
    layers = [sizes.alphabet, cells] if sizes.encoder else [sizes.alphabet]
    recurrent = sum((inputs + cells + 1) * 4 * cells for inputs in layers)
    return recurrent + (cells + 1) * sizes.alphabet


def operations(sizes: Sizes) -> int:
    """Floating-point operations of the products of an epoch.

    A product with one-hot vectors is none, nor is one with a state that is known to be zero. What
    the decoder reads at each step is multiplied once. Through the states between batches flows no
    gradient.
    """
    fresh = _update(sizes, carried=False)
    return fresh + (sizes.batches - 1) * _update(sizes, carried=sizes.stateful)


def _update(sizes: Sizes, *, carried: bool) -> int:
    """Of one weight update, whose first step begins with a state that is zero or `carried`."""
    recurrent = FUSED * sizes.batch_size * sizes.cells * 4 * sizes.cells
    output = FUSED * sizes.batch_size * sizes.cells * sizes.alphabet

    def layer(steps: int) -> int:
        """Forward, the gradient of the kernel, and that of the states before."""
        multiplied = steps if carried else steps - 1
        return (2 * multiplied + steps - 1) * recurrent

    read_again = layer(sizes.n_out) + 3 * recurrent if sizes.encoder else 0
    return layer(sizes.n_in) + read_again + 3 * sizes.n_out * output


def traffic(sizes: Sizes) -> int:
    """Bytes that the updates of an epoch read and write.

    Adam reads and writes each weight and its two moments; gradients need not be stored.
    """
    return sizes.batches * 6 * NUMBER * weights(sizes)


def working_set(sizes: Sizes) -> int:
    """Bytes of the weights and their moments."""
    return 3 * NUMBER * weights(sizes)


@dataclass(frozen=True)
class Limit:
    """The least milliseconds of an epoch: for its products, and for its traffic."""

    products: float
    traffic: float

    @property
    def ms(self) -> float:
        """Both, one after the other."""
        return self.products + self.traffic


def limit(sizes: Sizes, gflops: float, bandwidth: Mapping[int, float]) -> Limit:
    """The limit on a core.

    Args:
        gflops: its peak, 10^9 operations a second.
        bandwidth: 10^9 bytes a second, by the bytes of what is read and written again and again.
            That of the largest not above the working set counts, or of the smallest of all.
    """
    known = sorted(bandwidth)
    size = known[max(bisect_right(known, working_set(sizes)) - 1, 0)]
    return Limit(
        products=operations(sizes) / gflops / 1e6,
        traffic=traffic(sizes) / bandwidth[size] / 1e6,
    )
