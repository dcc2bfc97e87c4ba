"""Monthly cost estimates from AWS list prices."""
