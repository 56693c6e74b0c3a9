"""Statistics: pure functions of arrays, of seeds and held-out sequences."""
