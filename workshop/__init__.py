"""A workshop: a room that predicts, decides, is surprised and argues (docs/workshop.md)."""
