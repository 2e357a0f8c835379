"""News: what members and their channels hear of candidates, each as they chose."""
