"""The effects of a changed key on a deployment that exists.

`table.py` has the effects of every key. Terraform proves the planned actions: `make test-effects` plans each change
against applied deployments in an emulated AWS, and compares the plans with the table. An emulator cannot show effects
on users, or errors of AWS; for these, each effect names a document of AWS, or is marked as unknown
(docs/adr/0018-effects-of-changes.md).
"""
