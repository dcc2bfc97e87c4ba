"""Rules across the keys of a spec, each with a stable code.

S109 to S111 concern accepted warnings, S2xx AWS, S3xx Open WebUI, S4xx several deployments, and S5xx custom files.
"""
