"""The trackers that there are."""

# The trackers: a module here, an extra and a package for each, and how its folder is shown.
TRACKERS = {
    "tensorboard": "tensorboard --logdir {folder}",
    "mlflow": "mlflow server --backend-store-uri sqlite:///{folder}/mlflow.db",
    "trackio": "TRACKIO_DIR={folder} trackio show",
}
