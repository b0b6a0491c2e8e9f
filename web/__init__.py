"""What employees see in the browser, and the JSON API beside it."""
