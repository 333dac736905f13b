"""How much the labs' models are used, measured weekly."""
