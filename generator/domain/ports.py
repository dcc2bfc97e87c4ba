"""TCP ports of a deployment that no spec sets. A test compares them with the literals of the templates."""

APP_PORT = 8080
"""The port of the Open WebUI container."""

NFS_PORT = 2049
"""The port of EFS mount targets: https://docs.aws.amazon.com/efs/latest/ug/network-access.html"""

REDIS_PORT = 6379
