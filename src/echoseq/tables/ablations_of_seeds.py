"""What the networks of every seed answer with something taken away."""

import pandas as pd

from echoseq.evaluation.ablations import Ablations
from echoseq.tables.ablated import Scores, described

SOURCE = "ablations"
ROW = "experiment, seed, ablation, layer, removed value and position"
SETTINGS = ("margin",)
COLUMNS = {
    "experiment": "its name",
    "seed": "of the run",
    "ablation": "what is taken away from the trained network while it answers: {ablations}",
    "layer": "the layer that it is taken from; of several, joined by ` + `, at once",
    "state": "of the layer, from which directions are removed; otherwise empty",
    "removed": "the position in the window whose value is to be removed; otherwise empty",
    "position": "place in the answer, from 1; `value` is any value, `all` the exact match",
    "accuracy": "share of right answers in the {sequences} held-out sequences",
    "intact": "that of the same network as it is",
    "lost": "how much the ablation costs: `intact` less `accuracy`",
    "loss": "in nats; for the linear representation, the squared error on the scale 0..1; of "
    "`value` and `all`, the mean over positions",
    "bits": "information about the value, a lower bound: log2(alphabet) less the loss in bits; of "
    "`value` the mean over positions, of `all` the sum; empty where no drawn value is asked for",
    "cell": "of `cells_worst`, which cell that is, from 1; otherwise empty",
    "share": "of `cells_mean`, the share of the cells each of which alone costs more than {margin} "
    "of accuracy; otherwise empty",
}


def make(experiment: str, ablations: Ablations, *, margin: float) -> pd.DataFrame:
    """A row for each seed, case and place, of complete windows.

    Args:
        margin: an accuracy lost up to this counts as hardly any change.
    """
    scores, rows = Scores(ablations), []
    loss, bits = (values.mean(axis=2) for values in (scores.loss, scores.bits))
    share = [scores.costly(i, margin) for i in range(len(ablations.cases))]
    for s, seed in enumerate(ablations.seeds.tolist()):
        for i, case in enumerate(ablations.cases):
            for p, place in enumerate(scores.places):
                accuracy, intact = scores.accuracy[s, i, p], scores.accuracy[s, 0, p]
                row = {"experiment": experiment, "seed": seed, **described(case), "position": place}
                row |= {"accuracy": accuracy, "intact": intact, "lost": intact - accuracy}
                row |= {"loss": loss[s, i, p], "bits": bits[s, i, p]}
                row |= {"cell": ablations.cell[s, i] + 1 or None, "share": share[i][s, p]}
                rows.append(row)
    table = pd.DataFrame(rows, columns=list(COLUMNS))
    return table.astype({"removed": "Int64", "cell": "Int64"})
