"""A compiler for films: a storyboard in YAML becomes prompts, a price, clips and one film."""

__all__ = ["__version__"]

__version__ = "0.1.0"
