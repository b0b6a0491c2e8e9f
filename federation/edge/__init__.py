"""All that the world sees. Reads the outside store only; nothing here can open the inside."""
