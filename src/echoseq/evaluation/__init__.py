"""Trained networks on held-out sequences."""
