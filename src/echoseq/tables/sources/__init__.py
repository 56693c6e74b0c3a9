"""What tables are made from, one module for each kind.

A module has a function `read` that takes paths by the names of a rule's inputs. It yields what the
functions `make` of the tables are called with, once for each part of the rows, and a name to log.
"""
