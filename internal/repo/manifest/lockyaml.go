package manifest

import (
	"bytes"
	"errors"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/yamldoc"
)

// pnpm reads the importers of pnpm-lock.yaml, or the root's lists of the older
// format, and the resolved packages.
func (l *Lockfile) pnpm(src []byte) error {
	docs, err := yamldoc.Parse(src)
	if err != nil && len(docs) == 0 {
		var at *yamldoc.Error
		if errors.As(err, &at) {
			return &Error{at.Line, at.Msg}
		}
		return &Error{1, err.Error()}
	}
	if len(docs) == 0 {
		return nil
	}
	root := docs[len(docs)-1].Root // a first document may hold the package manager's own
	l.KnowsRoots = root.Exists()
	if importers := root.Get("importers"); importers.Exists() {
		for _, e := range importers.Entries() {
			project := e.Name()
			if project == "." {
				project = ""
			}
			l.pnpmImporter(project, e.Value)
		}
	} else {
		l.pnpmImporter("", root)
	}
	separator := byte('@')
	if strings.HasPrefix(root.Get("lockfileVersion").Str(), "5") {
		separator = '/'
	}
	for _, e := range root.Get("packages").Entries() {
		if name, version, ok := pnpmID(e.Name(), separator); ok {
			dev, _ := e.Value.Get("dev").Bool()
			l.Packages = append(l.Packages, Locked{Name: name, Version: version, Dev: dev, Span: e.Span()})
		}
	}
	return nil
}

func (l *Lockfile) pnpmImporter(project string, n *yamldoc.Node) {
	specifiers := n.Get("specifiers")
	for _, g := range packageGroups {
		for _, e := range n.Get(g.key).Entries() {
			spec := e.Value.Get("specifier").Str()
			if spec == "" {
				spec = specifiers.Get(e.Name()).Str()
			}
			l.Roots = append(l.Roots, LockRoot{project, e.Name(), spec, g.group, e.Span()})
		}
	}
}

// pnpmID takes /name@1.2.3(peer@1), or with a slash as separator
// /@scope/name/1.2.3_peer@1, apart.
func pnpmID(id string, separator byte) (name, version string, ok bool) {
	id, _, _ = strings.Cut(strings.TrimPrefix(id, "/"), "(")
	if peers := strings.IndexByte(id, '_'); separator == '/' && peers > 0 {
		if slash := strings.LastIndexByte(id[:peers], '/'); slash+1 < peers && id[slash+1] >= '0' && id[slash+1] <= '9' {
			id = id[:peers]
		}
	}
	at := strings.LastIndexByte(id, separator)
	if at <= 0 || at+1 == len(id) {
		return "", "", false
	}
	return id[:at], id[at+1:], true
}

// yarn reads both formats of yarn.lock line by line: a header that is not
// indented names the requests, an indented version answers them.
func (l *Lockfile) yarn(src []byte) {
	y := yarnReader{lock: l}
	for start := 0; start < len(src); {
		end := lineEnd(src, start)
		raw := bytes.TrimRight(src[start:end], " \t\r")
		text := string(bytes.TrimLeft(raw, " \t"))
		indent := len(raw) - len(text)
		span := finding.Span{Start: start + indent, End: start + len(raw)}
		start = end + 1
		switch {
		case text == "" || text[0] == '#':
		case indent == 0:
			y.finish()
			y.header(text, span)
		case len(y.open.Specs) > 0:
			y.setting(text, indent, span)
		}
	}
	y.finish()
}

type yarnReader struct {
	lock *Lockfile
	open Locked // the entry being read; without Specs there is none
	list Group  // the list of dependencies that the lines below belong to
	in   bool   // whether there is one
}

func (y *yarnReader) header(text string, span finding.Span) {
	y.open, y.in = Locked{}, false
	if specs := yarnSpecs(text); len(specs) > 0 && specs[0] != "__metadata" {
		y.open = Locked{Name: specName(specs[0]), Specs: specs, Span: span}
	}
}

// local is the directory of a package of the project itself, which the newer
// format lists among the others.
func (y *yarnReader) local() (dir string, ok bool) {
	for _, spec := range y.open.Specs {
		if _, dir, ok = strings.Cut(spec, "@workspace:"); ok {
			return strings.TrimPrefix(dir, "."), true
		}
	}
	return "", false
}

func (y *yarnReader) setting(text string, indent int, span finding.Span) {
	y.open.Span.End = span.End
	name, value := yarnSetting(text)
	if indent <= 2 {
		if name == "version" {
			y.open.Version = value
		}
		y.list, y.in = yarnList(name)
		return
	}
	if dir, ok := y.local(); ok && y.in {
		y.lock.KnowsRoots = true
		y.lock.Roots = append(y.lock.Roots, LockRoot{dir, name, strings.TrimPrefix(value, "npm:"), y.list, span})
	}
}

func (y *yarnReader) finish() {
	if _, local := y.local(); !local && len(y.open.Specs) > 0 {
		y.lock.Packages = append(y.lock.Packages, y.open)
	}
}

// yarnList says which list of dependencies a key opens. The newer format does
// not tell a project's development dependencies from the others.
func yarnList(key string) (Group, bool) {
	switch key {
	case "dependencies":
		return Production, true
	case "peerDependencies":
		return Peer, true
	case "optionalDependencies":
		return Optional, true
	}
	return "", false
}

// yarnSpecs takes a header apart: "a@^1", "b@npm:2 || 3":
func yarnSpecs(header string) []string {
	var out []string
	for spec := range strings.SplitSeq(strings.ReplaceAll(strings.TrimSuffix(header, ":"), `"`, ""), ",") {
		if spec = strings.TrimSpace(spec); spec != "" {
			out = append(out, spec)
		}
	}
	return out
}

// specName is the name in name@range.
func specName(spec string) string {
	if at := strings.IndexByte(spec[min(1, len(spec)):], '@'); at >= 0 {
		return spec[:at+1]
	}
	return spec
}

// yarnSetting takes `version "1.2.3"`, `version: 1.2.3` and `"a": ^1` apart.
func yarnSetting(text string) (name, value string) {
	if text[0] == '"' {
		name, value, _ = strings.Cut(text[1:], `"`)
	} else if i := strings.IndexAny(text, ": "); i >= 0 {
		name, value = text[:i], text[i:]
	} else {
		return text, ""
	}
	return name, strings.Trim(strings.TrimLeft(value, ": "), `"`)
}
