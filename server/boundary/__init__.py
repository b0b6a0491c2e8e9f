"""What may cross between this organisation and others: rules, detectors, decisions and their reasons.

Pure: no input or output and no clock; the time is always an argument.
"""
