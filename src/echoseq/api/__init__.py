"""Results from Python: `echoseq.results("results/v2")`, described in docs/python.md."""
