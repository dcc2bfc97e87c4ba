"""Render templates and a context to text: HCL and Markdown filters, and the list of files."""
