"""From one snapshot to explained suggestions: patterns, eligibility, candidates, features, score, ranking, reasons."""
