"""Watts: what heats each temperature stage, what the fridge takes away, and where they balance.

Pure functions of single effects are in ``heat``, ``workload``, ``cooling``, ``response``,
``wall`` and ``stability``; ``loads``, ``balance`` and ``limits`` apply them to a design, and
``assembly.solve`` returns the result: loads and temperatures of all stages, the largest
machine, wall power, and whether a balance exists at all.
"""
