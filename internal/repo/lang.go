package repo

import (
	"path"
	"strings"
)

// Lang is a file's language by the name people know it by; "" is unknown.
type Lang string

// The languages that checks name.
const (
	TypeScript Lang = "TypeScript"
	JavaScript Lang = "JavaScript"
	Python     Lang = "Python"
	Go         Lang = "Go"
	YAML       Lang = "YAML"
	JSON       Lang = "JSON"
	Docker     Lang = "Dockerfile"
	SQL        Lang = "SQL"
	Shell      Lang = "Shell"
	Prisma     Lang = "Prisma"
	Markdown   Lang = "Markdown"
)

var langByExt = map[string]Lang{
	".ts": TypeScript, ".tsx": TypeScript, ".mts": TypeScript, ".cts": TypeScript,
	".js": JavaScript, ".jsx": JavaScript, ".mjs": JavaScript, ".cjs": JavaScript,
	".py": Python, ".pyi": Python, ".go": Go, ".yml": YAML, ".yaml": YAML, ".json": JSON, ".jsonc": JSON, ".json5": JSON,
	".sql": SQL, ".sh": Shell, ".bash": Shell, ".zsh": Shell, ".prisma": Prisma, ".md": Markdown, ".mdx": Markdown,
	".java": "Java", ".kt": "Kotlin", ".kts": "Kotlin", ".rb": "Ruby", ".php": "PHP", ".cs": "C#", ".rs": "Rust",
	".c": "C", ".h": "C", ".cc": "C++", ".cpp": "C++", ".hpp": "C++", ".swift": "Swift", ".scala": "Scala", ".dart": "Dart",
	".ex": "Elixir", ".exs": "Elixir", ".erl": "Erlang", ".hs": "Haskell", ".lua": "Lua", ".r": "R", ".pl": "Perl",
	".css": "CSS", ".scss": "CSS", ".sass": "CSS", ".less": "CSS", ".html": "HTML", ".htm": "HTML", ".vue": "Vue", ".svelte": "Svelte",
	".tf": "Terraform", ".hcl": "HCL", ".toml": "TOML", ".ini": "INI", ".cfg": "INI", ".xml": "XML", ".proto": "Protobuf",
	".graphql": "GraphQL", ".gql": "GraphQL", ".ps1": "PowerShell", ".rst": "reStructuredText", ".ipynb": "Notebook",
}

var codeLangs = map[Lang]bool{
	TypeScript: true, JavaScript: true, Python: true, Go: true, "Java": true, "Kotlin": true, "Ruby": true, "PHP": true, "C#": true,
	"Rust": true, "C": true, "C++": true, "Swift": true, "Scala": true, "Dart": true, "Elixir": true, "Erlang": true, "Haskell": true,
	"Lua": true, "R": true, "Perl": true, "Vue": true, "Svelte": true, Shell: true, SQL: true, "CSS": true, "HTML": true, "PowerShell": true,
	"Terraform": true, Prisma: true, "GraphQL": true, "Protobuf": true,
}

// Code says whether files of the language are written by programmers as code,
// rather than as data or prose.
func (l Lang) Code() bool { return codeLangs[l] }

// langOf names the language of a file by its name.
func langOf(name string) Lang {
	base := path.Base(name)
	if l, ok := langByExt[extOf(base)]; ok {
		return l
	}
	lower := strings.ToLower(base)
	switch {
	case lower == "dockerfile", lower == "containerfile", strings.HasPrefix(lower, "dockerfile."), strings.HasSuffix(lower, ".dockerfile"):
		return Docker
	case lower == "makefile", lower == "gnumakefile", strings.HasSuffix(lower, ".mk"):
		return "Makefile"
	}
	return ""
}

func extOf(base string) string {
	_, ext, _ := cutExt(base)
	return ext
}
