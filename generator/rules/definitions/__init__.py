"""The rules, grouped by topic. `owscale.rules.registry` imports every module of this package."""
