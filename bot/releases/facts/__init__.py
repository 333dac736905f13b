"""From evidence to facts: licences, sizes, memory, and the words for them. Pure."""
