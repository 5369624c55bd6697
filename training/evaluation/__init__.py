"""How good a model is: protocols, metrics with intervals, model cards."""
