"""What a change of a key does to a deployment that exists.

`table.py` has the effects of every key. Terraform proves the planned actions: `make test-effects` plans each change
against applied deployments in an emulated AWS, and compares the plans with the table. An emulator cannot show what
users notice or what AWS refuses; for that, each effect names AWS's own document, or is marked as unknown
(docs/adr/0018-effects-of-changes.md).
"""
