"""The digit row by position: French keyboards write digits with Shift, and & é " without it."""

from __future__ import annotations

#: Codes of the digit row by Qt platform: X11 and Wayland count scan codes from 8 on, Windows and macOS name
#: keys by virtual codes that do not follow the layout's shift level. Sources: linux/input-event-codes.h
#: (KEY_1 = 2 ...), "Virtual-Key Codes" of the Windows API, Carbon's HIToolbox/Events.h (kVK_ANSI_1 = 18 ...).
_SCAN = {"xcb", "wayland"}
_X11 = {code: str((code - 9) % 10) for code in range(10, 20)}
_WINDOWS = {0x30 + digit: str(digit) for digit in range(10)}
_MACOS = dict(zip((29, 18, 19, 20, 21, 23, 22, 26, 28, 25), "0123456789", strict=True))

#: What AltGr gives on the digit row of German and French keyboards; Qt does not always report the modifier.
_ALTGR = frozenset("~#{[|`\\^@]}²³€¹¼½")


def digit_of(platform: str, scan_code: int, virtual_key: int, text: str, *, shift: bool) -> str | None:
    """Return the digit whose key on the digit row this is, whatever the layout writes there.

    Parameters
    ----------
    platform
        Name of the Qt platform: ``xcb``, ``wayland``, ``windows``, ``cocoa``, ...
    scan_code, virtual_key
        Native codes of the key event; 0 when there are none.
    text
        What the key would type.
    shift
        Whether Shift is held.
    """
    if not shift and text in _ALTGR:
        return None
    if platform in _SCAN:
        return _X11.get(scan_code)
    if platform == "windows":
        return _WINDOWS.get(virtual_key)
    if platform == "cocoa":
        return _MACOS.get(virtual_key)
    return None
