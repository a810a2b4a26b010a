"""What psychiatrists, psychologists, nurses and coordinators see: the list of patients, and the four tabs of a record."""
