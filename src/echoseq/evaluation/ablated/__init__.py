"""What can be taken away from a network while it answers: one module for each family of ablations.

A module has a function `ablator` and the constants that `study.ablated` describes.
"""
