"""The strip below the canvas: lanes of labels over time, and the row of controls above it.

`model` holds what is shown and knows no Qt; `view` paints it and turns mouse gestures into signals; `panel`
adds the controls. Nothing here knows the session: whoever owns both joins them.
"""
