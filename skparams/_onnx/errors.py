"""What has no ONNX form, and why."""

from typing import Any


class NotConvertible(ValueError):
    """An estimator that no ONNX graph computes, with the reason; not with where it is."""

    def __init__(self, estimator: Any, reason: str) -> None:
        super().__init__(f"{type(estimator).__name__} has no ONNX form: {reason}")
        self.estimator, self.reason = estimator, reason
