#!/bin/bash
# rliable 1.2.0 with pandas 2.3.3.
# Expected: get_interval_estimates(..., random_state=RandomState(0)) gives the same intervals each time.
# Found: it does not; the argument does not reach the bootstrap.
# Matters to: whoever publishes intervals that others should be able to make again.
set -eu

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv here
here/bin/pip install --quiet --disable-pip-version-check rliable==1.2.0 pandas==2.3.3 "setuptools<81"

cat > intervals.py <<'PYTHON'
import numpy as np
from rliable import library, metrics

scores = {"a": np.random.default_rng(0).random((10, 5))}


def interval(**options):
    _, found = library.get_interval_estimates(
        scores, lambda x: np.array([metrics.aggregate_mean(x)]), reps=200, **options
    )
    return found["a"].ravel().round(6).tolist()


first, second = (interval(random_state=np.random.RandomState(0)) for _ in range(2))
print(first, second)
assert first != second
PYTHON

here/bin/python intervals.py 2>/dev/null
# Seen: two different intervals.
