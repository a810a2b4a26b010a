"""One's own account: what opens it, for whoever it belongs to."""
