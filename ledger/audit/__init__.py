"""What auditors find and say: findings, their answers and corrections, evaluations."""
