"""The HTML report: one self-contained page, drawn in the browser from the report that it holds as data."""

from pytest_openbanking.coverage.page.page import render

__all__ = ["render"]
