"""Playwright's `expect`, where Playwright is installed; without it the tests that open a page are skipped."""

from __future__ import annotations

import pytest

expect = pytest.importorskip("playwright.sync_api", reason="no Playwright to open the page with").expect

__all__ = ["expect"]
