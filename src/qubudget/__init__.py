"""qubudget: will this superconducting quantum computer work, and if not, what has to change?"""
