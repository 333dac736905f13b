"""cadencebot: which AI lab released which model, told once, with licence and size."""

__version__ = "0.1.0"
