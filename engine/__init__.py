"""Machinery that knows nothing about services or people: records, rules, chance, arithmetic, files, errors."""
