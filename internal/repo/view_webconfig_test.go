package repo

import (
	"fmt"
	"strings"
	"testing"
)

func TestToolConfigsAreFoundByTheirNames(t *testing.T) {
	s := openTxtar(t, `
-- package.json --
{"name": "root", "jest": {"bail": true}, "eslintConfig": {"root": true}, "lodash": 1}
-- web/next.config.mjs --
export default { output: 'standalone' }
-- web/vite.config.prod.ts --
export default { build: { sourcemap: true } }
-- web/.eslintrc --
rules: {a: off}
-- web/.babelrc --
{ presets: ['env'], }
-- web/.prettierrc.toml --
semi = false
-- web/turbo.json --
{"tasks": {}}
-- web/turbo.ts --
export default {}
-- web/src/cypress.js --
module.exports = {}
-- web/nextconfig.js --
module.exports = {}
-- web/tsconfig.json --
{"extends": ["@x/ts/base.json", "./tsconfig.more"], "compilerOptions": {"jsx": "preserve"}}
-- web/tsconfig.more.json --
{"extends": "outside/tsconfig.json"}
-- ts/package.json --
{"name": "@x/ts"}
-- ts/tsconfig.json --
{}
-- ts/base.json --
{"compilerOptions": {"strict": true}}
-- ts/tsconfig.lib.json --
{"extends": "./tsconfig.json", "compilerOptions": {"strict": true}}
-- web/webpack.config.js --
module.exports = {
`)
	var got []string
	for _, c := range s.ToolConfigs() {
		if c.Tool != ToolTypeScript {
			names, _ := c.Root.Names()
			got = append(got, fmt.Sprint(c.Path, " ", c.Tool, " ", names))
		}
	}
	want := `package.json jest [bail]
package.json eslint [root]
web/.babelrc babel [presets]
web/.eslintrc eslint [rules]
web/.prettierrc.toml prettier [semi]
web/next.config.mjs next [output]
web/turbo.json turbo [tasks]
web/vite.config.prod.ts vite [build]
web/webpack.config.js webpack []`
	if text := strings.Join(got, "\n"); text != want {
		t.Errorf("%s\nwant\n%s", text, want)
	}
	if c := s.ToolConfigFor(ToolESLint, "web/src/x"); c == nil || c.Path != "web/.eslintrc" {
		t.Errorf("%+v", c)
	}
	if c := s.ToolConfigFor(ToolJest, "web"); c == nil || !c.Inside || !c.Root.Get("bail").True() || c.ValueAt(c.Root.Get("bail")).Line != 1 {
		t.Errorf("%+v", c)
	}
	if s.ToolConfigFor(ToolNext, "ts") != nil {
		t.Error("a configuration of another directory")
	}
}

func TestCompilerOptionsAreInherited(t *testing.T) {
	s := openTxtar(t, `
-- tsconfig.json --
{"compilerOptions": {"strict": true, "noEmit": true}}
-- a/tsconfig.json --
{"extends": "../tsconfig", "compilerOptions": {"noEmit": false}}
-- b/tsconfig.json --
{"extends": ["@tsconfig/node20", "@x/ts/base.json"]}
-- ts/package.json --
{"name": "@x/ts"}
-- ts/base.json --
{"compilerOptions": {"noEmit": true}}
-- c/tsconfig.json --
{"extends": "./tsconfig.json"}
`)
	for _, tt := range []struct{ dir, option, want string }{
		{"a", "strict", "true in tsconfig.json, true"}, {"a", "noEmit", "false in a/tsconfig.json, true"}, {"a", "jsx", "none, true"},
		{"b", "noEmit", "true in ts/base.json, true"}, {"b", "strict", "none, false"}, {"c", "strict", "none, false"},
	} {
		for _, c := range s.TSConfigs() {
			if c.File.Dir() != tt.dir {
				continue
			}
			v, in, known := s.Option(c, tt.option)
			got := "none"
			if v != nil {
				got = v.Text + " in " + in.File.Path
			}
			if got += fmt.Sprint(", ", known); got != tt.want {
				t.Errorf("%s of %s: %s, want %s", tt.option, tt.dir, got, tt.want)
			}
		}
	}
}
