package repo

import (
	"errors"
	"path"
	"slices"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo/jsconfig"
	"drydock/internal/repo/jslex"
	"drydock/internal/repo/manifest"
	"drydock/internal/repo/yamldoc"
)

// Tool is a tool of the JavaScript world that a project configures.
type Tool string

// The tools.
const (
	ToolNext       Tool = "next"
	ToolVite       Tool = "vite"
	ToolNuxt       Tool = "nuxt"
	ToolAstro      Tool = "astro"
	ToolSvelte     Tool = "svelte"
	ToolAngular    Tool = "angular"
	ToolRemix      Tool = "remix"
	ToolGatsby     Tool = "gatsby"
	ToolReactRoute Tool = "react-router"
	ToolESLint     Tool = "eslint"
	ToolPrettier   Tool = "prettier"
	ToolBiome      Tool = "biome"
	ToolOxlint     Tool = "oxlint"
	ToolStylelint  Tool = "stylelint"
	ToolJest       Tool = "jest"
	ToolVitest     Tool = "vitest"
	ToolPlaywright Tool = "playwright"
	ToolCypress    Tool = "cypress"
	ToolMocha      Tool = "mocha"
	ToolC8         Tool = "c8" // and nyc, of which it reads the files
	ToolWebpack    Tool = "webpack"
	ToolRollup     Tool = "rollup"
	ToolBabel      Tool = "babel"
	ToolPostCSS    Tool = "postcss"
	ToolTailwind   Tool = "tailwind"
	ToolTurbo      Tool = "turbo"
	ToolLerna      Tool = "lerna"
	ToolNx         Tool = "nx"
	ToolLintStaged Tool = "lint-staged"
	ToolCommitlint Tool = "commitlint"
	ToolLighthouse Tool = "lighthouse"
	ToolTypeScript Tool = "typescript"
)

// toolStems are the names of configuration files without their last ending; a
// program, JSON or YAML may follow.
var toolStems = map[string]Tool{
	"next.config": ToolNext, "vite.config": ToolVite, "nuxt.config": ToolNuxt, "astro.config": ToolAstro, "svelte.config": ToolSvelte,
	"remix.config": ToolRemix, "gatsby-config": ToolGatsby, "react-router.config": ToolReactRoute, "angular": ToolAngular,
	"eslint.config": ToolESLint, ".eslintrc": ToolESLint, "prettier.config": ToolPrettier, ".prettierrc": ToolPrettier, "biome": ToolBiome, ".oxlintrc": ToolOxlint,
	"stylelint.config": ToolStylelint, ".stylelintrc": ToolStylelint, "jest.config": ToolJest, "vitest.config": ToolVitest, "vitest.workspace": ToolVitest,
	"playwright.config": ToolPlaywright, "cypress.config": ToolCypress, "cypress": ToolCypress, ".mocharc": ToolMocha, ".nycrc": ToolC8, ".c8rc": ToolC8, "nyc.config": ToolC8,
	"webpack.config": ToolWebpack, "webpack.prod": ToolWebpack, "webpack.common": ToolWebpack, "webpack.dev": ToolWebpack, "rollup.config": ToolRollup,
	"babel.config": ToolBabel, ".babelrc": ToolBabel, "postcss.config": ToolPostCSS, ".postcssrc": ToolPostCSS, "tailwind.config": ToolTailwind,
	"turbo": ToolTurbo, "lerna": ToolLerna, "nx": ToolNx, "lint-staged.config": ToolLintStaged, ".lintstagedrc": ToolLintStaged,
	"commitlint.config": ToolCommitlint, ".commitlintrc": ToolCommitlint, "lighthouserc": ToolLighthouse, ".lighthouserc": ToolLighthouse,
}

// dataOnly are the stems that only JSON may follow: words that programs use too.
var dataOnly = set("angular", "biome", "cypress", "turbo", "lerna", "nx")

// packageKeys are the members of package.json that configure a tool.
var packageKeys = map[string]Tool{
	"eslintConfig": ToolESLint, "prettier": ToolPrettier, "stylelint": ToolStylelint, "jest": ToolJest, "babel": ToolBabel, "postcss": ToolPostCSS,
	"lint-staged": ToolLintStaged, "commitlint": ToolCommitlint, "mocha": ToolMocha, "nyc": ToolC8, "c8": ToolC8, "vitest": ToolVitest,
}

// ToolConfig is the configuration of one tool: a file, or a part of package.json.
type ToolConfig struct {
	*File
	Tool   Tool
	Root   *jsconfig.Value // nil when the file configures nothing that can be told
	Inside bool            // a member of package.json
}

// toolOf is the tool that a file configures by its name, "" for any other.
func toolOf(f *File) Tool {
	base := f.Name()
	if tool := toolStems[base]; tool != "" && base[0] == '.' {
		return tool // .babelrc
	}
	stem, ext, _ := cutExt(base)
	tool := toolStems[stem]
	switch ext {
	case ".json", ".jsonc", ".json5":
		if dataOnly[stem] && ext == ".json5" {
			return ""
		}
		return tool
	case ".yml", ".yaml", ".toml":
		if stem[0] == '.' || stem == "lighthouserc" {
			return tool
		}
		return ""
	}
	if tool == "" { // vite.config.prod.ts, jest.config.e2e.js
		if short, _, ok := cutExt(stem); ok && jsconfig.IsScript(base) && strings.HasSuffix(short, ".config") {
			tool = toolStems[short]
		}
	}
	if !jsconfig.IsScript(base) || dataOnly[stem] {
		return ""
	}
	return tool
}

// maxToolConfig bounds a configuration that is a program, in bytes.
const maxToolConfig = 256 << 10

// ToolConfigs lists the configurations of the given tools, all without any, by path;
// those of tests and examples keep their role. TypeScript's are read by TSConfigs
// and listed here too.
func (s *Snapshot) ToolConfigs(tools ...Tool) []*ToolConfig {
	all := view(s, "tool configs", func() []*ToolConfig {
		var out []*ToolConfig
		for _, f := range s.files {
			if f.Size == 0 || f.Size > maxToolConfig {
				continue
			}
			if tool := toolOf(f); tool != "" && f.written() && !f.Blank() {
				root, line, err := readToolConfig(f)
				if err != nil {
					s.parseFailed(f, line, err)
				}
				out = append(out, &ToolConfig{File: f, Tool: tool, Root: root})
			}
		}
		for _, p := range s.Packages() {
			for _, m := range p.Tools() {
				if tool := packageKeys[m.Name]; tool != "" {
					out = append(out, &ToolConfig{p.File, tool, jsconfig.FromJSON(m.Value), true})
				}
			}
		}
		for _, c := range s.TSConfigs() {
			out = append(out, &ToolConfig{File: c.File, Tool: ToolTypeScript, Root: jsconfig.FromJSON(c.Root)})
		}
		slices.SortStableFunc(out, func(a, b *ToolConfig) int { return strings.Compare(a.Path, b.Path) })
		return out
	})
	if len(tools) == 0 {
		return all
	}
	var out []*ToolConfig
	for _, c := range all {
		if slices.Contains(tools, c.Tool) {
			out = append(out, c)
		}
	}
	return out
}

// readToolConfig reads a file by its ending.
func readToolConfig(f *File) (root *jsconfig.Value, line int, err error) {
	switch path.Ext(f.Name()) {
	case ".yml", ".yaml":
		docs, err := yamldoc.Parse(f.Bytes())
		if len(docs) > 0 {
			root = jsconfig.FromYAML(docs[0].Root)
		}
		return root, yamlLine(err), err
	case ".toml":
		v, err := manifest.ParseTOML(f.Bytes())
		return jsconfig.FromJSON(v), manifestLine(err), err
	}
	if jsconfig.IsScript(f.Name()) {
		return jsconfig.Script(jslex.Parse(f.Bytes())), 0, nil
	}
	root, err = jsconfig.JSON(f.Bytes())
	if err == nil || path.Ext(f.Name()) != "" && f.Name()[0] != '.' {
		var e *jsconfig.Error
		if errors.As(err, &e) {
			line = e.Line
		}
		return root, line, err
	}
	docs, yamlErr := yamldoc.Parse(f.Bytes()) // .prettierrc and its kin may be either
	if yamlErr != nil || len(docs) == 0 {
		return nil, 0, err
	}
	return jsconfig.FromYAML(docs[0].Root), 0, nil
}

// ToolConfigFor is the configuration of a tool that counts for a directory: its own,
// else that of the nearest directory above; nil without one. Of several in one
// directory it is the one with the shortest name.
func (s *Snapshot) ToolConfigFor(tool Tool, dir string) *ToolConfig {
	byDir := map[string]*ToolConfig{}
	for _, c := range s.ToolConfigs(tool) {
		if old := byDir[c.Dir()]; old == nil || !c.Inside && len(c.Path) < len(old.Path) {
			byDir[c.Dir()] = c
		}
	}
	found, ok := nearest(dir, func(d string) (*ToolConfig, bool) { return byDir[d], byDir[d] != nil })
	if !ok {
		return nil
	}
	return found
}

// Option is a compiler option as it takes effect: what the configuration sets, else
// what those that it extends do; in is the one that sets it. known is false when one
// of these is not the project's own and may set it.
func (s *Snapshot) Option(c *TSConfig, name string) (value *manifest.Value, in *TSConfig, known bool) {
	byPath := view(s, "tsconfigs by path", s.tsconfigsByPath)
	known = true
	stack := []*TSConfig{c} // the next one to ask last; nil for one that is not known
	for n := 0; len(stack) > 0 && n < maxExtends; n++ {
		c := stack[len(stack)-1]
		stack = stack[:len(stack)-1]
		if c == nil {
			known = false
			continue
		}
		if v := c.Option(name); v != nil {
			return v, c, known
		}
		for _, e := range c.Extends { // the last one counts first
			stack = append(stack, s.extended(byPath, c, e.Value))
		}
	}
	return nil, nil, known
}

// tsconfigsByPath are the project's configurations of TypeScript, and the files by
// other names that these extend.
func (s *Snapshot) tsconfigsByPath() map[string]*TSConfig {
	m := map[string]*TSConfig{}
	queue := slices.Clone(s.TSConfigs())
	for _, c := range queue {
		m[c.File.Path] = c
	}
	for n := 0; n < len(queue); n++ {
		for _, e := range queue[n].Extends {
			for _, full := range s.extendedPaths(queue[n], e.Value) {
				f := s.File(full)
				if f == nil || m[full] != nil || f.Lang != JSON || !f.written() {
					continue
				}
				if c, err := manifest.ParseTSConfig(f.Bytes()); err == nil {
					m[full] = &TSConfig{f, c}
					queue = append(queue, m[full])
				}
			}
		}
	}
	return m
}

// extendedPaths are the files that a name in extends may mean: a path, or a file of
// a package of this project.
func (s *Snapshot) extendedPaths(c *TSConfig, name string) []string {
	var bases, out []string
	if strings.HasPrefix(name, ".") {
		bases = []string{path.Join(c.File.Dir(), name)}
	} else if pkg := packageName(name); pkg != "" {
		for _, p := range s.Packages() {
			if p.Package.Name.Value == pkg {
				bases = append(bases, path.Join(p.Dir(), strings.TrimPrefix(strings.TrimPrefix(name, pkg), "/")))
			}
		}
	}
	for _, base := range bases {
		out = append(out, base, base+".json", path.Join(base, "tsconfig.json"))
	}
	return out
}

// extended is the configuration that another names in extends.
func (s *Snapshot) extended(byPath map[string]*TSConfig, c *TSConfig, name string) *TSConfig {
	for _, full := range s.extendedPaths(c, name) {
		if found := byPath[full]; found != nil && found != c {
			return found
		}
	}
	return nil
}

// ValueAt is the location of a value of a configuration.
func (c *ToolConfig) ValueAt(v *jsconfig.Value) finding.Location {
	if v == nil {
		return c.Start()
	}
	return c.At(v.Span)
}
