"""Stand-in for pydantic 2 where it is not installed: fields of plain types, their limits and their JSON Schema.

As in pydantic, an annotation makes a field and takes the name away from the class, so that a ClassVar of a parent shows again; a
name without one stays an attribute of the class, and is refused unless a parent has declared it as a ClassVar.
"""

import typing


class PydanticUserError(TypeError):
    pass


class FieldInfo:
    def __init__(self, default, json_schema_extra=None, **limits):
        self.default = default
        self.extra = json_schema_extra or {}
        self.limits = limits


_keywords = {"ge": "minimum", "le": "maximum", "multiple_of": "multipleOf", "description": "description"}


def Field(default, *, json_schema_extra=None, **limits):
    unknown = set(limits) - set(_keywords)
    if unknown:
        raise TypeError(f"the stand-in knows no {unknown}")
    return FieldInfo(default, json_schema_extra, **limits)


def ConfigDict(**settings):
    unknown = set(settings) - {"extra", "json_schema_extra"}
    if unknown:
        raise TypeError(f"the stand-in knows no {unknown}")
    return settings


class _Meta(type):
    def __new__(meta, name, bases, namespace):
        hints = namespace.get("__annotations__", {})
        parents = [base for base in bases if isinstance(base, _Meta)]
        known = {key for base in parents for key in base.__class_vars__}
        class_vars = {key for key, hint in hints.items() if typing.get_origin(hint) is typing.ClassVar}
        fields = {key: value for base in parents for key, value in base.__fields__.items()}
        for key, hint in hints.items():
            if key in class_vars:
                continue
            value = namespace.pop(key, ...)
            fields[key] = (hint, value if isinstance(value, FieldInfo) else FieldInfo(value))
        for key, value in namespace.items():
            plain = key.startswith("_") or key == "model_config" or callable(value) or isinstance(value, (classmethod, staticmethod))
            if plain or key in class_vars or key in known:
                continue
            raise PydanticUserError(f"A non-annotated attribute was detected: `{key}`")
        made = super().__new__(meta, name, bases, namespace)
        made.__fields__ = fields
        made.__class_vars__ = known | class_vars
        made.model_config = {key: value for part in (*parents, made) for key, value in getattr(part, "model_config", {}).items()}
        return made


class BaseModel(metaclass=_Meta):
    __fields__ = {}
    __class_vars__ = frozenset()

    def __init__(self, **values):
        unknown = set(values) - set(self.__fields__)
        if unknown:
            raise ValueError(f"extra inputs are not permitted: {unknown}")
        for name, (_, field) in self.__fields__.items():
            value = values.get(name, field.default)
            if value is ...:
                raise ValueError(f"field required: {name}")
            setattr(self, name, value)

    @classmethod
    def model_json_schema(cls):
        return {
            "title": cls.__name__,
            "type": "object",
            "additionalProperties": False,
            "properties": {name: _property(name, hint, field) for name, (hint, field) in cls.__fields__.items()},
            **cls.model_config.get("json_schema_extra", {}),
        }


_types = {bool: "boolean", int: "integer", float: "number", str: "string"}


def _property(name, hint, field):
    limits = {_keywords[key]: value for key, value in field.limits.items() if value is not None}
    facts = {"default": field.default, **limits, "title": name.replace("_", " ").title(), **field.extra}
    if typing.get_origin(hint) is typing.Literal:
        options = list(typing.get_args(hint))
        one = {"const": options[0]} if len(options) == 1 else {"enum": options}
        return {**one, "type": _types[type(options[0])], **facts}
    return {"type": _types[hint], **facts}
