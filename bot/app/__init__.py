"""The composition root and the main loop: the only room that knows all the others."""
