"""Pixels and samples: probing, drawing, encoding, joining (PyAV, Pillow, numpy, moviepy)."""
