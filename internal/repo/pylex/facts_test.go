package pylex

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
)

// same compares what was read with what is written in the test, line by line.
func same(t *testing.T, got []string, want string) {
	t.Helper()
	var lines []string
	for line := range strings.Lines(want) {
		if line = strings.TrimSpace(line); line != "" {
			lines = append(lines, line)
		}
	}
	if !reflect.DeepEqual(got, lines) {
		t.Errorf("got\n  %s\nwant\n  %s", strings.Join(got, "\n  "), strings.Join(lines, "\n  "))
	}
}

func TestImports(t *testing.T) {
	f := Parse([]byte(`"""import docs"""
import os, a.b.c as abc, z.y
from . import x
from ..pkg.mod import (one as uno,  # comment
    two,
)
from .all import *
from m import a; import n  # import comment
if TYPE_CHECKING:
    from types_only import T
if typing.TYPE_CHECKING: import inline_only
try:
    import fast as json
except ImportError:
    import json
def f():
    from lazy import g
    return importlib.import_module("plugins.p")
if x: import one_line
module = __import__('dunder')
importlib.import_module(variable)
yield from import_me
`))
	var got []string
	for _, i := range f.Imports {
		s := fmt.Sprintf("%d %s", i.Level, i.Module)
		if i.Alias != "" {
			s += " as " + i.Alias
		}
		for _, n := range i.Names {
			s += " " + n.Name + ":" + n.Alias
		}
		for _, mark := range []struct {
			on   bool
			text string
		}{{i.TypeChecking, " type"}, {i.Try, " try"}, {i.Dynamic, " dynamic"}, {i.Func >= 0, " inside"}} {
			if mark.on {
				s += mark.text
			}
		}
		if text := strings.Trim(f.Text(i.ModuleSpan), `."'`); text != i.Module {
			t.Errorf("ModuleSpan of %s is %s", i.Module, text)
		}
		got = append(got, s)
	}
	same(t, got, `
		0 os
		0 a.b.c as abc
		0 z.y
		1  x:
		2 pkg.mod one:uno two:
		1 all *:
		0 m a:
		0 n
		0 types_only T: type
		0 inline_only type
		0 fast as json try
		0 json
		0 lazy g: inside
		0 plugins.p dynamic inside
		0 one_line
		0 dunder dynamic`)
	for name, full := range map[string]string{"uno": "..pkg.mod.one", "abc.D": "a.b.c.D", "z.y.q": "z.y.q", "os.getenv": "os.getenv", "x": ".x", "unknown.y": "unknown.y"} {
		if got := f.Qualify(name); got != full {
			t.Errorf("Qualify(%s) = %s, want %s", name, got, full)
		}
	}
}

func TestDefs(t *testing.T) {
	f := Parse([]byte(`@app.post("/login", status_code=201)
@limiter.limit("5/minute")
@wraps
async def login(req: Request, n: int = 5, *args, db: Annotated[S, Depends(get_db)] = Depends(get_db), key=lambda a, b: a, /, **kw) -> Token[str]:
    """def docs(): pass"""
    def inner(): return 1
    class Local(Base, Generic[T], metaclass=Meta):
        x: int

        # the end
    return inner
class Empty: pass
def broken(
class After:
    def method(self): ...
`))
	var got []string
	for _, d := range f.Defs {
		s := fmt.Sprintf("%s %s parent=%d %s", d.Kind, d.Name, d.Parent, d.Returns)
		for _, c := range d.Decorators {
			s += fmt.Sprintf(" @%s/%d", c.Callee, len(c.Args))
		}
		for _, p := range d.Params {
			s += fmt.Sprintf(" [%s%s:%s=%d]", p.Star, p.Name, p.Annotation, p.Default.Kind)
		}
		s += " " + strings.Join(d.Bases, ",")
		for _, k := range d.Keywords {
			s += " " + k.Name
		}
		got = append(got, strings.TrimSpace(s))
	}
	same(t, got, fmt.Sprintf(`
		async def login parent=-1 Token[str] @app.post/2 @limiter.limit/1 @wraps/0 [req:Request=%d] [n:int=%d] [*args:=%d] [db:Annotated[S, Depends(get_db)]=%d] [key:=%d] [**kw:=%d]
		def inner parent=0
		class Local parent=0  Base,Generic[] metaclass
		class Empty parent=-1
		def broken parent=-1
		class After parent=-1
		def method parent=5  [self:=%d]`, ValueNone, ValueNumber, ValueNone, ValueCall, ValueLambda, ValueNone, ValueNone))
	if body := f.Text(f.Defs[1].BodySpan); body != "return 1" {
		t.Errorf("body of inner is %q", body)
	}
	if body := f.Text(f.Defs[2].BodySpan); body != "x: int" {
		t.Errorf("body of Local is %q", body)
	}
	if text := f.Text(f.Defs[0].Span); !strings.HasPrefix(text, "async def") || !strings.HasSuffix(text, "return inner") {
		t.Errorf("login is %q", text)
	}
}

func TestCalls(t *testing.T) {
	f := Parse([]byte(`
app.add_middleware(CORSMiddleware, allow_origins=["*"], allow_credentials=True)
def handler(a=default()):
    rows = await db.execute(select(User).where(User.id == id)).scalars().all()
    print(f"{fmt(rows)!r:>{width()}}", "call(text)", key=lambda p, q: p, *args, **kw)
    return {k: v for k, v in pairs(a)}.get("x") or "a" "b".format(1)
class C(make_base()): field = Field(..., gt=0)
match (subject()):
    case Point(x=0) if guard(): run()
    case (1 | 2): pass
if (a) and not (b): d["k"].m(x for x, y in z)  # call(comment)
`))
	var got []string
	for _, c := range f.Calls {
		s := fmt.Sprintf("%s func=%d", c.Callee, c.Func)
		for _, a := range c.Args {
			s += fmt.Sprintf(" %s%s=%d", a.Star, a.Name, a.Kind)
		}
		if c.Await {
			s += " await"
		}
		got = append(got, s)
	}
	same(t, got, fmt.Sprintf(`
		app.add_middleware func=-1 =%d allow_origins=%d allow_credentials=%d
		default func=-1
		db.execute func=0 =%d
		select func=0 =%d
		select().where func=0 =%d
		db.execute().scalars func=0
		db.execute().scalars().all func=0 await
		print func=0 =%d =%d key=%d *=%d **=%d
		fmt func=0 =%d
		width func=0
		pairs func=0 =%d
		{}.get func=0 =%d
		"".format func=0 =%d
		make_base func=-1
		Field func=1 =%d gt=%d
		subject func=-1
		guard func=-1
		run func=-1
		d["k"].m func=-1 =%d`,
		ValueIdent, ValueList, ValueBool, ValueCall, ValueIdent, ValueOther, ValueFString, ValueString, ValueLambda, ValueIdent,
		ValueIdent, ValueIdent, ValueIdent, ValueString, ValueNumber, ValueOther, ValueNumber, ValueComp))
	origins, ok := f.Calls[0].Arg("allow_origins")
	if values, all := origins.Strings(); !ok || !all || len(values) != 1 || values[0] != "*" {
		t.Errorf("allow_origins = %v %v", values, ok)
	}
}

func TestValues(t *testing.T) {
	f := Parse([]byte(`x = {'a': 1, **rest, "b": {'c': ["d", *e]}}
t = 1, "two"
s = ("one "
     r'\n' "\x41\u00e9\012")
n = None; b = (False); neg = -1; c = (yield); e = (); one = ("x",)
`))
	x := f.Assigns[0].Value
	if b, ok := x.Key("b"); !ok {
		t.Error("key b is not found")
	} else if c, ok := b.Key("c"); !ok || len(c.Items()) != 2 || c.Items()[0].Literal != "d" || c.Items()[1].Star != "*" {
		t.Errorf("b.c = %+v", c)
	}
	if pairs := x.Pairs(); len(pairs) != 3 || pairs[1].Value.Star != "**" {
		t.Errorf("pairs = %+v", pairs)
	}
	if got := f.Assigns[2].Value; got.Literal != "one \\nA\u00e9\n" {
		t.Errorf("adjacent strings are %q", got.Literal)
	}
	for n, want := range map[int]ValueKind{1: ValueTuple, 2: ValueString, 3: ValueNull, 4: ValueBool, 5: ValueNumber, 6: ValueOther, 7: ValueTuple, 8: ValueTuple} {
		if got := f.Assigns[n]; got.Value.Kind != want {
			t.Errorf("%s is %d, want %d", got.Target, got.Value.Kind, want)
		}
	}
	if items := f.Assigns[8].Value.Items(); len(items) != 1 || items[0].Literal != "x" {
		t.Errorf("one-element tuple has %v", items)
	}
}

func TestAssigns(t *testing.T) {
	f := Parse([]byte(`
DEBUG = True
A = B = "x"
a, (b, c), *d = value
app.config["SECRET_KEY"] = "k"; LIST += ["more"]
typed: dict[str, int] = {}
class M(BaseModel):
    name: str
    self.x: int = 1
    def m(self): self.y = 2
x == y
f(z=1)
return_ = lambda q: q
for i in j: k = 3
type Alias = int
# commented = 1
"text = 1"
`))
	var got []string
	for _, a := range f.Assigns {
		got = append(got, fmt.Sprintf("%s %s %s %d %d", a.Target, a.Op, a.Annotation, a.Value.Kind, a.Func))
	}
	same(t, got, fmt.Sprintf(`
		DEBUG =  %d -1
		A =  %d -1
		B =  %d -1
		a =  %d -1
		d =  %d -1
		app.config["SECRET_KEY"] =  %d -1
		LIST +=  %d -1
		typed = dict[str, int] %d -1
		name  str %d 0
		self.x = int %d 0
		self.y =  %d 1
		return_ =  %d -1
		k =  %d -1`, ValueBool, ValueString, ValueString, ValueIdent, ValueIdent, ValueString, ValueList, ValueDict, ValueNone,
		ValueNumber, ValueNumber, ValueLambda, ValueNumber))
}

func TestEnvReads(t *testing.T) {
	f := Parse([]byte(`
import os, os as system, environ
from os import getenv as ge, environ as env_map
from decouple import config
a = os.getenv("A", "one")
b = os.environ["B"]
c = system.environ.get('C') or "three"
d = ge("D"); e = env_map["E"]; f = env_map.get("F", default=x)
os.environ["SET"] = "1"
del os.environ["GONE"]
g = config("G", default=True, cast=bool); h = config("H", cast=int)
env = environ.Env(DEBUG=(bool, False))
i = env("I"); j = env.str("J", "ten"); env.read_env("file")
k = other.getenv("NO"); "os.getenv('TEXT')"  # os.getenv("COMMENT")
def fn(): return os.environ.get(name)
`))
	var got []string
	for _, e := range f.EnvReads {
		s := fmt.Sprintf("%s %v %s", e.Name, e.Required, e.Via)
		if e.Default != nil {
			s += " " + e.Default.Text()
		}
		got = append(got, s)
	}
	same(t, got, `
		A false os.getenv "one"
		B true os.environ
		C false os.environ.get "three"
		D false os.getenv
		E true os.environ
		F false os.environ.get x
		G false decouple.config True
		H true decouple.config
		I true environ.Env
		J false environ.Env "ten"`)
}
