"""The pages of those who look after others: supervisors, and administrators."""
