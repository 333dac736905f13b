"""From sightings and what is known to a decision. Pure."""
