"""Labels of sizes on a logarithmic axis."""

from collections.abc import Sequence

from echoseq.wording import count

APART = 1.6  # least ratio of sizes that both have a label


def tick_labels(sizes: Sequence[float]) -> list[str]:
    """Sizes on a logarithmic axis, but for those that would run into the label before them."""
    labels, last = [], 0.0
    for size in sizes:
        apart = size >= APART * last
        labels.append(count(size) if apart else "")
        last = size if apart else last
    return labels
