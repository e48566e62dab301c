"""Reports: what a person reads, made from a result's plain dictionary.

Every function here takes ``data``, the mapping that ``Report.to_dict()`` gives and
``qubudget run --json`` prints, so that a stored result can be shown again without computing
anything. A value that is ``None`` is shown as its ``reason``. `tables` turns the mapping into
tables of text, which `terminal` and `html` set; `figures` draws; `arrays` saves labelled arrays.

Beside the keys of the contract, these are shown where they exist: ``modelled`` values beside
measured ones, ``feedback``, ``qec.background.simulated``, ``qec.burst.classes``,
``verdict.published_claims``, and ``reason`` in any section (a text, or a mapping from key to
text).
"""
