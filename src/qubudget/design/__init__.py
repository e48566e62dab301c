"""What a person writes: the schema of the design file, units at the edge, presets."""

from qubudget.design.design import Design, EffectiveValue, load, loads
from qubudget.design.reading import preset_names, preset_text

__all__ = ["Design", "EffectiveValue", "load", "loads", "preset_names", "preset_text"]
