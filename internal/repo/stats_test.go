package repo

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestLanguagesByName(t *testing.T) {
	for name, want := range map[string]Lang{
		"a/b.tsx": TypeScript, "Dockerfile.dev": Docker, "phpunit.xml.dist": "XML", "settings.php.dist": "PHP", "x.dist": "", "build.gradle": "Gradle", "build.gradle.kts": "Kotlin",
		"Gemfile": "Ruby", "lib/x.rake": "Ruby", "prod.tfvars": "Terraform", "a.adoc": "AsciiDoc", "messages.fr.xlf": "XML", "application.properties": "Properties", "CMakeLists.txt": "CMake",
		"nginx.conf": "", "notes.txt": "", ".dist": "",
	} {
		if got := langOf(name); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}

// What is code and what is comment follows cloc, but for the marks of comments in
// strings, which it takes for comments.
func TestLinesAreCountedAsTheReferenceDoes(t *testing.T) {
	for _, test := range []struct {
		lang                 Lang
		text                 string
		code, comment, blank int
	}{
		{Shell, "#!/bin/sh\n# c\ncat <<EOF\n# here\nx\nEOF\n\n", 4, 2, 1},
		{Shell, "#!/bin/sh", 1, 0, 0},
		{Shell, "x=1 # c\ny=a#b\n  # c\n", 2, 1, 0},
		{Python, "#!/usr/bin/env python3\n# c\n\"\"\"Module.\n\nMore.\n\"\"\"\nimport os\n\ndef f(\n    a,\n):  # c\n    r\"\"\"Does.\"\"\"\n    return \"\"\"\n# text\n\"\"\"\n", 8, 5, 2},
		{Python, "class A:\n    '''Doc.\n    '''\n    x = '''v'''\n    call(\n        \"\"\"value\n        \"\"\"\n    )\n", 6, 2, 0},
		{Python, "def f():\n    \"\"\"Doc.\"\"\"; x = 1\n", 2, 0, 0},
		{TypeScript, "const a = \"/*\"\nconst b = `\n// x\n`\n/* c\n\n*/ f()\n/** d */\n", 5, 2, 1},
		{Go, "s := `/*`\nr := '\"' // c\n", 2, 0, 0},
		{"PHP", "<?php\n# c\n// c\n/* c */\n$x = '//a[@b=\"c\"]/*';\n", 2, 3, 0},
		{SQL, "-- c\nselect '--' /* c */\n/* c\nc */\n", 1, 3, 0},
		{"CSS", "/* c */\na { b: url(//x) }\n", 1, 1, 0},
		{"HTML", "<!-- c\n-->\n<p>\n", 1, 2, 0},
		{"Java", "String s = \"\"\"\n  /* no\n  \"\"\";\n/* c */\n", 3, 1, 0},
		{"GraphQL", "\"\"\"\nDescribes.\n\"\"\"\ntype A { # c\n}\n# c\n", 2, 4, 0},
		{"Twig", "{# c\n#}\n<p>\n", 1, 2, 0},
		{"Properties", "# c\n! c\na=#b\n", 1, 2, 0},
		{"Batch", "@rem c\nREM c\n:: c\necho x\n", 1, 3, 0},
		{"Gradle", "// c\nplugins { id 'java' }\n", 1, 1, 0},
		{"AsciiDoc", "// c\nsee https://x.example\n", 1, 1, 0},
		{"INI", "; c\n# c\na = \"b\n[d]\n", 2, 2, 0},
		{Docker, "# syntax\nRUN <<EOF\n# c\necho\nEOF\n", 3, 2, 0},
		{YAML, "# c\na: \"x # y\" # c\nb: |\n  # text\n", 2, 2, 0},
		{"Terraform", "# c\n// c\n/* c */\nx = \"# no\"\n", 1, 3, 0},
	} {
		got := countLines(test.lang, []byte(test.text)).Lines
		if want := (Lines{test.code + test.comment + test.blank, test.code, test.comment, test.blank}); got != want {
			t.Errorf("%s %q: %+v, want %+v", test.lang, test.text, got, want)
		}
	}
}

func TestStatsCountWhatIsThere(t *testing.T) {
	files := map[string]MemFile{}
	for name, text := range map[string]string{
		"package.json": "{\n  \"name\": \"x\"\n}\n",
		"src/app.ts": "// TODO: split\n/* FIXME\n\n * TODO\n * more */ const url = 'http://x' // METODO\n" +
			"console.log(`a\n// no comment`)\nconst s = \"console.log(\" + 'TODO'\nlet users = mockUsers\n",
		"src/app.test.ts": "console.log(mockUsers)\n",
		"app/run.py":      "'''\n# text, no comment\n'''\nx = 1  # TODO\n# FIXME TODO\n",
		"README.md":       "# x\n",
		"vendor/v.go":     "package v // TODO\n",
		"dist/out.js":     "console.log(1)\n",
		"logo.ts":         "a\x00b\nc\n",
	} {
		files[name] = MemFile{Data: []byte(text)}
	}
	s, err := Open(context.Background(), NewMem(files), nil)
	if err != nil {
		t.Fatal(err)
	}
	want := &Stats{
		Files: 6, CodeFiles: 4, Lines: Lines{Total: 19, Code: 11, Comment: 7, Blank: 1},
		Languages: []Language{{"TypeScript", 3, 6}, {"JSON", 1, 3}, {"Markdown", 1, 1}, {"Python", 1, 1}},
		Manifests: 1, DocsFiles: 1, Todos: 6, ConsoleLogs: 1, Mocks: 1, TestFiles: 1, TestRatio: 0.33, Code: 7,
	}
	if diff := cmp.Diff(want, s.Stats()); diff != "" {
		t.Errorf("stats (-want +got):\n%s", diff)
	}
}
