"""What is asked: the configuration, checked, and the plan of each run."""
