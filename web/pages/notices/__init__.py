"""What people are told: the inbox, and what they want to be mailed."""
