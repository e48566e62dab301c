"""Bokeh figures of a result's dictionary, one view a file.

Every view is a `qubudget.app.views.view.View`: it makes its models once and changes their data in
place, so that a page need not be drawn again when a design changes. `words` says the same in a
sentence or two for those who see no figure.
"""
