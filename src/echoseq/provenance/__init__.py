"""Versions of the results: their files and origin; publishing, comparing and verifying them."""
