"""Figures: tables in, matplotlib figures out, one module for each figure.

A module has a function `draw`, which takes the paths of its tables and returns a figure, a function
`caption`, which describes it in words, and the constants that `catalogue` describes. It shares only
`style` with the others, so that a change to one figure redraws only that one.
"""
