"""Everything that speaks with other servers: the outside store, the gate and the edge."""
