"""What happens when a scenario is lived: one run, many, trials, public plans, and the tables of their results."""
