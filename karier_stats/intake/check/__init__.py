"""What the tables say of themselves and of one another."""
