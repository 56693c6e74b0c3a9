"""Figures: tables in, matplotlib figures out, one module for each figure.

A module has a function `draw` that takes the paths of its tables and returns a figure, `caption`,
which says in words what it shows, and the constants that `catalogue` describes. It shares only
`style` with the others, so that a change to one figure redraws that one.
"""
