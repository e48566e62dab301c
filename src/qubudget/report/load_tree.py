"""The tree of loads, largest first: stage, item, kind, with watts and share of the stage."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from math import fsum

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from qubudget.report.numbers import engineering, percent
from qubudget.report.reading import Data, number, rows, section
from qubudget.report.table import Column, Table, make_table, ratio, text_column

LEAST_SHARE = 0.005
"""Items below this share of their stage are summed up."""
_WIDEST = 44
_GUIDE = 4


@dataclass(frozen=True)
class LoadNode:
    """A stage, an item on it, or one kind of heat of an item: its heat, W, and branches.

    ``share`` is that of the stage's modelled load; ``remark`` what else there is to say.
    """

    name: str
    watts: float
    share: float
    branches: tuple[LoadNode, ...] = ()
    remark: str = ""


def load_nodes(data: Data) -> tuple[LoadNode, ...]:
    """The loads of a report as a tree, each level largest first.

    Items below ``LEAST_SHARE`` of their stage become one branch, "N others"; a single one
    keeps its name.
    """
    part = section(data, "thermal")
    found: dict[str, dict[str, dict[str, float]]] = defaultdict(lambda: defaultdict(dict))
    for load in rows(part, "loads"):
        watts = number(load, "watts")
        if watts is not None:
            kinds = found[str(load.get("stage"))][str(load.get("item"))]
            kind = str(load.get("kind"))
            kinds[kind] = kinds.get(kind, 0.0) + watts
    states = {str(state.get("name")): state for state in rows(part, "stages")}
    stages = [
        _stage(name, items, states.get(name, {}), part.get("binding_stage") == name)
        for name, items in found.items()
    ]
    return _largest_first(stages)


def _stage(name: str, items: dict[str, dict[str, float]], state: Data, binding: bool) -> LoadNode:
    total = fsum(watts for kinds in items.values() for watts in kinds.values())
    whole = [_item(item, kinds, total) for item, kinds in items.items()]
    small = [node for node in whole if node.share < LEAST_SHARE]
    if len(small) > 1:
        watts = fsum(node.watts for node in small)
        others = LoadNode(f"{len(small)} others", watts, ratio(watts, total) or 0.0)
        branches = (*_largest_first([n for n in whole if n not in small]), others)
    else:
        branches = _largest_first(whole)
    return LoadNode(name, total, 1.0, branches, _remark(total, state, binding))


def _item(name: str, kinds: dict[str, float], total: float) -> LoadNode:
    """One item; a single kind of heat stands beside its name."""
    watts = fsum(kinds.values())
    if len(kinds) == 1:
        return LoadNode(f"{name}: {next(iter(kinds))}", watts, ratio(watts, total) or 0.0)
    branches = [LoadNode(kind, each, ratio(each, total) or 0.0) for kind, each in kinds.items()]
    return LoadNode(name, watts, ratio(watts, total) or 0.0, _largest_first(branches))


def _remark(total: float, state: Data, binding: bool) -> str:
    said = []
    used = number(state, "load_W")
    if used is not None and abs(used - total) > 1e-6 * abs(total):
        said.append(f"measured {engineering(used, 'W')}")
    capacity = number(state, "capacity_W")
    if capacity is not None:
        said.append(f"rated {engineering(capacity, 'W')}")
    if binding:
        said.append("least margin")
    return ", ".join(said)


def _largest_first(nodes: list[LoadNode]) -> tuple[LoadNode, ...]:
    return tuple(sorted(nodes, key=lambda node: -node.watts))


def load_tree_table(data: Data) -> Table | None:
    """The tree as a table, one row a branch, with names set in by their level."""
    body = []
    for stage in load_nodes(data):
        name = f"{stage.name} ({stage.remark})" if stage.remark else stage.name
        body.append((name, *_amount(stage)))
        for item in stage.branches:
            body.append((_set_in(item.name, 1), *_amount(item)))
            body.extend((_set_in(kind.name, 2), *_amount(kind)) for kind in item.branches)
    columns = [text_column("load"), Column("heat"), Column("of stage")]
    title = "Tree of loads, largest first"
    return make_table(title, columns, body, folded=True) if body else None


def _set_in(name: str, level: int) -> str:
    return "\u2003" * level + name


def _amount(node: LoadNode) -> tuple[str, str]:
    return engineering(node.watts, "W"), _share(node)


def _share(node: LoadNode) -> str:
    return percent(node.share) if node.share >= 0.001 else "< 0.1 %"


def print_load_tree(data: Data, console: Console) -> None:
    """The tree on a terminal, a title above; nothing where there are no loads."""
    nodes = load_nodes(data)
    if not nodes:
        return
    widest = max(_width(node) for node in nodes)
    console.print(Text("Tree of loads, largest first", "bold"))
    for node in nodes:
        tree = Tree(_label(node, min(widest, _WIDEST), 0), guide_style="dim")
        _grow(tree, node, min(widest, _WIDEST), 1)
        console.print(tree)
    console.print()


def _grow(tree: Tree, node: LoadNode, width: int, level: int) -> None:
    for branch in node.branches:
        _grow(tree.add(_label(branch, width, level)), branch, width, level + 1)


def _width(node: LoadNode, level: int = 0) -> int:
    """Columns that the names of a node and its branches need."""
    own = _GUIDE * level + len(node.name)
    return max([own, *(_width(branch, level + 1) for branch in node.branches)])


def _label(node: LoadNode, width: int, level: int) -> Text:
    name = node.name.ljust(width - _GUIDE * level)
    heat = engineering(node.watts, "W").rjust(8)
    if level:
        return Text(f"{name}  {heat}  {_share(node):>7}")
    return Text(f"{name}  {heat}", "bold").append(f"  {node.remark}" * bool(node.remark), "dim")
