"""Does with an exported package what Scope does: finds its entry point, calls its hook, makes the pipeline and feeds it frames.

What is installed is used; what is missing is stood in for. Frames go in as a list of [1, H, W, 3] uint8 tensors, schema defaults are
not handed over, and what comes out is cut to bytes as Scope cuts it, without rounding.
"""

import importlib
import os
import sys
import tomllib
import traceback

here = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, here)
sys.path.append(os.path.join(here, "third-party"))
sys.dont_write_bytecode = True

import numpy  # noqa: E402
import pipe  # noqa: E402

pipelines = {}


def load(folder):
    """Registers the pipelines of a package by their ids, as the plug-in manager does."""
    with open(os.path.join(folder, "pyproject.toml"), "rb") as file:
        project = tomllib.load(file)
    entries = project["project"]["entry-points"]["scope"]
    if len(entries) != 1:
        raise ValueError(f"Expected 1 entry point in 'scope' group, found {len(entries)}")
    [source] = project["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    sys.path.insert(0, os.path.join(folder, os.path.dirname(source)))
    try:
        [name] = entries.values()
        # A package may come again, exported anew.
        for old in [module for module in sys.modules if module == name or module.startswith(name + ".")]:
            del sys.modules[old]
        before = set(sys.modules)
        module = importlib.import_module(name)
        eager = {heavy for heavy in ("onnxruntime", "torch") if heavy in set(sys.modules) - before}
        registered = []
        hook = module.register_pipelines
        if not any(mark.startswith("scope_") for mark in vars(hook)):
            raise ValueError("Expected a hook that is marked as one")
        hook(registered.append)
    finally:
        sys.path.pop(0)
    made = []
    for cls in registered:
        config = cls.get_config_class()
        pipelines[config.pipeline_id] = cls
        made.append({"id": config.pipeline_id, "eager": sorted(eager), "schema": config.get_schema_with_metadata()})
    return {"pipelines": made, "project": project}


def run(job):
    """Makes a pipeline with load-time parameters and calls it once for every chunk of frames."""
    pipeline = pipelines[job["id"]](**job["load"])
    chunks = []
    for call in job["calls"]:
        requirements = pipeline.prepare(video=True, **call["kwargs"])
        import torch

        video = [torch.from_numpy(pipe.decoded(frame["data"], numpy.uint8).reshape(frame["shape"])) for frame in call["video"]]
        handed = dict(call["kwargs"])
        if "timestamps" in call:
            handed["video_timestamps"] = call["timestamps"]
        result = pipeline(video=video, **handed)
        output = result["video"].cpu().numpy()
        if output.dtype != numpy.float32 or output.ndim != 4:
            raise ValueError(f"Expected THWC floats but received {output.dtype} {output.shape}")
        frames = numpy.clip(output * numpy.float32(255), 0, 255).astype(numpy.uint8)
        chunks.append(
            {
                "needs": requirements.input_size,
                "lowest": float(output.min()),
                "highest": float(output.max()),
                "shape": list(frames.shape),
                "data": pipe.encoded(frames),
                "timestamps": result.get("video_timestamps"),
            }
        )
    return {"chunks": chunks}


def installed():
    """Which of the packages that Scope brings are the real ones."""
    modules = {name: importlib.import_module(name) for name in ("pydantic", "torch", "onnxruntime")}
    return sorted(name for name, module in modules.items() if not module.__file__.startswith(here))


jobs = {"load": lambda job: load(job["folder"]), "run": run, "installed": lambda job: {"installed": installed()}}

pipe.send({"done": True})
while (job := pipe.receive()) is not None:
    try:
        pipe.send({"done": True, **jobs[job["do"]](job)})
    except Exception as error:  # noqa: BLE001
        traceback.print_exc()
        pipe.send({"done": True, "error": f"{type(error).__name__}: {error}"})
