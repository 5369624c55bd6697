"""Where things stand in the generated cage, as fractions of the picture's width (y counts downward).

The layout follows the usual side-view home cage: food hopper left, bottle spout right, wire lid above.
"""

from __future__ import annotations

from ..errors import VideoError

#: Width to height of the pictures: that of 704 x 576 and 352 x 288.
ASPECT = (11, 9)

WALL_LEFT, WALL_RIGHT = 0.035, 0.965
LID = 0.205
#: The height at which the feet stand.
GROUND = 0.652
BEDDING_BACK, BEDDING_FRONT = 0.598, 0.712
FLOOR = 0.728

#: Tip of the bottle's spout.
SPOUT = (0.845, 0.535)
#: Where a mouse gnaws: the lowest point of the food hopper.
FEEDER = (0.185, 0.435)
FEEDER_TOP = (0.075, 0.315)

#: Range in which the hips stay while the mouse walks.
ROOM = (0.17, 0.83)
#: Range in which the hips stay while the mouse hangs: between hopper and bottle.
LID_ROOM = (0.46, 0.62)
#: Right of this a mouse that does not drink looks away from the spout.
BY_THE_SPOUT = 0.62

#: Length of an average mouse from nose to rump.
BODY = 0.235


def check_size(size: tuple[int, int]) -> None:
    """Raise `VideoError` unless `size` is (width, height), even, and 11 to 9 as 704 x 576 is."""
    width, height = size
    if width < 88 or width % 2 or height % 2 or width * ASPECT[1] != height * ASPECT[0]:
        raise VideoError(
            f"A synthetic recording cannot be {width} x {height}; "
            "use even sizes of the proportion 11:9, such as 704 x 576 or 352 x 288."
        )
