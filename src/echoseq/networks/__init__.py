"""Networks: the numerical settings, the coding of integers, and the models."""
