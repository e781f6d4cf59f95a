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
	".groovy": "Groovy", ".clj": "Clojure", ".cljs": "Clojure", ".fs": "F#", ".vb": "Visual Basic", ".m": "Objective-C", ".mm": "Objective-C", ".zig": "Zig",
	".jl": "Julia", ".sol": "Solidity", ".coffee": "CoffeeScript", ".rego": "Rego", ".bat": "Batch", ".cmd": "Batch", ".fish": Shell, ".gemspec": "Ruby", ".rake": "Ruby",
	".twig": "Twig", ".hbs": "Handlebars", ".mustache": "Handlebars", ".jsp": "JSP", ".erb": "ERB", ".ejs": "EJS", ".astro": "Astro",
	".css": "CSS", ".scss": "CSS", ".sass": "CSS", ".less": "CSS", ".html": "HTML", ".htm": "HTML", ".vue": "Vue", ".svelte": "Svelte",
	".gradle": "Gradle", ".bzl": "Starlark", ".bazel": "Starlark", ".star": "Starlark", ".nix": "Nix", ".jsonnet": "Jsonnet", ".libsonnet": "Jsonnet", ".cue": "CUE", ".cmake": "CMake",
	".xsd": "XML", ".xsl": "XML", ".xslt": "XML", ".wsdl": "XML", ".xlf": "XML", ".xliff": "XML", ".resx": "XML", ".csproj": "XML", ".fsproj": "XML", ".vbproj": "XML", ".pom": "XML",
	".properties": "Properties", ".adoc": "AsciiDoc", ".asciidoc": "AsciiDoc", ".styl": "CSS", ".graphqls": "GraphQL", ".tfvars": "Terraform",
	".tf": "Terraform", ".hcl": "HCL", ".toml": "TOML", ".ini": "INI", ".cfg": "INI", ".xml": "XML", ".proto": "Protobuf",
	".graphql": "GraphQL", ".gql": "GraphQL", ".ps1": "PowerShell", ".rst": "reStructuredText", ".ipynb": "Notebook",
}

var codeLangs = map[Lang]bool{
	TypeScript: true, JavaScript: true, Python: true, Go: true, "Java": true, "Kotlin": true, "Ruby": true, "PHP": true, "C#": true,
	"Rust": true, "C": true, "C++": true, "Swift": true, "Scala": true, "Dart": true, "Elixir": true, "Erlang": true, "Haskell": true,
	"Lua": true, "R": true, "Perl": true, "Vue": true, "Svelte": true, Shell: true, SQL: true, "CSS": true, "HTML": true, "PowerShell": true,
	"Groovy": true, "Clojure": true, "F#": true, "Visual Basic": true, "Objective-C": true, "Zig": true, "Julia": true, "Solidity": true, "CoffeeScript": true, "Rego": true,
	"Batch": true, "Twig": true, "Handlebars": true, "JSP": true, "ERB": true, "EJS": true, "Astro": true, "Jsonnet": true,
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
	if plain, ok := strings.CutSuffix(lower, ".dist"); ok { // phpunit.xml.dist
		return langByExt[extOf(plain)]
	}
	switch {
	case lower == "dockerfile", lower == "containerfile", strings.HasPrefix(lower, "dockerfile."), strings.HasSuffix(lower, ".dockerfile"):
		return Docker
	case lower == "makefile", lower == "gnumakefile", strings.HasSuffix(lower, ".mk"):
		return "Makefile"
	case base == "Gemfile", base == "Rakefile", base == "Vagrantfile", base == "Podfile", base == "Fastfile":
		return "Ruby"
	case base == "BUILD", base == "WORKSPACE":
		return "Starlark"
	case base == "CMakeLists.txt":
		return "CMake"
	}
	return ""
}

func extOf(base string) string {
	_, ext, _ := cutExt(base)
	return ext
}
