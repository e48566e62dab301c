"""What a key is: of a design, of a report, a constraint, or a word of the field."""
