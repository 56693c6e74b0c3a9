"""The architectures: plain Keras, one module each.

A module has a function `build` and the constants that `study.architectures` describes.
"""
