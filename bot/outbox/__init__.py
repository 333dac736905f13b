"""What is owed to whom, and its way to them."""
