"""From facts to what people read. Pure."""
