package manifest

// TSConfig is a tsconfig.json or jsconfig.json.
type TSConfig struct {
	Extends    []Text
	BaseURL    Text
	Paths      []PathAlias
	Strict     *Value // nil when not written; see IsStrict
	Include    []Text
	Files      []Text
	References []Text // paths of referenced projects
	Root       *Value
}

// PathAlias maps one pattern of compilerOptions.paths to its targets.
type PathAlias struct {
	Pattern Text
	Targets []Text
}

// ParseTSConfig reads a tsconfig.json; comments and trailing commas are allowed.
func ParseTSConfig(src []byte) (*TSConfig, error) {
	root, err := ParseJSON(src)
	if err != nil {
		return nil, err
	}
	if root.Kind != Object {
		return nil, errorAt(src, root.Span.Start, "the configuration holds no object")
	}
	options := root.Get("compilerOptions")
	c := &TSConfig{
		Root:    root,
		Extends: root.Get("extends").Strings(), BaseURL: options.Get("baseUrl").AsText(), Strict: options.Get("strict"),
		Include: root.Get("include").Strings(), Files: root.Get("files").Strings(),
	}
	if paths := options.Get("paths"); paths.Exists() {
		for _, m := range paths.Members {
			c.Paths = append(c.Paths, PathAlias{Text{m.Name, m.NameSpan}, m.Value.Strings()})
		}
	}
	if refs := root.Get("references"); refs.Exists() {
		for _, ref := range refs.Items {
			if p := ref.Get("path"); p.Str() != "" {
				c.References = append(c.References, p.AsText())
			}
		}
	}
	return c, nil
}

// IsStrict says whether the file itself turns strict on; what it extends may do
// so as well.
func (c *TSConfig) IsStrict() bool { return c.Strict.True() }

// Option is the compiler option with the given name; nil when not written.
func (c *TSConfig) Option(name string) *Value { return c.Root.Get("compilerOptions", name) }
