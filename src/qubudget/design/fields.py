"""Field types of the design file: a float in SI units, written with its unit."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field, GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

from qubudget.design.units import example, to_si


class Section(BaseModel):
    """A frozen table of the design file; unknown keys are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


@dataclass(frozen=True)
class Quantity:
    """Annotation of a float in SI ``unit``, read from a text such as "50 uW".

    ``unit`` "1" is a plain number. The bounds are inclusive, in SI units, and are shown in
    the JSON schema; ``above`` excludes the lower bound itself.
    """

    unit: str
    low: float = 0.0
    high: float = math.inf
    above: bool = False

    def allowed(self) -> str:
        """The bounds in words."""
        unit = "" if self.unit == "1" else f" {self.unit}"
        if self.unit == "dB":
            return f"{10 * math.log10(self.low):g} to {10 * math.log10(self.high):g} dB"
        low = f"above {self.low:g}" if self.above else f"from {self.low:g}"
        return low + (f"{unit}" if math.isinf(self.high) else f" to {self.high:g}{unit}")

    def read(self, value: object) -> float:
        """SI value of what a file or a caller gave; raises pydantic's error otherwise."""
        if self.unit == "1":
            if isinstance(value, bool) or not isinstance(value, int | float):
                raise _refusal("a plain number without a unit")
            result = float(value)
        elif isinstance(value, str):
            try:
                result = to_si(value, self.unit)
            except ValueError as error:
                raise _refusal(str(error)) from error
        else:
            raise _refusal(f"a text with a number and a unit, such as {example(self.unit)}")
        if not math.isfinite(result):
            raise _refusal("a finite number")
        if not self.low <= result <= self.high or (self.above and result == self.low):
            raise _refusal(self.allowed())
        return result

    def __get_pydantic_core_schema__(
        self, source: Any, handler: GetCoreSchemaHandler
    ) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.read)

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        shown: dict[str, Any] = {"type": "number" if self.unit == "1" else "string"}
        shown |= {"unit": self.unit, "allowed": self.allowed()}
        if self.unit != "1":
            shown["examples"] = [example(self.unit).split("'")[1]]
        return shown


def _refusal(allowed: str) -> PydanticCustomError:
    return PydanticCustomError("quantity", "{allowed}", {"allowed": allowed})


Power = Annotated[float, Quantity("W", 0, 1e9)]
Temperature = Annotated[float, Quantity("K", 0, 400, above=True)]
TemperatureDifference = Annotated[float, Quantity("K", 0, 400)]
Ratio = Annotated[float, Quantity("dB", 1, 1e20)]
Current = Annotated[float, Quantity("A", 0, 10)]
Altitude = Annotated[float, Quantity("m", -500, 11_000)]
MassPerArea = Annotated[float, Quantity("kg/m^2", 0, 2e6)]
ResistanceArea = Annotated[float, Quantity("ohm m^2", 0, 1)]
MagneticField = Annotated[float, Quantity("T", 0, 1e-3)]
Resistance = Annotated[float, Quantity("ohm", 0, 1e9)]
Energy = Annotated[float, Quantity("J", 0, 1)]
Duration = Annotated[float, Quantity("s", 0, 1e9, above=True)]
Latency = Annotated[float, Quantity("s", 0, 1e9)]
Frequency = Annotated[float, Quantity("Hz", 0, 1e13, above=True)]
FrequencySpan = Annotated[float, Quantity("Hz", 0, 1e13)]
Length = Annotated[float, Quantity("m", 0, 10, above=True)]
Thickness = Annotated[float, Quantity("m", 0, 1)]
Position = Annotated[float, Quantity("m", -1, 1)]
Area = Annotated[float, Quantity("m^2", 0, 1e4)]
Room = Annotated[float, Quantity("m^3", 0, 100)]
MolarFlow = Annotated[float, Quantity("mol/s", 0, 1, above=True)]
Capacitance = Annotated[float, Quantity("F", 0, 1)]
Voltage = Annotated[float, Quantity("V", 0, 100)]
Responsivity = Annotated[float, Quantity("A/W", 0, 100, above=True)]
Volume = Annotated[float, Quantity("m^3", 0, 1, above=True)]
Diffusivity = Annotated[float, Quantity("m^2/s", 0, 1e3)]
Rate = Annotated[float, Quantity("1/s", 0, 1e15)]
Intensity = Annotated[float, Quantity("1/(m^2 s)", 0, 1e9)]
RatePerMass = Annotated[float, Quantity("1/(kg s)", 0, 1e9)]
Fraction = Annotated[float, Quantity("1", 0, 1)]
Mostly = Annotated[float, Quantity("1", 0, 0.99)]
"""A share that cannot be the whole."""
Number = Annotated[float, Quantity("1", 0, 1e12)]
Factor = Annotated[float, Quantity("1", 1, 1e12)]
Count = Annotated[int, Field(ge=0, le=10_000_000)]
Positive = Annotated[int, Field(ge=1, le=1_000_000_000)]
Name = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]*$", max_length=60)]
"""Name of a stage, a line or another member of a list."""
Material = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_. /-]*$", max_length=60)]
"""Name of a material or a cable in the catalogue."""
Text = Annotated[str, Field(max_length=2000)]
"""Free text; provenance only."""
