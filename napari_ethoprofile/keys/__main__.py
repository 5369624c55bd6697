"""Print the documentation page: ``python -m napari_ethoprofile.keys > docs/keyboard.md``."""

import sys

from .page import keyboard_page

sys.stdout.buffer.write(keyboard_page().encode("utf-8"))
