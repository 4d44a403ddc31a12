"""A paint box for the stills of the example films: curves, layers, light, and what they draw."""
