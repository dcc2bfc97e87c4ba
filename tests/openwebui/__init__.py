"""Open WebUI itself, started with the environment that owscale writes; `make test-openwebui` runs these tests."""
