"""echoseq: how do recurrent networks echo random integers?

The modules follow the path of the data and import in one direction; CONTRIBUTING.md has the map.
Only networks, training and evaluation load TensorFlow.
"""

__version__ = "0.1.0"
