"""Tables: results over seeds, one module for each table.

A module has a function `make` and the constants that `catalogue` describes.
"""
