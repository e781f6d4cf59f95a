package frontend

import (
	"bytes"
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/manifest"
)

// use looks for a package's name where no import shows it: in strings of code,
// in configuration, scripts, styles and templates, in what other packages ask
// for, and among the binaries that commands start.
type use struct {
	s     *repo.Snapshot
	pkg   *repo.Package
	files []*repo.File
	bins  map[string][]string // package → binaries, of the lockfile
	peers map[string]bool     // packages that an installed package expects beside it
}

func newUse(s *repo.Snapshot, pkg *repo.Package) *use {
	u := &use{s: s, pkg: pkg, bins: map[string][]string{}, peers: map[string]bool{}}
	for _, f := range s.Under(pkg.Dir()) {
		switch {
		case f.Role == repo.Vendored, f.Role.Foreign() && f.Lang != repo.JavaScript, f.Lang == repo.Markdown, isLock(f.Name()), f.Size > 4<<20, f == pkg.File:
		default:
			u.files = append(u.files, f)
		}
	}
	if pkg.Dir() != "." {
		for _, f := range s.Files() { // CI, hooks and Makefiles of the repository
			if f.Lang == repo.YAML || f.Lang == repo.Shell || f.Lang == repo.Docker || f.Lang == "Makefile" || f.Dir() == ".husky" {
				u.files = append(u.files, f)
			}
		}
	}
	for _, f := range lockfilesFor(s, pkg) {
		u.readLock(f)
	}
	return u
}

func isLock(name string) bool { return manifest.LockKindOf(name) != "" }

// names says whether anything names the package.
func (u *use) names(name string) bool {
	if u.peers[name] || u.inManifest(name) {
		return true
	}
	for _, f := range u.files {
		if mentions(f, name) {
			return true
		}
	}
	for _, bin := range u.binaries(name) {
		if u.starts(bin) {
			return true
		}
		for _, c := range u.s.Commands() {
			for _, w := range c.Words {
				if w[strings.LastIndexByte(w, '/')+1:] == bin {
					return true
				}
			}
		}
	}
	return false
}

// starts says whether a file starts the binary in a way that no command line of
// the project shows: out of code.
func (u *use) starts(bin string) bool {
	for _, f := range u.files {
		for _, call := range []string{".bin/" + bin, "npx " + bin, "pnpm exec " + bin, "yarn " + bin} {
			if f.Mentions(call) && wordIn(f.Bytes(), call) {
				return true
			}
		}
	}
	return false
}

// knownBins are binaries that are not called like their package.
var knownBins = map[string][]string{
	"typescript": {"tsc", "tsserver"}, "@angular/cli": {"ng"}, "@nestjs/cli": {"nest"}, "npm-run-all": {"run-s", "run-p", "npm-run-all"},
	"npm-run-all2": {"run-s", "run-p"}, "@playwright/test": {"playwright"}, "@biomejs/biome": {"biome"}, "vercel": {"vc"}, "@vue/cli-service": {"vue-cli-service"},
	"json-server": {"json-server"}, "prisma": {"prisma"}, "dotenv-cli": {"dotenv"}, "start-server-and-test": {"start-test", "server-test"},
}

// binaries are the programs that the package installs: as the lockfile says,
// as is known, else called like the package.
func (u *use) binaries(name string) []string {
	out := append([]string{name[strings.LastIndexByte(name, '/')+1:]}, knownBins[name]...)
	if scope, _, ok := strings.Cut(name, "/"); ok {
		out = append(out, strings.TrimPrefix(scope, "@")) // @percy/agent installs percy
	}
	return append(out, u.bins[name]...)
}

// inManifest says whether package.json names the package anywhere but in its
// lists of dependencies.
func (u *use) inManifest(name string) bool {
	for _, m := range u.pkg.Root.Members {
		switch m.Name {
		case "dependencies", "devDependencies", "peerDependencies", "optionalDependencies", "name", "version", "description", "resolutions", "overrides", "engines", "keywords":
			continue
		case "pnpm":
			continue
		}
		found := false
		m.Value.Walk(func(v *manifest.Value) bool {
			for _, member := range v.Members {
				found = found || wordIn([]byte(member.Name), name)
			}
			found = found || v.Kind == manifest.String && wordIn([]byte(v.Text), name)
			return !found
		})
		if found {
			return true
		}
	}
	return false
}

// mentions says whether a file names the package: code in a string of its own
// or with a path behind it, anything else as a word.
func mentions(f *repo.File, name string) bool {
	if !f.Mentions(name) {
		return false
	}
	data := f.Bytes()
	if !bytes.Contains(data, []byte(name)) {
		return false
	}
	if f.Lang == repo.JavaScript || f.Lang == repo.TypeScript {
		return mentionedInCode(data, name)
	}
	if f.Lang == repo.Python || f.Lang == repo.Go {
		return false
	}
	return wordIn(data, name)
}

func mentionedInCode(data []byte, name string) bool {
	if file := jslex.Parse(data); file.Err != nil {
		return wordIn(data, name) // what cannot be read may be using it
	}
	for _, t := range jslex.Lex(data) {
		text := string(data[t.Span.Start:t.Span.End])
		switch t.Kind {
		case jslex.String, jslex.Template, jslex.JSXString:
			text = strings.Trim(text, "\"'`")
			_, bare, _ := strings.Cut(text, "!") // loader!module
			for _, v := range []string{text, bare} {
				if v == name || strings.HasPrefix(v, name+"/") || strings.Contains(v, "node_modules/"+name) {
					return true
				}
			}
		case jslex.TemplateHead:
			if strings.HasPrefix(text, "`"+name+"/") {
				return true
			}
		case jslex.Comment: // reference types, jsx pragmas, typed configurations
			if (strings.Contains(text, "<reference") || strings.Contains(text, "import(") || strings.Contains(text, "@jsx")) && wordIn([]byte(text), name) {
				return true
			}
		}
	}
	// plugins: { tailwindcss: {}, "autoprefixer": {} }
	for _, t := range jslex.Lex(data) {
		if t.Kind == jslex.Ident && string(data[t.Span.Start:t.Span.End]) == name && isConfig(data) {
			return true
		}
	}
	return false
}

// isConfig says whether code looks like a configuration: it exports an object.
func isConfig(data []byte) bool {
	return jslex.Parse(data).ConfigObject() != nil
}

// wordIn says whether text holds name and neither a longer name nor a part of
// another package's.
func wordIn(text []byte, name string) bool {
	for at := 0; ; {
		i := bytes.Index(text[at:], []byte(name))
		if i < 0 {
			return false
		}
		i += at
		at = i + len(name)
		whole := name[0] != '.' && i > 0
		if whole && inName(text[i-1]) && text[i-1] != '/' || at < len(text) && inName(text[at]) && text[at] != '/' && text[at] != '.' && text[at] != '@' {
			continue
		}
		if whole && i > 1 && text[i-1] == '/' && inName(text[i-2]) && !bytes.HasSuffix(text[:i], []byte("node_modules/")) {
			continue // @other/name
		}
		return true
	}
}

func inName(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '.' || c == '/' || c == '@'
}

// readLock takes from a lockfile what packages expect beside them and which
// binaries they install. Formats differ in all but this: a line that opens a
// block, and deeper lines with a name each.
func (u *use) readLock(f *repo.File) {
	if f.Binary() {
		return
	}
	section, depth, owner := "", 0, ""
	for line := range strings.Lines(string(f.Bytes())) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		name, rest, ok := strings.Cut(strings.TrimSpace(line), ":")
		name = strings.Trim(name, `"' `)
		if section != "" && indent <= depth {
			section = ""
		}
		switch {
		case !ok:
		case section == "peers":
			u.peers[name] = true
		case section == "bins":
			u.bins[owner] = append(u.bins[owner], name)
		case name == "peerDependencies":
			section, depth = "peers", indent
		case name == "bin" && (strings.TrimSpace(rest) == "{" || strings.TrimSpace(rest) == "" && indent > 0):
			section, depth = "bins", indent
		case indent == 0 && strings.HasSuffix(name, "@npm"): // of yarn: "name@npm:^1.0.0":
			owner = strings.TrimSuffix(name, "@npm")
		case strings.HasPrefix(name, "node_modules/"):
			owner = name[strings.LastIndex(name, "node_modules/")+len("node_modules/"):]
		}
	}
}
