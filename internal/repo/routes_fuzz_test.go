package repo

import (
	"testing"

	"golang.org/x/tools/txtar"

	"drydock/internal/finding"
)

// FuzzSourceViews reads one text as files of several frameworks: nothing panics,
// and every span lies in its file.
func FuzzSourceViews(f *testing.F) {
	for _, seed := range []string{
		`const app = express(); app.use("/x", guard, Router()); app.get("/:id", a, (req, res) => {}); export default app`,
		`@Controller({ path: "a", version: ["1"] }) export class A { @Get([":id"]) @Public one(@Query() q) {} }`,
		`export const r = router({ a: t.procedure.use(x).input(z).query(() => 1), b: router({}) }); "use server"; process.env.X ?? "d"`,
		"fastify.register(autoload, { dir: path.join(__dirname, 'p') }); import(`./a/${b}.ts`); import.meta.glob('./**/*.ts')",
		"app = FastAPI(middleware=[Middleware(A, b=1)])\n@app.get(f\"/{X}\" + y)\ndef f(a: T = Depends(b)): ...\ndef setup(app): app.include_router(r, prefix='/x')\n",
		"urlpatterns = [path('a/', include('b.urls')), *x, re_path(r'^b$', V.as_view({'get': 'list'}))] + router.urls\nclass V(ModelViewSet):\n    @action(detail=True)\n    def x(self): ...\n",
		"MIDDLEWARE = ['a'] + MIDDLEWARE\nINSTALLED_APPS += [*A, 'b']\nenv = environ.Env(A=(bool, 1))\nenv.str('X')\nlogger.info(f'{x}')\n",
		"<script setup>import a from './a.ts'</script>", "---\nimport x from './a'\n---\n", "import {", "def f(", "for r in (a, b):\n    app.include_router(r)\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		archive := &txtar.Archive{}
		for name, content := range map[string]string{
			"package.json":   `{"dependencies": {"express": "4", "next": "15", "@trpc/server": "11", "@nestjs/core": "10", "nuxt": "3", "@remix-run/node": "2"}}`,
			"vite.config.ts": text, "a.ts": text, "b.js": text, "app/api/route.ts": text, "middleware.ts": text, "server/api/x.get.ts": text, "app/routes/y.tsx": text,
			"c.vue": text, "d.astro": text, "m.py": text, "b/urls.py": text, "settings/base.py": text, "logger.ts": text, "manage.py": "execute_from_command_line",
		} {
			archive.Files = append(archive.Files, txtar.File{Name: name, Data: []byte(content)})
		}
		s := open(t, NewTxtar(archive))
		in := func(f *File, spans ...finding.Span) {
			for _, span := range spans {
				if f != nil && (span.Start < 0 || span.End < span.Start || span.End > len(f.Bytes())) {
					t.Fatalf("%s: span %v outside %d bytes", f.Path, span, len(f.Bytes()))
				}
			}
		}
		for _, r := range s.Routes() {
			in(r.File, r.Span)
			in(r.HandlerFile, r.HandlerSpan)
		}
		for _, a := range s.Applications() {
			in(a.File, a.Span)
			for _, m := range a.Middlewares {
				in(m.File, m.Span, m.Args)
			}
		}
		for _, o := range s.Operations() {
			in(o.File, o.Span)
			in(o.Handler, o.HandlerSpan)
		}
		for _, r := range s.EnvReads() {
			in(r.File, r.Span, r.DefaultSpan)
		}
		for _, l := range s.LogCalls() {
			in(l.File, l.Span)
		}
		for _, l := range s.LogSetups() {
			in(l.File, l.Span)
		}
		for _, d := range s.DjangoSettings() {
			for _, list := range [][]DjangoName{d.Middleware, d.Apps, d.Named} {
				for _, n := range list {
					in(d.File, n.Span)
				}
			}
		}
		for _, file := range s.Files() {
			for _, i := range s.Graph().Imports(file) {
				in(file, i.Span)
			}
		}
		s.Pages()
	})
}
