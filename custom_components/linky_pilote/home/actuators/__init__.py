"""What carries orders out on the entities of a home, and gives back what it changed."""
