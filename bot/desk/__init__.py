"""What people ask for and change, whatever carries it."""
