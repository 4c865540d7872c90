"""Rules whose figures are dated data, and the arithmetic that they ask for. Values only."""
