"""Watching: how far a version is, from its files and from what Snakemake leaves behind."""
