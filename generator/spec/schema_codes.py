"""Codes of the errors in the text and the schema of a spec."""

SCHEMA_CODES = {
    "S101": "A file that cannot be read, or is not YAML, describes no deployment.",
    "S102": "An unknown key is usually a typing error, and its value would have no effect.",
    "S103": "Without this key there is nothing to deploy, and no default would be safe.",
    "S104": "Of two equal keys YAML keeps the last, and drops the first without a message.",
    "S105": "A reviewer must see every value where it is used; anchors, tags and merge keys hide values.",
    "S106": "YAML versions disagree on the meaning of such a value: `on` is true, `010` is 8, `1:30` is 90.",
    "S107": "A value of another type would need a guess at its meaning, and tools guess differently.",
    "S108": "AWS or Open WebUI rejects such a value.",
}
"""The rationale of each code. S101 and S104 to S106 come from the YAML reader, the others from the validation."""
