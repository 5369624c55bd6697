"""Edits that can be undone, and the bout state machine of the keyboard, as pure logic."""

from .edit import TYPED, Edit

__all__ = ["TYPED", "Edit"]
