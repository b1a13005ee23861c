"""What the user is asked, step by step."""
