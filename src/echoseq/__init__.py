"""echoseq: how do recurrent networks echo random integers?

The modules follow the path of the data, and each imports only those before it:
streams, files, study, sequences, snapshots, models, training, evaluation, statistics, figures.
Only models, training and evaluation load TensorFlow.
"""

__version__ = "0.1.0"
