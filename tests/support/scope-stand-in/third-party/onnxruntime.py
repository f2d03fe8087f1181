"""Stand-in for onnxruntime where it is not installed: models run in the lab's own ONNX Runtime, at the other end of the pipe."""

import base64
import hashlib

import numpy
import onnx
import pipe


def get_available_providers():
    return ["CPUExecutionProvider"]


class InferenceSession:
    def __init__(self, model, providers):
        if not isinstance(model, bytes):
            raise TypeError("the stand-in takes a model's bytes")
        if not providers:
            raise ValueError("This ORT build has no providers")
        onnx.checker.check_model(onnx.load_from_string(model), full_check=True)
        self._key = hashlib.sha256(model).hexdigest()
        pipe.ask({"ask": "open", "key": self._key, "model": base64.b64encode(model).decode()})

    def run(self, names, feeds):
        for name, value in feeds.items():
            if not isinstance(value, numpy.ndarray) or value.dtype != numpy.float32:
                raise TypeError(f"expected a float32 array for {name} but received {type(value).__name__}")
        inputs = {name: {"shape": value.shape, "data": pipe.encoded(value)} for name, value in feeds.items()}
        made = pipe.ask({"ask": "run", "key": self._key, "inputs": inputs})
        return [pipe.decoded(made[name]["data"], numpy.float32).reshape(made[name]["shape"]) for name in names]
