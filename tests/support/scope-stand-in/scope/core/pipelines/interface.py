"""Stand-in for what Scope expects of a pipeline."""

from abc import ABC, abstractmethod

from pydantic import BaseModel


class Requirements(BaseModel):
    input_size: int


class Pipeline(ABC):
    @classmethod
    def get_config_class(cls):
        from .base_schema import BasePipelineConfig

        return BasePipelineConfig

    @abstractmethod
    def __call__(self, **kwargs):
        """Frames to frames."""
