"""Aid to persons: hardship, illness, condolence, disaster, allowances."""
