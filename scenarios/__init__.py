"""What somebody could decide to do, and where: levers, strategies, worldviews, domains and places."""
