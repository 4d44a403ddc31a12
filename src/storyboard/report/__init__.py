"""What is shown: findings, plans and results as text, JSON, GitHub annotations and SARIF."""
