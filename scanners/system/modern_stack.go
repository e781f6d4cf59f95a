package system

import (
	"strconv"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// ModernStack tells frameworks whose version is still supported.
var ModernStack = check.PerProject(check.Doc{
	ID:         "system/modern-stack",
	Title:      "Frameworks are supported versions",
	Severity:   finding.Info,
	Confidence: finding.Sure,
	Hours:      1,
	Why:        "Supported versions get security fixes, and libraries and people that know them.",
	How:        "Nothing to mend: this says what is good.",
	Holds:      "The stack is made of supported versions",
	References: []string{"https://endoflife.date/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, t := range s.Technologies() {
		oldest, known := oldestSupported[t.ID]
		if !known || t.Version == "" {
			continue
		}
		if f := s.File(t.At.Path); f == nil || f.Role != repo.Production {
			continue
		}
		if atLeast(t.Version, oldest) {
			p.Holds(t.At, "%s %s", t.Name, strings.TrimLeft(t.Version, "^~>=v "))
		}
	}
})

// oldestSupported is the oldest release line with fixes, as of May 2026.
var oldestSupported = map[string]string{
	"nextjs": "14", "react": "18", "vue": "3", "angular": "19", "svelte": "4", "nuxt": "3", "typescript": "5", "nestjs": "10", "express": "4", "fastify": "4",
	"fastapi": "0.100", "django": "4.2", "flask": "3", "pydantic": "2", "sqlalchemy": "2", "starlette": "0.36", "prisma": "5", "tailwindcss": "3", "rails": "7.2", "laravel": "11", "symfony": "6.4", "spring-boot": "3.3", "gin": "1.9", "drizzle": "0.30",
}

// atLeast compares versions number by number, as far as the bound goes.
func atLeast(version, bound string) bool {
	have := strings.FieldsFunc(strings.TrimLeft(version, "^~>=v "), func(r rune) bool { return r < '0' || r > '9' })
	for i, want := range strings.Split(bound, ".") {
		if i >= len(have) {
			return false
		}
		a, _ := strconv.Atoi(have[i])
		b, _ := strconv.Atoi(want)
		if a != b {
			return a > b
		}
	}
	return true
}
