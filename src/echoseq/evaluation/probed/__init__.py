"""The states that probes can read: one module for each set of them.

A module has a function `reader` and the constants that `study.probed` describes.
"""
