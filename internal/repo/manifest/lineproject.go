package manifest

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
)

// statement is one line of a build file that is a program, as far as its words
// and the strings in it go.
type statement struct {
	words   []string // names before the first string: implementation, gem, id
	strings []Text   // literals, quotes included in their spans
	text    string   // without comments
	span    finding.Span
	opens   bool // it ends with a brace or do
	closes  bool // it begins with a brace or is end
}

// statements cuts a Gemfile or a Gradle file into lines. Comments are left out:
// # in Ruby, // and /* in Gradle.
func statements(src []byte, ruby bool) []statement {
	var out []statement
	inComment := false
	for start := 0; start < len(src); {
		end := start + len(src[start:])
		if n := bytes.IndexByte(src[start:], '\n'); n >= 0 {
			end = start + n
		}
		s := statement{span: finding.Span{Start: start, End: end}}
		var text strings.Builder
		named := false
		for i := start; i < end; i++ {
			c := src[i]
			switch {
			case inComment:
				if c == '*' && i+1 < end && src[i+1] == '/' {
					inComment = false
					i++
				}
				continue
			case ruby && c == '#', !ruby && c == '/' && i+1 < end && src[i+1] == '/':
				i = end
				continue
			case !ruby && c == '/' && i+1 < end && src[i+1] == '*':
				inComment = true
				i++
				continue
			case c == '"' || c == '\'':
				stop := i + 1
				for stop < end && src[stop] != c {
					if src[stop] == '\\' {
						stop++
					}
					stop++
				}
				stop = min(stop, end)
				s.strings = append(s.strings, Text{string(src[i+1 : max(i+1, stop)]), finding.Span{Start: i, End: min(stop+1, end)}})
				if !named {
					s.words, named = names(text.String()), true
				}
				text.Write(src[i:min(stop+1, end)])
				i = stop
				continue
			}
			text.WriteByte(c)
		}
		s.text = strings.TrimSpace(text.String())
		if !named {
			s.words = names(s.text)
		}
		s.opens = strings.HasSuffix(s.text, "{") || ruby && (strings.HasSuffix(s.text, " do") || strings.HasSuffix(s.text, "|"))
		s.closes = strings.HasPrefix(s.text, "}") || ruby && s.text == "end"
		if s.text != "" {
			out = append(out, s)
		}
		start = end + 1
	}
	return out
}

// names are the identifiers of a text, dotted ones in one piece.
func names(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool {
		return r != '_' && r != '.' && r != '-' && r != ':' && (r < '0' || r > '9') && (r < 'A' || r > 'Z') && (r < 'a' || r > 'z')
	})
}

// ParseGemfile reads a Gemfile: its gems, each with the group around it. It never
// fails but for size.
func ParseGemfile(src []byte) (*Project, error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	p := &Project{Ecosystem: Gems, Application: true}
	var groups []bool // of the blocks that are open: for development alone?
	for _, s := range statements(src, true) {
		first := ""
		if len(s.words) > 0 {
			first = s.words[0]
		}
		switch {
		case s.closes && len(groups) > 0:
			groups = groups[:len(groups)-1]
		case first == "gem" && len(s.strings) > 0:
			d := Dependency{Name: s.strings[0].Value, NameSpan: s.strings[0].Span, Span: s.span}
			if len(s.strings) > 1 && gemVersion(s.strings[1].Value) {
				d.Spec, d.SpecSpan = s.strings[1].Value, s.strings[1].Span
			}
			if onlyDev(s.text) && strings.Contains(s.text, "group") || len(groups) > 0 && groups[len(groups)-1] {
				d.Group = Dev
			}
			p.Dependencies = append(p.Dependencies, d)
		case first == "ruby" && len(s.strings) > 0:
			p.Runtime = s.strings[0]
		}
		if s.opens {
			groups = append(groups, first == "group" && onlyDev(s.text) || len(groups) > 0 && groups[len(groups)-1])
		}
	}
	return p, nil
}

// onlyDev says whether a line names groups that are for development and tests.
func onlyDev(text string) bool {
	return (strings.Contains(text, ":development") || strings.Contains(text, ":test") || strings.Contains(text, "development:")) &&
		!strings.Contains(text, ":production") && !strings.Contains(text, ":default")
}

func gemVersion(s string) bool {
	s = strings.TrimLeft(s, "~<>=! ")
	return s != "" && s[0] >= '0' && s[0] <= '9'
}

// gradleConfigurations are the lists of dependencies that Gradle's plugins know.
var gradleConfigurations = map[string]Group{
	"implementation": Production, "api": Production, "compile": Production, "runtimeOnly": Production, "runtime": Production, "compileOnly": Dev,
	"developmentOnly": Dev, "annotationProcessor": Dev, "kapt": Dev, "ksp": Dev, "testImplementation": Dev, "testRuntimeOnly": Dev,
	"testCompile": Dev, "androidTestImplementation": Dev, "testFixturesImplementation": Dev,
}

// ParseGradle reads a build or settings file of Gradle, in Groovy or Kotlin, as far
// as it is literal. It never fails but for size.
func ParseGradle(src []byte) (*Project, error) {
	if err := tooLarge(src); err != nil {
		return nil, err
	}
	p := &Project{Ecosystem: Maven}
	for _, s := range statements(src, false) {
		if len(s.words) == 0 || len(s.strings) == 0 {
			if len(s.words) > 0 && s.words[0] == "application" {
				p.Application = true
			}
			continue
		}
		first, value := s.words[0], s.strings[0]
		group, isList := gradleConfigurations[first]
		switch {
		case isList:
			if module, version, ok := coordinates(value.Value); ok {
				p.Dependencies = append(p.Dependencies, Dependency{Name: module, Spec: version, Group: group, NameSpan: value.Span, SpecSpan: value.Span, Span: s.span})
			}
		case first == "id" || first == "kotlin" || first == "alias":
			d := Dependency{Name: value.Value, Group: Dev, NameSpan: value.Span, Span: s.span}
			if len(s.strings) > 1 {
				d.Spec, d.SpecSpan = s.strings[1].Value, s.strings[1].Span
			}
			p.Dependencies = append(p.Dependencies, d)
			p.Application = p.Application || value.Value == "application" || value.Value == "org.springframework.boot" || value.Value == "war"
		case strings.HasPrefix(first, "include"):
			for _, m := range s.strings {
				p.Members = append(p.Members, Text{strings.Trim(strings.ReplaceAll(m.Value, ":", "/"), "/"), m.Span})
			}
		case first == "rootProject.name":
			p.Name = value
		case first == "version":
			p.Version = value
		case first == "sourceCompatibility":
			p.Runtime = value
		}
	}
	return p, nil
}

// coordinates are the module and the version of group:artifact:version.
func coordinates(text string) (module, version string, ok bool) {
	parts := strings.Split(text, ":")
	if len(parts) < 2 || parts[0] == "" || strings.ContainsAny(parts[0], "$/ ") {
		return "", "", false
	}
	if len(parts) > 2 && !strings.Contains(parts[2], "$") {
		version = parts[2]
	}
	return parts[0] + ":" + parts[1], version, true
}

// ParseComposer reads a composer.json. It fails with an *Error.
func ParseComposer(src []byte) (*Project, error) {
	root, err := parseStrictJSON(src)
	if root == nil {
		return nil, err
	}
	p := &Project{Ecosystem: PHP, Name: root.Get("name").AsText(), Version: root.Get("version").AsText(), Application: root.Get("type").Str() == "project"}
	for _, list := range []struct {
		key   string
		group Group
	}{{"require", Production}, {"require-dev", Dev}} {
		for _, e := range root.Get(list.key).entries() {
			if e.Name == "php" {
				p.Runtime = Text{e.Value, e.ValueSpan}
				continue
			}
			p.Dependencies = append(p.Dependencies, Dependency{Name: e.Name, Spec: e.Value, Group: list.group, NameSpan: e.NameSpan, SpecSpan: e.ValueSpan, Span: e.Span})
		}
	}
	p.Scripts = root.Get("scripts").entries()
	return p, err
}

// ParseCargo reads a Cargo.toml. It fails with an *Error.
func ParseCargo(src []byte) (*Project, error) {
	root, err := ParseTOML(src)
	if err != nil {
		return nil, err
	}
	p := &Project{Ecosystem: Crates, Name: root.Get("package", "name").AsText(), Version: root.Get("package", "version").AsText(), Runtime: root.Get("package", "rust-version").AsText()}
	p.Application = root.Get("bin").Exists()
	p.Members = root.Get("workspace", "members").Strings()
	for _, list := range []struct {
		at    *Value
		group Group
	}{
		{root.Get("dependencies"), Production}, {root.Get("workspace", "dependencies"), Production},
		{root.Get("dev-dependencies"), Dev}, {root.Get("build-dependencies"), Dev},
	} {
		if list.at == nil {
			continue
		}
		for _, m := range list.at.Members {
			spec := m.Value.AsText()
			if m.Value.Get("version").Exists() {
				spec = m.Value.Get("version").AsText()
			}
			p.Dependencies = append(p.Dependencies, Dependency{Name: m.Name, Spec: spec.Value, Group: list.group, NameSpan: m.NameSpan, SpecSpan: spec.Span, Span: m.Span})
		}
	}
	return p, nil
}
