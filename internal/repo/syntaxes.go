package repo

// syntaxes are those of languages that syntaxOf does not name; what stands in
// neither is like C.
var syntaxes = func() map[Lang]*syntax {
	m := map[Lang]*syntax{
		"GraphQL":      newSyntax([]string{"#"}, `"`, nil, [2]string{`"""`, `"""`}), // descriptions
		"Twig":         newSyntax(nil, "", nil, [2]string{"{#", "#}"}, angles),
		"Handlebars":   newSyntax(nil, "", nil, [2]string{"{{!--", "--}}"}, [2]string{"{{!", "}}"}, angles),
		"JSP":          newSyntax(nil, "", nil, [2]string{"<%--", "--%>"}, angles),
		"ERB":          markup,
		"EJS":          markup,
		"Astro":        single,
		"Jsonnet":      newSyntax([]string{"#", "//"}, `"'`, []string{"|||"}, stars),
		"Nix":          newSyntax([]string{"#"}, `"`, []string{"''"}, stars),
		"Batch":        newSyntax([]string{"::", "rem ", "REM ", "@rem ", "@REM "}, "", nil),
		"Clojure":      newSyntax([]string{";"}, `"`, nil),
		"Visual Basic": newSyntax([]string{"'"}, `"`, nil),
		"F#":           newSyntax(slashes, `"`, []string{`"""`}, [2]string{"(*", "*)"}),
		"Properties":   newSyntax([]string{"#", "!"}, "", nil),
		"AsciiDoc":     newSyntax(slashes, "", nil),
		"Starlark":     python,
	}
	for _, l := range []Lang{"CMake", "Rego", "Julia", "CoffeeScript"} {
		m[l] = hashed
	}
	blocks := newSyntax(slashes, `"'`, []string{`"""`}, stars)
	for _, l := range []Lang{"Java", "Kotlin", "Scala", "Swift", "C#", "Groovy", "Gradle"} {
		m[l] = blocks
	}
	return m
}()
