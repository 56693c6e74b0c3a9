"""echoseq: how do recurrent networks echo random integers?

The modules follow the path of the data and import one way; CONTRIBUTING.md has the map. Only
backend, models, training, evaluation and runs load TensorFlow.
"""

__version__ = "0.1.0"
