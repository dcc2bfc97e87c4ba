"""The upgrade of a running deployment to another release: its steps, their record, and the way back."""
