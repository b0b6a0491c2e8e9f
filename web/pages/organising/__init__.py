"""Organising a jam: rota, templates, clones and second jams, rehearsals, the archive. One file for each page."""
