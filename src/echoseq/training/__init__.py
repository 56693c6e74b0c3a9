"""Training: the compiled loop, its checkpoints, and the files of a run."""
