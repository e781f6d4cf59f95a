package repo

import (
	"bytes"
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/shell"
)

// maxBuildFile is the size above which a file is no build script, in bytes.
const maxBuildFile = 1 << 20

// maxCommand is how long a command over several lines may be, in bytes.
const maxCommand = 8 << 10

// findGoBuilds finds what builds or runs the programs: what names their directory
// or import path in Dockerfiles, makefiles, pipelines, releases and scripts, and go
// build without a package where the program lies.
func (s *Snapshot) findGoBuilds(commands []*GoCommand) {
	if len(commands) == 0 {
		return
	}
	b := goBuilds{s: s, byDir: map[string]*GoCommand{}, byPath: map[string]*GoCommand{}}
	for _, c := range commands {
		b.byDir[c.Dir] = c
		if c.Path != "" {
			b.byPath[c.Path] = c
		}
	}
	for _, m := range s.GoMods() {
		b.roots = append(b.roots, m.Dir())
	}
	for _, f := range s.files {
		if ships, ok := buildScript(f); ok && f.Size <= maxBuildFile && f.written() && !f.Binary() {
			b.file(f, ships)
		}
	}
}

// buildScript says whether a file tells by its name that it builds programs, and
// whether what it builds is for others to run.
func buildScript(f *File) (ships, ok bool) {
	name := f.Name()
	low := strings.ToLower(name)
	switch {
	case f.Role != Production && f.Role != Example:
		return false, false
	case f.Lang == Docker, strings.HasPrefix(low, ".goreleaser"), strings.HasPrefix(low, "goreleaser"), low == ".ko.yaml", strings.HasPrefix(low, "skaffold"), low == "app.yaml", low == "cloudbuild.yaml":
		return true, true
	case f.Lang == "Makefile", f.Lang == Shell, low == "taskfile.yml", low == "taskfile.yaml", low == "justfile", low == "procfile", low == ".air.toml", low == "mage.go", low == "jenkinsfile", low == "build.bazel":
		return false, true
	case f.Lang == YAML:
		dir := "/" + f.Dir() + "/"
		return false, strings.Contains(dir, "/.github/") || strings.Contains(dir, "/.circleci/") || low == ".gitlab-ci.yml" || strings.Contains(dir, "/.buildkite/") || strings.Contains(low, "pipeline")
	}
	return false, false
}

type goBuilds struct {
	s      *Snapshot
	byDir  map[string]*GoCommand
	byPath map[string]*GoCommand
	roots  []string // directories of modules
}

func (b *goBuilds) file(f *File, ships bool) {
	data := f.Bytes()
	release := strings.Contains(strings.ToLower(f.Name()), "goreleaser")
	found, n, before := false, 0, ""
	for line := range bytes.Lines(data) {
		n++
		text := strings.TrimSpace(string(line))
		if text == "" || text[0] == '#' {
			continue
		}
		if head, ok := strings.CutSuffix(text, "\\"); ok && len(before) < maxCommand {
			before += head
			continue
		}
		text, before = before+text, ""
		if strings.Contains(text, "/") {
			found = b.words(f, n, text, ships) || found
		}
		if strings.Contains(text, "build") || strings.Contains(text, "install") || strings.Contains(text, "run") {
			found = b.goLine(f, n, text, ships) || found
		}
	}
	if release && !found { // it builds what lies beside it, unless told otherwise
		b.add(b.byDir[f.Dir()], f, 0, true)
	}
}

// words looks for the directories and import paths of programs in a line.
func (b *goBuilds) words(f *File, line int, text string, ships bool) (found bool) {
	isPart := func(c byte) bool { return isWord(c) || c == '/' || c == '.' || c == '-' }
	for i := 0; i < len(text); {
		if !isPart(text[i]) {
			i++
			continue
		}
		start := i
		for i < len(text) && isPart(text[i]) {
			i++
		}
		word := strings.TrimSuffix(text[start:i], "/")
		if !strings.Contains(word, "/") {
			continue
		}
		if path.Ext(word) == ".go" {
			word = path.Dir(word)
		}
		if c := b.byPath[word]; c != nil {
			found = b.add(c, f, line, ships) || found
			continue
		}
		word = strings.TrimPrefix(word, "./")
		if word == "" || strings.HasPrefix(word, "/") {
			continue
		}
		found = b.add(b.at(f, word), f, line, ships) || found
	}
	return found
}

// at is the program in a directory as the file names it: from where it lies, from
// the root of the project or of a module.
func (b *goBuilds) at(f *File, dir string) *GoCommand {
	for _, root := range append([]string{f.Dir(), "."}, b.roots...) {
		if c := b.byDir[path.Join(root, dir)]; c != nil && c.Dir != "." {
			return c
		}
	}
	return nil
}

// goLine reads go build and its kin where no package is named, or all below a
// directory.
func (b *goBuilds) goLine(f *File, line int, text string, ships bool) (found bool) {
	text = strings.NewReplacer("$(GO)", "go", "${GO}", "go", "$GO ", "go ").Replace(text)
	if rest, ok := strings.CutPrefix(text, "RUN "); ok {
		text = rest
	}
	at := strings.Index(text, "go ")
	if at < 0 {
		return false
	}
	for _, cmd := range shell.Commands(strings.TrimLeft(text[at:], "@-+ ")) {
		if cmd.Name() != "go" || len(cmd.Words) < 2 {
			continue
		}
		switch cmd.Words[1] {
		case "build", "install", "run":
		default:
			continue
		}
		packages := goArguments(cmd.Words[2:])
		if len(packages) == 0 {
			packages = []string{"."}
		}
		for _, p := range packages {
			found = b.named(f, line, p, ships) || found
		}
	}
	return found
}

// named adds the program that an argument of go build means.
func (b *goBuilds) named(f *File, line int, arg string, ships bool) (found bool) {
	if root, ok := strings.CutSuffix(arg, "/..."); ok {
		root = path.Join(f.Dir(), root)
		for dir, c := range b.byDir {
			if !c.SideTool && (root == "." || dir == root || strings.HasPrefix(dir, root+"/")) {
				found = b.add(c, f, line, ships) || found
			}
		}
		return found
	}
	if strings.HasSuffix(arg, ".go") {
		arg = path.Dir(arg)
	}
	if arg != "." && !strings.HasPrefix(arg, "./") {
		return false
	}
	if c := b.byDir[path.Join(f.Dir(), arg)]; c != nil {
		return b.add(c, f, line, ships)
	}
	if f.Dir() != "." && arg == "." && ships { // an image whose context is the project
		if c := b.byDir["."]; c != nil {
			return b.add(c, f, line, ships)
		}
	}
	return false
}

// goFlags are the flags of go build that take the next word.
var goFlags = set("-o", "-ldflags", "-tags", "-mod", "-p", "-gcflags", "-asmflags", "-buildmode", "-C", "-modfile", "-overlay", "-pkgdir", "-toolexec", "-installsuffix", "-compiler", "-exec", "-covermode", "-coverpkg", "-gccgoflags")

// goArguments are the packages among the words after go build.
func goArguments(words []string) (out []string) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case strings.HasPrefix(w, "-"):
			if flag := "-" + strings.TrimLeft(w, "-"); goFlags[flag] {
				i++
			}
		case strings.ContainsAny(w, "$*`"):
			out = append(out, "$")
		default:
			out = append(out, w)
		}
	}
	return out
}

func (b *goBuilds) add(c *GoCommand, f *File, line int, ships bool) bool {
	if c == nil {
		return false
	}
	for i := range c.Builds {
		if c.Builds[i].File == f {
			return true
		}
	}
	c.Builds = append(c.Builds, GoBuild{f, line, ships})
	slices.SortStableFunc(c.Builds, func(x, y GoBuild) int { return strings.Compare(x.File.Path, y.File.Path) })
	return true
}
