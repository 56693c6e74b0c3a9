"""Data: random integer sequences, and the snapshots that keep them."""
