"""Versions of the results: what they are made of and from, published, compared, verified."""
