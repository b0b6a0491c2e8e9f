"""Keeping an organisation: first steps, people, units, roles, invitations, the moderation log. One file each."""
