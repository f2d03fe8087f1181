"""Stand-in for the settings that every pipeline of Scope has, and for what its page is told of them."""

from enum import Enum
from typing import ClassVar, Optional

from pydantic import BaseModel, ConfigDict, Field


def ui_field_config(*, order=None, component=None, modes=None, is_load_param=False, label=None, category=None):
    entries = {"order": order, "component": component, "modes": modes, "label": label}
    ui = {"category": category or "configuration", "is_load_param": is_load_param}
    return {"ui": {**ui, **{key: value for key, value in entries.items() if value is not None}}}


class UsageType(str, Enum):
    PREPROCESSOR = "preprocessor"
    POSTPROCESSOR = "postprocessor"


class ModeDefaults(BaseModel):
    model_config = ConfigDict(extra="forbid")

    default: bool = False
    height: Optional[int] = None
    width: Optional[int] = None
    noise_scale: Optional[float] = None
    input_size: Optional[int] = None


class BasePipelineConfig(BaseModel):
    model_config = ConfigDict(extra="forbid")

    pipeline_id: ClassVar[str] = "base"
    pipeline_name: ClassVar[str] = "Base Pipeline"
    pipeline_description: ClassVar[str] = "Base pipeline configuration"
    pipeline_version: ClassVar[str] = "1.0.0"
    docs_url: ClassVar[Optional[str]] = None
    usage: ClassVar[list] = []
    modes: ClassVar[dict] = {"text": ModeDefaults(default=True)}
    supports_prompts: ClassVar[bool] = True

    height: int = Field(default=512, ge=1, description="Output height in pixels")
    width: int = Field(default=512, ge=1, description="Output width in pixels")
    base_seed: int = Field(default=42, ge=0)

    @classmethod
    def get_schema_with_metadata(cls):
        defaults = [name for name, mode in cls.modes.items() if mode.default]
        return {
            "id": cls.pipeline_id,
            "name": cls.pipeline_name,
            "description": cls.pipeline_description,
            "version": cls.pipeline_version,
            "docs_url": cls.docs_url,
            "supported_modes": list(cls.modes),
            "default_mode": defaults[0] if defaults else next(iter(cls.modes)),
            "supports_prompts": cls.supports_prompts,
            "usage": [place.value for place in cls.usage],
            "config_schema": cls.model_json_schema(),
        }
