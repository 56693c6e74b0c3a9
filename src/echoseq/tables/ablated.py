"""The answers of ablated networks, counted by place: each position, any value, the exact match."""

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from echoseq.evaluation.ablations import Ablations, Case
from echoseq.statistics.information import told
from echoseq.tables.columns import EXACT_MATCH, PER_VALUE


@dataclass(frozen=True)
class Scores:
    """Answers in complete windows, of each seed and case, at the places where any are asked.

    The last two places are any value, and the exact match.
    """

    source: Ablations

    @cached_property
    def asked(self) -> np.ndarray:
        """The positions at which something is asked, from 0."""
        return np.flatnonzero(self.source.windows[:-1])

    @property
    def places(self) -> list[str]:
        """Their names."""
        return [*(str(position + 1) for position in self.asked), PER_VALUE, EXACT_MATCH]

    @cached_property
    def correct(self) -> np.ndarray:
        """Right answers, (seeds, cases, sequences, places)."""
        return self._placed(self.source.correct)

    @cached_property
    def answers(self) -> np.ndarray:
        """How many there are in a sequence, (cases, places)."""
        return self.source.networks[:, None] * self._placed(self.source.windows)

    @cached_property
    def accuracy(self) -> np.ndarray:
        """Share of right answers, (seeds, cases, places)."""
        return self.correct.sum(axis=2) / (self.correct.shape[2] * self.answers)

    @cached_property
    def loss(self) -> np.ndarray:
        """Of each sequence, (seeds, cases, sequences, places); at the last two, the mean."""
        loss = self.source.loss[..., self.asked].astype(np.float64)
        mean = loss.mean(axis=-1, keepdims=True)
        return np.concatenate([loss, mean, mean], axis=-1)

    @cached_property
    def bits(self) -> np.ndarray:
        """Information about the values, (seeds, cases, sequences, places).

        What `told` has; NaN for a regression, and where no drawn value is asked for. The mean over
        positions is that of any value, and the sum that of the exact match.
        """
        known = self.source.drawn[self.asked] & (str(self.source.encoding) == "one_hot")
        loss = np.where(known, self.source.loss[..., self.asked], math.nan)
        bits = told(loss, int(self.source.alphabet))
        if not known.any():
            return np.full((*bits.shape[:-1], len(self.places)), math.nan)
        both = [np.nanmean(bits, axis=-1), np.nansum(bits, axis=-1)]
        return np.concatenate([bits, np.stack(both, axis=-1)], axis=-1)

    @property
    def chance(self) -> list[float]:
        """The accuracy of a uniform guess, (places,)."""
        guess = 1 / int(self.source.alphabet)
        exact = float(np.mean(guess ** self.source.values.astype(np.float64)))
        return [guess] * (len(self.places) - 1) + [exact]

    def costly(self, case: int, margin: float) -> np.ndarray:
        """The share of cells each of which alone costs more than a margin, (seeds, places).

        NaN if the case is not about cells.
        """
        own = self.source.held[:, (self.source.cells == case) & (case > 0)]
        if not own.shape[1]:
            return np.full((len(own), len(self.places)), math.nan)
        total = self.correct.shape[2] * self._placed(self.source.windows)
        lost = self.correct[:, 0].sum(axis=1)[:, None] - self._placed(own)
        return np.asarray((lost > margin * total).mean(axis=1))

    def _placed(self, counts: np.ndarray) -> np.ndarray:
        """Counts (..., n_out + 1) at the places."""
        values = counts[..., :-1].sum(axis=-1, keepdims=True)
        return np.concatenate([counts[..., self.asked], values, counts[..., -1:]], axis=-1)


def described(case: Case) -> dict[str, object]:
    """What a row says of a case; the position is that of the row."""
    return {**case._asdict(), "removed": case.removed or None}
