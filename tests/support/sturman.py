"""The open-field bouts of three raters (Sturman et al. 2020) as arrays, by the rule beside the file."""

import numpy as np
import pandas as pd
from napari_ethoprofile.annotation.agreement import ClipRatings
from realdata import realdata_file

RATERS = ("Furkan", "Jin", "Oliver")
NAMES = {1: "Supported", 2: "Unsupported", 3: "Grooming", 4: "Jumping"}
FPS = 25.0


def sturman_clips() -> list[ClipRatings]:
    """Return every video as a clip: gaps are none, ends are inclusive, later rows win."""
    table = pd.read_csv(realdata_file("sturman_oft/AllLabDataOFT_final.csv"), sep=";")
    table = table.rename(columns={"from": "begin"})
    length = (FPS * table.groupby("ID")["to"].max()).astype(int) + 1
    codes = {name: code for code, name in NAMES.items()}
    tracks = {video: np.zeros((len(RATERS), frames), np.int16) for video, frames in length.items()}
    for row in table[table["type"].isin(codes)].itertuples():
        times = np.arange(length[row.ID]) / FPS
        covered = (times >= row.begin) & (times <= row.to)
        tracks[row.ID][RATERS.index(row.Experimenter), covered] = codes[row.type]
    return [ClipRatings(track, clip=str(video), fps=FPS) for video, track in tracks.items()]
