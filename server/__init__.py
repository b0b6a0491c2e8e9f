"""The ground floor: domain, rules, storage and the verbs a person does, with the front door on top."""
