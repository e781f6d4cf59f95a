package finding

// The guided fixes, named here because checks promise them and package
// remediation keeps the promise; a test holds the two together.

// GenerateSecrets moves literal secrets out of tracked files.
func GenerateSecrets() *Fix {
	return &Fix{ID: "generate-secrets", Title: "Move secrets out of tracked files", Safety: Review, Guided: true}
}

// AddWorker brings the worker to the production compose file.
func AddWorker() *Fix {
	return &Fix{ID: "add-worker", Title: "Add the worker to production", Safety: Review, Guided: true}
}

// DeleteBackupPages removes backup copies of pages that nothing uses.
func DeleteBackupPages() *Fix {
	return &Fix{ID: "delete-backup-pages", Title: "Delete backup pages", Safety: Safe, Guided: true}
}
