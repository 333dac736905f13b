"""From text to a model's name, and to what a repository, post or listing is. Pure."""
