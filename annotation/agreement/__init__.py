"""Agreement of annotators: statistics of frames and bouts, intervals, kinds of disagreement."""
