"""The words Assay is written in: frozen values shared by intake, sandbox, graders and service."""
