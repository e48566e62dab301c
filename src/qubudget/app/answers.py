"""What the slow wings answered, each with the fingerprint of all that it depends on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from qubudget.app.parts import SLOW, Part

if TYPE_CHECKING:
    import xarray


class Answers:
    """The last answer of every slow part, and whether it is that of the present design.

    Attributes
    ----------
    wanted : fingerprint of each part's answer to the present design; empty where the model
    has none.
    """

    def __init__(self) -> None:
        self.wanted: Mapping[str, str] = {}
        self._held: dict[str, tuple[str, Part]] = {}
        self._film: tuple[Any, xarray.Dataset] | None = None

    @property
    def parts(self) -> dict[str, Part]:
        """Answers by name, old ones too."""
        return {name: part for name, (_, part) in self._held.items()}

    def is_fresh(self, name: str) -> bool:
        """Whether there is an answer to the present design."""
        return name in self._held and self._held[name][0] == self.wanted.get(name)

    def old(self) -> set[str]:
        """Parts whose answer is of an older design."""
        return {name for name in self._held if not self.is_fresh(name)}

    def missing(self) -> list[str]:
        """Parts that the present design still waits for, in the order of computing."""
        return [name for name in SLOW if name in self.wanted and not self.is_fresh(name)]

    def take(self, found: Mapping[str, Part | None], keys: Mapping[str, str]) -> bool:
        """Hold those parts that are missing; whether there was any among them.

        ``keys`` : fingerprint of each part found.
        """
        new = {
            name: (keys[name], part)
            for name in self.missing()
            if (part := found.get(name)) is not None and keys[name] == self.wanted[name]
        }
        self._held |= new
        return bool(new)

    def film(self) -> xarray.Dataset | None:
        """The reference event of the last impact; made once for each."""
        if "impact" not in self._held:
            return None
        result = self._held["impact"][1].result
        if self._film is None or self._film[0] is not result:
            self._film = (result, result.arrays())
        return self._film[1]
