"""The formats, without loading TensorFlow: for each the packages that write it and run it."""

FORMATS = {
    "onnx": ("onnx", "onnxruntime", "tf2onnx"),
    "saved_model": (),  # TensorFlow has all of it
    "litert": ("ai_edge_litert",),
}
