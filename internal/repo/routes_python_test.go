package repo

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRoutersThatFunctionsAreHandedOrMake(t *testing.T) {
	s := open(t, archived(`
-- api/main.py --
from fastapi import FastAPI
from api.setup import setup, Installer
from api.items import make_router
from api import users, orders
PREFIX = "/v2"
def create_app():
    app = FastAPI()
    setup(app)
    app.include_router(make_router(), prefix=f"{PREFIX}/items")
    for module in (users, orders):
        app.include_router(module.router, prefix="/" + module.name)
    return app
app = create_app()
@app.get("/late")
def late(): ...
-- api/setup.py --
def setup(app: FastAPI):
    app.add_middleware(Timing)
    more(app)
def more(application):
    @application.post("/inner")
    def inner(): ...
def unrelated(app: Celery):
    @app.get("/no")
    def no(): ...
-- api/items.py --
from fastapi import APIRouter
def make_router():
    router = APIRouter()
    @router.get("/{id}")
    def one(id): ...
    return router
-- api/users.py --
from fastapi import APIRouter
router = APIRouter()
@router.get("/me")
def me(): ...
-- api/orders.py --
from fastapi import APIRouter
router = APIRouter()
@router.get("/mine")
def mine(): ...
`))
	want := []string{
		"api/items.py:4 GET /v2/items/{id} fastapi → one [Timing] in api/items.py",
		"api/main.py:14 GET /late fastapi → late [Timing] in api/main.py",
		"api/orders.py:3 GET /{module.name}/mine fastapi → mine [Timing] in api/orders.py",
		"api/setup.py:5 POST /inner fastapi → inner [Timing] in api/setup.py",
		"api/users.py:3 GET /{module.name}/me fastapi → me [Timing] in api/users.py",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestClassesOfFlask(t *testing.T) {
	s := open(t, archived(`
-- app.py --
from flask import Flask, Blueprint
from flask_restful import Api
from views import Item, Old
app = Flask(__name__)
bp = Blueprint("api", __name__)
app.register_blueprint(bp, url_prefix="/api")
api = Api(bp)
bp.add_url_rule("/items/<id>", view_func=Item.as_view("item"))
api.add_resource(Old, "/old", "/older")
def plain(): ...
app.add_url_rule("/plain", "plain", plain, methods=["POST"])
-- views.py --
from flask.views import MethodView
class Item(MethodView):
    decorators = [login_required]
    def get(self, id): ...
    @csrf.exempt
    def delete(self, id): ...
    def helper(self): ...
class Old(Resource):
    def put(self): ...
`))
	want := []string{
		"app.py:8 GET /api/items/<id> flask → get [login_required] in views.py",
		"app.py:8 DELETE /api/items/<id> flask → delete [csrf.exempt login_required] in views.py",
		"app.py:9 PUT /api/old flask → put [] in views.py",
		"app.py:9 PUT /api/older flask → put [] in views.py",
		"app.py:11 POST /plain flask → plain [] in app.py",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutesOfNinja(t *testing.T) {
	s := open(t, archived(`
-- site/urls.py --
from django.urls import path
from site.api import api
urlpatterns = [path("api/", api.urls)]
-- site/api.py --
from ninja import NinjaAPI
from events.api import router
api = NinjaAPI()
api.add_router("/events", router, auth=django_auth)
-- events/api.py --
from ninja import Router
router = Router()
@router.post("/new")
def new(request): ...
`))
	want := []string{"events/api.py:3 POST /api/events/new ninja → new [django_auth] in events/api.py"}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutersOfOneNameInSeveralFunctions(t *testing.T) {
	s := open(t, archived(`
-- main.py --
from fastapi import APIRouter, FastAPI

def login(name: str) -> APIRouter:
    router = APIRouter(prefix="/login")

    @router.get("/go")
    def go():
        return 1
    return router

def link(name: str) -> APIRouter:
    router = APIRouter(prefix="/link")

    @router.get("/go")
    def go():
        return 2
    return router

router = APIRouter(prefix="/auth")

@router.get("/me")
def me():
    return 3

router.include_router(login("a"))
router.include_router(link("b"))
app = FastAPI()
app.include_router(router)
`))
	var got []string
	for _, r := range s.Routes() {
		got = append(got, fmt.Sprintf("%d %s %s mounted=%v", r.At().Line, r.Method, r.Path, r.Mounted))
	}
	want := []string{"6 GET /auth/login/go mounted=true", "14 GET /auth/link/go mounted=true", "21 GET /auth/me mounted=true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("routes (-want +got):\n%s", diff)
	}
}
