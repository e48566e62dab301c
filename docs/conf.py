"""Settings of Sphinx: pages in Markdown, an executed gallery, pages made from the package."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from making import api, docstrings, formulas, offline, pages
from sphinx.application import Sphinx

import qubudget

HERE = Path(__file__).parent

project = "qubudget"
copyright = "the qubudget developers, Apache-2.0"
version = release = qubudget.__version__
extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx_design",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["making", "gallery/*", "_build", "**sg_execution_times*"]
suppress_warnings = ["ref.python"]  # one name may stand in two rooms, Threshold for one

html_math_renderer = "mathml"
html_theme = "pydata_sphinx_theme"
html_title = "qubudget"
html_static_path = ["_static"]
html_css_files = ["qubudget.css"]
html_show_sourcelink = False
html_theme_options = {
    "show_toc_level": 2,
    "navigation_with_keys": True,
    "footer_start": ["copyright"],
    "footer_end": [],
    "secondary_sidebar_items": ["page-toc"],
}

myst_enable_extensions = ["dollarmath", "deflist", "colon_fence"]
myst_heading_anchors = 3

autodoc_typehints = "signature"
autodoc_member_order = "bysource"
autodoc_default_options = {"members": True}

sphinx_gallery_conf = {
    "examples_dirs": ["gallery"],
    "gallery_dirs": ["generated/gallery"],
    "filename_pattern": r"/show_",
    "abort_on_example_error": True,
    "download_all_examples": False,
    "min_reported_time": 30,
    "show_signature": False,
    "within_subsection_order": "FileNameSortKey",
    "reset_modules": (),
    "remove_config_comments": True,
    "write_computation_times": False,  # pages that would load scripts from other hosts
    "ignore_repr_types": r"matplotlib\.axes",
}


def make_pages(app: Sphinx) -> None:
    """Pages that come from the package itself: claims, keys of the design file, commands, API."""
    folder = HERE / "generated"
    folder.mkdir(exist_ok=True)
    pages.make(folder)
    api.make(folder / "api")


def setup(app: Sphinx) -> None:
    formulas.setup(app)
    offline.setup(app)
    app.connect("builder-inited", make_pages)
    app.connect("autodoc-process-docstring", docstrings.as_restructured_text)
    app.connect("autodoc-process-signature", docstrings.written_signature)
