"""What the project's developers run by hand.  May import everything; nothing imports it."""
