"""The right answers of an experiment, counted."""

from echoseq.evaluation.predictions import Predictions
from echoseq.statistics.counts import Counts, count_correct
from echoseq.tables.columns import COMPLETE, INCOMPLETE


def count_predictions(predictions: Predictions) -> dict[str, Counts]:
    """The counts of an experiment: of complete windows, and of incomplete ones if any."""
    expected, incomplete = predictions.expected, predictions.incomplete
    parts = {COMPLETE: slice(incomplete, None), INCOMPLETE: slice(0, incomplete)}
    return {
        name: count_correct(predictions.tokens[:, :, part], expected[:, part])
        for name, part in parts.items()
        if incomplete or name == COMPLETE
    }
