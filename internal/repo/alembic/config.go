package alembic

import (
	"path"
	"strings"

	"drydock/internal/repo/ini"
)

// Config is an alembic.ini.
type Config struct {
	Environments []Environment // one per section that configures migrations
}

// Environment is one set of migrations.
type Environment struct {
	Section          string // "alembic" unless there are several
	ScriptLocation   Text   // as written
	VersionLocations []Text // as written; empty means "versions" in the script location
	URL              Text   // sqlalchemy.url
	Recursive        bool   // directories below the versions count, too
}

// ParseConfig reads an alembic.ini. It fails with an *ini.Error; what stands
// before that place is returned with it.
func ParseConfig(src []byte) (*Config, error) {
	doc, err := ini.Parse(src)
	c := &Config{}
	if doc == nil {
		return c, err
	}
	for _, s := range doc.Sections {
		e := Environment{Section: s.Name}
		found := s.Name == "alembic"
		separators := " ,\n"
		for _, k := range s.Keys {
			switch k.Name {
			case "script_location":
				e.ScriptLocation, found = Text{k.Value(), k.ValueSpan}, true
			case "sqlalchemy.url":
				e.URL, found = Text{k.Value(), k.ValueSpan}, true
			case "recursive_version_locations":
				e.Recursive = strings.EqualFold(k.Value(), "true")
			case "version_path_separator", "path_separator":
				if word, _, _ := strings.Cut(k.Value(), " "); word == "os" || word == ":" || word == ";" {
					separators = " ,\n:;"
				}
			}
		}
		for _, k := range s.Keys {
			if k.Name == "version_locations" {
				e.VersionLocations = split(k, separators)
			}
		}
		if found && s.Name != "DEFAULT" {
			c.Environments = append(c.Environments, e)
		}
	}
	return c, err
}

// split takes a list of paths apart.
func split(k ini.Key, separators string) []Text {
	var out []Text
	for _, line := range k.Lines {
		start := -1
		for i := 0; i <= len(line.Text); i++ {
			if i < len(line.Text) && strings.IndexByte(separators, line.Text[i]) < 0 {
				if start < 0 {
					start = i
				}
				continue
			}
			if start >= 0 {
				span := line.Span
				span.End = span.Start + i
				span.Start += start
				out = append(out, Text{line.Text[start:i], span})
			}
			start = -1
		}
	}
	return out
}

// Scripts is the directory, relative to the project, that holds env.py. dir is
// that of the alembic.ini. Without a script location it is dir itself, as
// Flask-Migrate has it; "" when it cannot be told.
func (e Environment) Scripts(dir string) string {
	if e.ScriptLocation.Value == "" {
		return dir
	}
	return resolve(dir, e.ScriptLocation.Value)
}

// Versions are the directories, relative to the project, that hold revisions.
func (e Environment) Versions(dir string) []string {
	if len(e.VersionLocations) == 0 {
		if scripts := e.Scripts(dir); scripts != "" {
			return []string{path.Join(scripts, "versions")}
		}
		return nil
	}
	var out []string
	for _, location := range e.VersionLocations {
		if at := resolve(dir, location.Value); at != "" {
			out = append(out, at)
		}
	}
	return out
}

// resolve turns a location into a path of the project. "package:directory" names
// a directory of a package that is taken to lie in dir.
func resolve(dir, location string) string {
	location = strings.ReplaceAll(location, "%(here)s", ".")
	if pkg, sub, ok := strings.Cut(location, ":"); ok {
		location = path.Join(strings.ReplaceAll(pkg, ".", "/"), sub)
	}
	if path.IsAbs(location) || strings.Contains(location, "%") {
		return ""
	}
	at := path.Join(dir, strings.ReplaceAll(location, "\\", "/"))
	if at == ".." || strings.HasPrefix(at, "../") {
		return ""
	}
	return at
}
