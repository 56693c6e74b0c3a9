"""Versions for experiment trackers: what is taken along, and a module for each tracker."""
