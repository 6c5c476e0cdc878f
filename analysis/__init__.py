"""What the numbers say: paired contrasts, verdicts, costs, one plain sentence, figures and the report."""
