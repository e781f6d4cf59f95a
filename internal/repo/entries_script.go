package repo

import (
	"path"
	"strings"

	"drydock/internal/repo/jslex"
	"drydock/internal/repo/manifest"
)

// routedDirs are the directories, below a package that depends on one of
// the modules, whose files a framework finds by their place.
var routedDirs = []struct {
	framework string
	depends   []string
	dirs      []string
}{
	{"Nuxt", []string{"nuxt", "nuxt3"}, []string{
		"pages", "layouts", "middleware", "plugins", "components", "composables", "utils", "server", "modules",
		"app/pages", "app/layouts", "app/middleware", "app/plugins", "app/components", "app/composables", "app/utils", "shared/utils", "shared/types",
	}},
	{"Nitro", []string{"nitropack", "nitro"}, []string{"server", "routes", "api", "middleware", "plugins"}},
	{"Astro", []string{"astro"}, []string{"src/pages", "src/content"}},
	{"Gatsby", []string{"gatsby"}, []string{"src/pages", "src/api"}},
	{"Remix", []string{"@remix-run/react", "@remix-run/node", "@remix-run/dev"}, []string{"app/routes"}},
	{"Expo", []string{"expo-router"}, []string{"app", "src/app"}},
	{"AdonisJS", []string{"@adonisjs/core"}, []string{"start", "providers", "commands", "app/controllers", "app/middleware", "app/exceptions"}},
	{"SolidStart", []string{"@solidjs/start"}, []string{"src/routes"}},
	{"TanStack Start", []string{"@tanstack/react-start", "@tanstack/router-plugin"}, []string{"src/routes", "app/routes"}},
	{"Strapi", []string{"@strapi/strapi"}, []string{"src", "config"}},
	{"Redwood", []string{"@redwoodjs/api"}, []string{"src/functions", "src/graphql", "src/services", "src/directives"}},
}

// namedEntries are files that a framework finds by their name in a package that
// depends on it; a name without extension takes any of a script's.
var namedEntries = []struct {
	framework string
	depends   []string
	names     []string
}{
	{"React Router", []string{"@remix-run/react", "@remix-run/node", "@react-router/node", "@react-router/dev", "@react-router/serve"},
		[]string{"app/root", "app/entry.client", "app/entry.server", "app/entry.worker", "app/routes"}},
	{"SvelteKit", []string{"@sveltejs/kit"}, []string{"src/hooks", "src/hooks.server", "src/hooks.client", "src/service-worker", "src/service-worker/index", "src/instrumentation.server"}},
	{"Nuxt", []string{"nuxt", "nuxt3"}, []string{"app.vue", "error.vue", "app/app.vue", "app/error.vue", "app/app.config", "app.config", "app/router.options"}},
	{"Astro", []string{"astro"}, []string{"src/middleware", "src/middleware/index", "src/content.config", "src/env.d"}},
	{"Create React App", []string{"react-scripts"}, []string{"src/index", "src/setupProxy", "src/service-worker"}},
	{"Vue CLI", []string{"@vue/cli-service"}, []string{"src/main"}},
	{"Gatsby", []string{"gatsby"}, []string{"gatsby-browser", "gatsby-node", "gatsby-ssr"}},
	{"Expo", []string{"expo", "react-native"}, []string{"App", "index", "metro.config", "app.config"}},
	{"Next.js", []string{"next"}, []string{"proxy", "src/proxy", "middleware", "src/middleware", "instrumentation", "src/instrumentation",
		"instrumentation-client", "src/instrumentation-client", "mdx-components", "src/mdx-components"}},
	{"TanStack Start", []string{"@tanstack/react-start"}, []string{"src/router", "src/client", "src/server", "src/start"}},
	{"NestJS", []string{"@nestjs/core"}, []string{"src/main"}},
	{"Docusaurus", []string{"@docusaurus/core"}, []string{"sidebars", "docusaurus.config"}},
}

// byPackage marks what the frameworks of each package find by place and name.
func (c *entryCollector) byPackage() {
	for _, p := range c.s.Packages() {
		if p.Role.Foreign() {
			continue
		}
		for _, r := range routedDirs {
			if !p.DependsOn(r.depends...) {
				continue
			}
			for _, dir := range r.dirs {
				for _, f := range c.s.Under(path.Join(p.Dir(), dir)) {
					if loadable(f) && f.Path != p.Path {
						c.mark(f, "routed by "+r.framework)
					}
				}
			}
		}
		for _, n := range namedEntries {
			if !p.DependsOn(n.depends...) {
				continue
			}
			for _, name := range n.names {
				for _, ext := range []string{"", ".ts", ".tsx", ".js", ".jsx", ".mjs"} {
					if f := c.s.File(path.Join(p.Dir(), name+ext)); f != nil {
						c.mark(f, "started by "+n.framework)
					}
				}
			}
		}
		c.packageFiles(p)
	}
}

// packageFiles marks what else a manifest names: seeds, and the sources behind
// what exports leads to.
func (c *entryCollector) packageFiles(p *Package) {
	for word := range strings.FieldsSeq(p.Root.Get("prisma", "seed").Str()) {
		if path.Ext(word) != "" {
			c.file(p.Dir(), word, "run by prisma db seed")
		}
	}
	if p.Role != Production {
		return
	}
	r := newJSResolver(c.s)
	why := "entry of package " + p.Package.Name.Value
	for _, m := range membersOf(p.Root.Get("exports")) {
		if !strings.Contains(m.Name, "*") {
			for _, t := range targetsOf(m.Value, "", nil, 0) {
				c.mark(scriptOnly(r.built(p.Dir(), t)), why)
			}
		}
	}
}

func membersOf(v *manifest.Value) []manifest.Member {
	if v == nil {
		return nil
	}
	return v.Members
}

func scriptOnly(f *File) *File {
	if f == nil || !loadable(f) {
		return nil
	}
	return f
}

// svelteRoute says whether SvelteKit looks at a file: +page.svelte, +server.ts.
func (c *entryCollector) svelteRoute(f *File) bool {
	if !strings.HasPrefix(f.Name(), "+") {
		return strings.Contains("/"+f.Path, "/src/params/") && c.dependsNear(f, "@sveltejs/kit")
	}
	return c.dependsNear(f, "@sveltejs/kit")
}

func (c *entryCollector) dependsNear(f *File, names ...string) bool {
	r := newJSResolver(c.s)
	p, ok := nearest(f.Dir(), func(dir string) (*Package, bool) { p := r.packages[dir]; return p, p != nil })
	return ok && p.DependsOn(names...)
}

// configured marks the sources that configurations of tools name: entries of
// bundlers, set-up files of test runners, processes of pm2.
func (c *entryCollector) configured(f *File) {
	src := c.s.Source(f.Path)
	if src == nil || src.Lang == Python {
		return
	}
	js := src.JS()
	c.values(src, js.ConfigObject(), "", 0)
	for i := range js.Assigns { // a list of configurations that is exported
		if a := &js.Assigns[i]; a.Value.Kind == jslex.ValueArray && a.Key == "" {
			c.value(src, a.Value, "", 0)
		}
	}
	for i := range js.Calls {
		if strings.HasPrefix(js.Calls[i].Callee, "define") {
			for _, a := range js.Calls[i].Args {
				if a.Kind == jslex.ValueArray {
					c.value(src, a, "", 0)
				}
			}
		}
		if name := js.Calls[i].Callee; strings.HasSuffix(name, "build") || strings.HasSuffix(name, "context") || strings.HasSuffix(name, "buildSync") {
			for _, a := range js.Calls[i].Args {
				if p, ok := a.Prop("entryPoints"); ok {
					c.value(src, p.Value, "entryPoints", 0)
				}
			}
		}
	}
}

// maxConfigDepth bounds how deep a configuration's values are looked at.
const maxConfigDepth = 8

func (c *entryCollector) values(src *Source, config *jslex.Object, key string, depth int) {
	if config != nil {
		c.value(src, config.Arg, key, depth)
	}
}

// startKeys are the keys below which a configuration names what it starts or
// builds, as opposed to what it reads itself.
var startKeys = set("entry", "entries", "entryPoints", "input", "script", "main", "lib", "exposes")

func (c *entryCollector) value(src *Source, v jslex.Arg, key string, depth int) {
	if depth > maxConfigDepth {
		return
	}
	switch v.Kind {
	case jslex.ValueObject:
		for _, p := range v.Props() {
			k := key
			if !startKeys[key] {
				k = p.Key
			}
			c.value(src, p.Value, k, depth+1)
		}
	case jslex.ValueArray:
		for _, item := range v.Items() {
			c.value(src, item, key, depth+1)
		}
	case jslex.ValueString:
		c.literal(src, v.Literal, key)
	case jslex.ValueCall:
		if text, ok := configPath(src.JS(), v, 0); ok {
			c.literal(src, text, key)
			return
		}
		if call, ok := v.Call(); ok {
			for _, a := range call.Args {
				c.value(src, a, key, depth+1)
			}
		}
	}
}

func (c *entryCollector) literal(src *Source, text, key string) {
	if text == "" || len(text) > 200 || strings.ContainsAny(text, "*{}$ ") || !strings.ContainsAny(text, "./") {
		return
	}
	text = strings.TrimPrefix(strings.TrimPrefix(text, "<rootDir>/"), "/")
	why := "read by its tool"
	if startKeys[key] {
		why = "built as " + src.Path + " says"
	}
	full := path.Join(src.Dir(), text)
	r := newJSResolver(c.s)
	f := r.s.File(full)
	if f == nil && (path.Ext(text) == "" || path.Ext(text) == ".js" || path.Ext(text) == ".mjs" || path.Ext(text) == ".cjs") && strings.Contains(text, "/") {
		f = r.file(full)
		if f == nil {
			f = r.built(src.Dir(), text)
		}
	}
	if f != nil && f != src.File {
		c.mark(scriptOnly(f), why)
	}
}

// jsonConfigs marks what configurations in JSON name: angular.json's main,
// nest-cli.json's projects, wrangler.json's main.
func (c *entryCollector) jsonConfigs(f *File) {
	root, err := manifest.ParseJSON(f.Bytes())
	if err != nil {
		return
	}
	why := "started as " + f.Path + " says"
	switch f.Name() {
	case "nest-cli.json":
		for _, m := range membersOf(root.Get("projects")) {
			entry := m.Value.Get("entryFile").Str()
			if entry == "" {
				entry = "main"
			}
			if m.Value.Get("type").Str() != "library" {
				c.file(f.Dir(), path.Join(m.Value.Get("sourceRoot").Str(), entry+".ts"), why)
			}
		}
		if base := root.Get("sourceRoot").Str(); base != "" && root.Get("entryFile").Str() != "" {
			c.file(f.Dir(), path.Join(base, root.Get("entryFile").Str()+".ts"), why)
		}
	case "wrangler.json", "wrangler.jsonc":
		c.file(f.Dir(), root.Get("main").Str(), why)
	case "angular.json":
		root.Walk(func(v *manifest.Value) bool {
			for _, key := range []string{"main", "browser", "server", "ssr", "polyfills"} {
				if name := v.Get(key).Str(); strings.HasSuffix(name, ".ts") {
					c.file(f.Dir(), name, why)
				}
			}
			return true
		})
	}
}
