"""ActivityStreams JSON to and from plain values; one file for each family of objects, all pure."""
