"""The provenance of a published version, held against the profiles it claims."""
