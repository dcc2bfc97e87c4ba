"""Text for terminals and documents: counts, suggestions, Markdown, tables and live lines."""
