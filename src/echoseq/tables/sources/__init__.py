"""The sources of tables, one module for each kind.

A module has a function `read` that takes paths by the names of a rule's inputs. It yields, for
each part of the rows, a label for the log and the arguments of the tables' `make` functions.
"""
