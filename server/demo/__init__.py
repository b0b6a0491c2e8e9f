"""The demo: three organisations on this machine hold one jam across their firewalls, and a check of that story."""
