"""Watts: what heats each temperature stage, what the fridge takes away, and where they balance.

Pure functions of single effects are in ``heat``, ``conduction``, ``radiation``, ``workload``,
``cooling``, ``response``, ``solver`` and ``wall``; ``passive``, ``active``, ``loads``,
``stage_cooling``, ``balance``, ``limits``, ``shape``, ``needs``, ``joints``, ``operations`` and
``trade`` apply them to a design, and ``assembly.solve`` returns the result: loads and
temperatures of all stages, the largest machine by heat and by shape, what it would need beyond,
wall power, and whether a balance exists at all. ``uncertainty`` and ``runaway`` ask how far that
can be trusted.
"""
