package repo

import (
	"fmt"
	"strings"
	"testing"
)

// goRoutesOf lists the routes of a project as text: what registers them, what
// serves them and what stands around.
func goRoutesOf(t *testing.T, text string) string {
	t.Helper()
	s := goSnapshot(t, "-- go.mod --\nmodule example.com/app\n"+text)
	var out []string
	for _, r := range s.Routes() {
		at := "?"
		if r.HandlerFile != nil {
			line, _ := r.HandlerFile.Position(r.HandlerSpan.Start)
			at = fmt.Sprintf("%s:%d", r.HandlerFile.Path, line)
		}
		line := fmt.Sprintf("%s %s %s %s %s", r.Framework, r.Name(), r.Handler, at, strings.Join(r.Middlewares, ","))
		if len(r.Global) > 0 {
			line += " global " + strings.Join(r.Global, ",")
		}
		if !r.Mounted {
			line += " unmounted"
		}
		out = append(out, strings.TrimSpace(line))
	}
	return strings.Join(out, "\n")
}

func TestGoRoutes(t *testing.T) {
	for name, c := range map[string]struct{ files, want string }{
		"net/http": {`
-- main.go --
package main

import (
	"log"
	"net/http"
)

const prefix = "/api"

type server struct{ mux *http.ServeMux }

func main() {
	s := &server{mux: http.NewServeMux()}
	s.routes()
	http.HandleFunc("/default", hello)
	admin := http.NewServeMux()
	admin.Handle("/users", auth(http.HandlerFunc(s.users)))
	s.mux.Handle("/admin/", http.StripPrefix("/admin", admin))
	// http.HandleFunc("/comment", hello)
	srv := &http.Server{Addr: ":80", Handler: logging(s.mux)}
	log.Fatal(srv.ListenAndServe())
}

func (s *server) routes() {
	s.mux.HandleFunc("GET "+prefix+"/items/{id}", s.item)
	s.mux.HandleFunc("POST example.com/items/{$}", func(w http.ResponseWriter, r *http.Request) {})
	s.mux.Handle("/files/", http.FileServer(http.Dir(".")))
}

func (s *server) item(w http.ResponseWriter, r *http.Request) {}

func (s *server) users(w http.ResponseWriter, r *http.Request) {}

func hello(w http.ResponseWriter, r *http.Request) {}

func auth(next http.Handler) http.Handler { return next }

func logging(next http.Handler) http.Handler { return next }
`, `
net/http ANY /default hello main.go:34
net/http ANY /admin/users s.users main.go:32 logging,auth global logging
net/http GET /api/items/{id} s.item main.go:30 logging global logging
net/http POST /items  main.go:26 logging global logging
net/http ANY /files http.FileServer ? logging global logging`},
		"gin": {`
-- main.go --
package main

import (
	"example.com/app/users"
	"github.com/gin-gonic/gin"
)

func main() {
	r := gin.Default()
	v1 := r.Group("/api", cors())
	users.Anonymous(v1.Group("/users"))
	v1.Use(users.Auth(true))
	users.Register(v1.Group("/users"))
	v1.Handle("PUT", "/x", limit, put)
	r.Run()
}

func put(c *gin.Context) {}
-- users/users.go --
package users

import "github.com/gin-gonic/gin"

func Anonymous(r *gin.RouterGroup) {
	r.POST("/login", Login)
}

func Register(r *gin.RouterGroup) {
	r.GET("/:id", func(c *gin.Context) {})
}

func Orphan(r gin.IRouter) {
	r.DELETE("/all", Login)
}

func Login(c *gin.Context) {}
`, `
gin PUT /api/x put main.go:18 gin.Logger,gin.Recovery,cors,users.Auth,limit global gin.Logger,gin.Recovery
gin POST /api/users/login Login users/users.go:17 gin.Logger,gin.Recovery,cors global gin.Logger,gin.Recovery
gin GET /api/users/:id  users/users.go:10 gin.Logger,gin.Recovery,cors,users.Auth global gin.Logger,gin.Recovery
gin DELETE /all Login users/users.go:17  unmounted`},
		"chi": {`
-- main.go --
package main

import (
	"net/http"

	"github.com/go-chi/chi/v5"
	"github.com/go-chi/chi/v5/middleware"
)

func main() {
	r := chi.NewRouter()
	r.Use(middleware.Logger)
	r.Get("/", index)
	r.Route("/articles", func(r chi.Router) {
		r.With(paginate).Get("/", list)
		r.Route("/{id}", func(r chi.Router) {
			r.Use(load)
			r.Put("/", update)
		})
	})
	r.Group(func(r chi.Router) {
		r.Use(admin)
		r.Method(http.MethodPost, "/flush", http.HandlerFunc(index))
	})
	r.Mount("/todos", todos{}.Routes())
	http.ListenAndServe(":80", r)
}

type todos struct{}

func (t todos) Routes() chi.Router {
	r := chi.NewRouter()
	r.Delete("/{id}", t.remove)
	return r
}

func (todos) remove(w http.ResponseWriter, r *http.Request) {}
func index(w http.ResponseWriter, r *http.Request)  {}
func list(w http.ResponseWriter, r *http.Request)   {}
func update(w http.ResponseWriter, r *http.Request) {}
`, `
chi GET / index main.go:38 middleware.Logger global middleware.Logger
chi GET /articles list main.go:39 middleware.Logger,paginate global middleware.Logger
chi PUT /articles/{id} update main.go:40 middleware.Logger,load global middleware.Logger
chi POST /flush index main.go:38 middleware.Logger,admin global middleware.Logger
chi DELETE /todos/{id} t.remove main.go:37 middleware.Logger global middleware.Logger`},
		"gorilla": {`
-- server.go --
package app

import (
	"net/http"

	"github.com/gorilla/mux"
)

var getUsers = withAdmin(func(w http.ResponseWriter, r *http.Request) {})

func New() http.Handler {
	r := mux.NewRouter().StrictSlash(true)
	api := r.PathPrefix("/api").Subrouter()
	api.Use(auth)
	wrap := func(h http.Handler, x string) http.Handler { return h }
	api.Handle("/login", wrap(login(1), "")).Methods("POST", http.MethodPut)
	api.Handle("/users", wrap(getUsers, "")).Methods("GET")
	r.Path("/health").Methods("GET").HandlerFunc(health)
	return r
}

func login(n int) http.Handler { return nil }

func health(w http.ResponseWriter, r *http.Request) {}
`, `
gorilla POST /api/login login server.go:22 auth,wrap
gorilla PUT /api/login login server.go:22 auth,wrap
gorilla GET /api/users getUsers server.go:9 auth,wrap,withAdmin
gorilla GET /health health server.go:24`},
		"echo and fiber": {`
-- echo.go --
package app

import "github.com/labstack/echo/v4"

type api struct{ echo *echo.Echo }

func (a *api) start() {
	a.echo = echo.New()
	a.echo.Pre(slash)
	g := a.echo.Group("/v1", auth)
	g.POST("/x", a.x, limit)
	g.Add("DELETE", "/y", a.x)
}

func (a *api) x(c echo.Context) error { return nil }
-- fiber.go --
package app

import "github.com/gofiber/fiber/v2"

func serve() {
	app := fiber.New()
	app.Use("/p", logger.New())
	g := app.Group("/v2")
	g.Get("/a", guard, func(c *fiber.Ctx) error { return nil })
	app.Mount("/sub", sub())
}

func sub() *fiber.App {
	s := fiber.New()
	s.Post("/b", handle)
	return s
}
`, `
echo POST /v1/x a.x echo.go:15 slash,auth,limit global slash
echo DELETE /v1/y a.x echo.go:15 slash,auth global slash
fiber GET /v2/a  fiber.go:9 logger.New,guard global logger.New
fiber POST /sub/b handle ? logger.New global logger.New`},
		"lookalikes": {`
-- a.go --
package app

import (
	"net/http"

	"github.com/gin-gonic/gin"
)

type client struct{}

func (client) Get(path string, h func()) {}

func f(c client, m map[string]string) {
	c.Get("/no", f)
	http.Get("/no")
	r := gin.New()
	r.Get("/no", f)
	for _, x := range tables {
		r.GET(x.path, x.handler)
	}
}
-- a_test.go --
package app

import "net/http"

func init() { http.HandleFunc("/test", nil) }
`, ``},
	} {
		t.Run(name, func(t *testing.T) {
			if got := goRoutesOf(t, strings.TrimPrefix(c.files, "\n")); got != strings.TrimSpace(c.want) {
				t.Errorf("got\n%s\nwant%s", got, c.want)
			}
		})
	}
}

func TestGRPCServices(t *testing.T) {
	s := goSnapshot(t, `
-- go.mod --
module example.com/app
-- main.go --
package main

import (
	"google.golang.org/grpc"
	pb "example.com/gen/greeter"
)

func main() {
	s := grpc.NewServer()
	pb.RegisterGreeterServer(s, &server{})
	RegisterOwnServer(s, x)
}
`)
	got := s.GRPCServices()
	if len(got) != 1 || got[0].Name != "Greeter" || got[0].Impl != "&server{}" {
		t.Errorf("got %v", got)
	}
}

// TestGoRoutesEnd reads routers that lead back to themselves.
func TestGoRoutesEnd(t *testing.T) {
	got := goRoutesOf(t, `-- a.go --
package app

import "github.com/gin-gonic/gin"

func a(r *gin.RouterGroup) { b(r.Group("/a")) }

func b(r *gin.RouterGroup) { a(r.Group("/b")); r.GET("/x", h) }

func h(c *gin.Context) { x := y(x); z := x.w(z); x = z }
`)
	if !strings.HasPrefix(got, "gin GET /") || !strings.HasSuffix(got, "unmounted") {
		t.Errorf("got %s", got)
	}
}
