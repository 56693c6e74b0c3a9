"""Results from Python: `echoseq.results("results/v3")`, described in docs/python.md."""
