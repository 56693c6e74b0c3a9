"""Networks: what the numbers depend on, how integers are coded, and the models."""
