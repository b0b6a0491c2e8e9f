"""One function for each thing a person can do. Each writes its rows and one event in one transaction.

People obtain what they may see; hidden equals missing. Writing never sends: consumers of the event log do.
"""
