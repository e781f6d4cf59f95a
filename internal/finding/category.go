package finding

// Category is one column of the score.
type Category struct {
	ID    string
	Title string
}

// Categories lists every category in the order reports show them.
func Categories() []Category {
	return []Category{
		{"system", "System integrity"},
		{"backend", "Backend"},
		{"frontend", "Frontend"},
		{"database", "Database"},
		{"security", "Security"},
		{"delivery", "DevOps & CI/CD"},
		{"containers", "Docker & containers"},
		{"kubernetes", "Kubernetes"},
		{"observability", "Observability"},
		{"services", "Microservices"},
		{"quality", "Code quality"},
		{"testing", "Testing"},
		{"docs", "Documentation"},
		{"performance", "Performance"},
		{"ml", "AI/ML"},
	}
}

// CategoryTitle is the title of the category with the given id, or the id itself.
func CategoryTitle(id string) string {
	for _, c := range Categories() {
		if c.ID == id {
			return c.Title
		}
	}
	return id
}
