"""The two papers that qubudget grew from: every table, figure and claim, recomputed and judged.

`claims` is the shared ledger (rows, tables, claims, verdicts); one module per paper fills it with
``reproduce()``. This package reads the physics wings and nothing else reads it but the CLI and
the reports.
"""
