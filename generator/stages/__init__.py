"""What several commands share: from the specs to their deployments, to the text of every file, to what is told."""
