"""Tables that test claims, read as those are from which others are made."""

from echoseq.tables.sources.tables import read

__all__ = ["read"]
