"""Models as ONNX graphs, which run without scikit-learn."""

from skparams._onnx.verb import register_onnx_converters, to_onnx

__all__ = ["register_onnx_converters", "to_onnx"]
