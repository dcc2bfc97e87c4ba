"""Whether a deployment that was applied works: a module for each subject, and `runner` tries their checks in turn.

`aws` alone imports boto3, and nothing here imports `aws`: a run without AWS does not need it.
"""
