"""The study: the checked configuration, and the plan of each run."""
