"""Data: random integer sequences, and the snapshots that store them."""
