"""The auditor's bench: what is looked at, how it is drawn, and what became of what was found."""
