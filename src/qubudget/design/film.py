"""Films that the design file draws on the faces of its chip."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from qubudget.design.fields import Length, Name, Position, Section

Corners = Annotated[tuple[Position, Position, Position, Position], Field(strict=False)]
Point = Annotated[tuple[Position, Position], Field(strict=False)]
Outline = Annotated[tuple[Point, ...], Field(strict=False, min_length=3, max_length=10_000)]


class DrawnFilm(Section):
    """A film on a face, drawn; what is drawn on a face is all that is there."""

    name: Name
    face: Literal["front", "back"] = Field(description="side of the chip")
    metal: Annotated[str, Field(max_length=20)] = Field(
        description="a superconductor or a normal metal of the catalogue"
    )
    thickness: Length = Field(description="of the film")
    rectangles: Annotated[tuple[Corners, ...], Field(strict=False, max_length=20_000)] = Field(
        (), description="x0, y0, x1, y1 of each from the chip's centre"
    )
    polygons: Annotated[tuple[Outline, ...], Field(strict=False, max_length=20_000)] = Field(
        (), description="corners x, y of each from the chip's centre"
    )
    cutouts: Annotated[tuple[Corners, ...], Field(strict=False, max_length=20_000)] = Field(
        (), description="rectangles taken out of the film"
    )
    connected: bool = Field(
        True, description="whether it exchanges quasiparticles with films that it touches"
    )
