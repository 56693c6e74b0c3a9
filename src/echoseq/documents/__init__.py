"""Documents made from the files of a version: paper, report, the README's table."""
