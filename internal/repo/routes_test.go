package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

func archived(text string) *Mem { return NewTxtar(txtar.Parse([]byte(text))) }

func listed(s *Snapshot) []string {
	var out []string
	for _, r := range s.Routes() {
		around := append(append(append([]string{}, r.Middlewares...), r.Decorators...), r.Dependencies...)
		line := fmt.Sprintf("%s:%d %s %s → %s [%s]", r.File.Path, r.At().Line, r.Name(), r.Framework, r.Handler, strings.Join(around, " "))
		if r.HandlerFile != nil {
			line += " in " + r.HandlerFile.Path
		}
		if !r.Mounted {
			line += " unmounted"
		}
		out = append(out, line)
	}
	return out
}

func TestRoutesOfFastAPI(t *testing.T) {
	s := open(t, archived(`
-- app/main.py --
from fastapi import Depends, FastAPI
from app import api
from app.api import auth as auth_routes
from app.config import settings
from app.extra import add_routers
app = FastAPI()
app.add_middleware(SlowAPIMiddleware)
app.include_router(auth_routes.router, prefix="/auth", dependencies=[Depends(limit)])
app.include_router(api.items, prefix=settings.API_PREFIX)
# app.include_router(dead.router)
-- app/config.py --
class Settings:
    API_PREFIX: str = "/api/v1"
-- app/api/__init__.py --
from .things import router as items
-- app/api/auth.py --
from fastapi import APIRouter, Depends
router = APIRouter()
@router.post("/login")
@limiter.limit("5/minute")
async def login(form: Form = Depends(read_form)): ...
-- app/api/things.py --
from app.api.deps import CurrentUser
router = ItemAPIRouter(prefix="/items")
@router.api_route("", methods=["GET", "PUT"])
def items(user: CurrentUser): ...
def added(): ...
router.add_api_route("/{id}", added, methods=["DELETE"])
-- app/api/deps.py --
CurrentUser = Annotated[User, Depends(current_user)]
-- app/api/dead.py --
from fastapi import APIRouter
router = APIRouter()
text = "@router.get('/no')"
@router.get("/dead")
def dead(): ...
-- tests/test_app.py --
from fastapi import FastAPI
app = FastAPI()
@app.get("/test")
def test(): ...
`))
	want := []string{
		"app/api/auth.py:3 POST /auth/login fastapi → login [SlowAPIMiddleware limiter.limit limit read_form] in app/api/auth.py",
		"app/api/dead.py:4 GET /dead fastapi → dead [] in app/api/dead.py unmounted",
		"app/api/things.py:3 GET /api/v1/items fastapi → items [SlowAPIMiddleware current_user] in app/api/things.py",
		"app/api/things.py:3 PUT /api/v1/items fastapi → items [SlowAPIMiddleware current_user] in app/api/things.py",
		"app/api/things.py:6 DELETE /api/v1/items/{id} fastapi → added [SlowAPIMiddleware] in app/api/things.py",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutesOfFlask(t *testing.T) {
	s := open(t, archived(`
-- app.py --
from flask import Flask
from views import bp
app = Flask(__name__)
app.register_blueprint(bp, url_prefix="/admin")
@app.route("/login", methods=["GET", "POST"])
def login(): ...
-- views.py --
from flask import Blueprint
bp = Blueprint("bp", __name__, url_prefix="/old")
@bp.post("/x")
@login_required
def x(): ...
`))
	want := []string{
		"app.py:5 GET /login flask → login [] in app.py",
		"app.py:5 POST /login flask → login [] in app.py",
		"views.py:3 POST /admin/x flask → x [login_required] in views.py",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutesOfExpress(t *testing.T) {
	s := open(t, archived(`
-- src/app.js --
const express = require("express");
const routes = require("./routes");
const { authLimiter } = require("./limiter");
const app = express();
app.get("trust proxy");
app.use(helmet());
app.use("/v1/auth", authLimiter);
app.use("/v1", routes);
app.use(late());
module.exports = app;
-- src/limiter.js --
exports.authLimiter = rateLimit({ max: 5 });
-- src/routes.js --
const router = require("express").Router();
const authRoute = require("./auth");
const list = [{ path: "/auth", route: authRoute }];
list.forEach((r) => { router.use(r.path, r.route); });
module.exports = router;
-- src/auth.js --
const { Router } = require("express");
const controller = require("./controller");
const router = Router();
router.route("/login").get(page).post(validate(schema), controller.login);
router.post("/logout", (req, res) => res.end());
// router.post("/comment", h);
const s = 'router.post("/string", h)';
module.exports = router;
-- src/controller.js --
const login = async (req, res) => {};
module.exports = { login };
-- src/plugin.ts --
import type { FastifyInstance } from "fastify";
export default async function plugin(fastify: FastifyInstance) {
  fastify.post("/x", { preHandler: [auth], config: { rateLimit: { max: 3 } } }, async () => 1);
}
-- src/chain.ts --
import { Router } from "express";
import inner from "./chained";
const api = Router().use(inner).use(other);
export default Router().use("/api", api);
-- src/chained.ts --
import { Router } from "express";
const router = Router();
router.post("/deep", limit, handler);
export default router;
-- src/main.ts --
import express from "express";
import chain from "./chain";
const app = express();
app.use(json()).use(chain);
-- src/hono.ts --
import { Hono } from "hono";
export const route = new Hono<Context>()
  .post("/one", check(), async (c) => c.json(1))
  .get("/two", async (c) => c.json(2));
-- src/client.js --
axios.post("/login", body);
`))
	want := []string{
		"src/auth.js:4 GET /v1/auth/login express → page [helmet authLimiter]",
		"src/auth.js:4 POST /v1/auth/login express → controller.login [helmet authLimiter validate] in src/controller.js",
		"src/auth.js:5 POST /v1/auth/logout express →  [helmet authLimiter] in src/auth.js",
		"src/chained.ts:3 POST /api/deep express → handler [json limit]",
		"src/hono.ts:3 POST /one hono →  [check] in src/hono.ts",
		"src/hono.ts:4 GET /two hono →  [] in src/hono.ts",
		"src/plugin.ts:3 POST /x fastify →  [auth rateLimit] in src/plugin.ts",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutesOfNestAndNext(t *testing.T) {
	s := open(t, archived(`
-- api/main.ts --
import { NestFactory } from "@nestjs/core";
const app = await NestFactory.create(AppModule);
app.setGlobalPrefix("api");
-- api/auth.controller.ts --
import { Controller, Post, UseGuards, Body } from "@nestjs/common";
@UseGuards(JwtGuard)
@Controller("auth")
export class AuthController {
  constructor(@Inject(X) private x: X) {}
  @Throttle({ limit: 5 })
  @Post("login")
  async login(@Body() body: Dto) { return 1; }
  @Get()
  list() { return []; }
}
-- api/app.module.ts --
import { Module } from "@nestjs/common";
@Module({ providers: [{ provide: APP_GUARD, useClass: ThrottlerGuard }, Service] })
export class AppModule {}
-- web/package.json --
{ "name": "web", "dependencies": { "next": "14.0.0" } }
-- web/app/api/users/[id]/route.ts --
export async function GET() {}
export const POST = withAuth(async () => {});
const helper = 1;
-- web/app/(site)/page.tsx --
export default function Page() {}
-- web/pages/api/hello.ts --
export default function handler(req, res) {}
`))
	want := []string{
		"api/auth.controller.ts:7 POST /api/auth/login nestjs → login [ThrottlerGuard UseGuards JwtGuard Throttle] in api/auth.controller.ts",
		"api/auth.controller.ts:9 GET /api/auth nestjs → list [ThrottlerGuard UseGuards JwtGuard] in api/auth.controller.ts",
		"web/app/api/users/[id]/route.ts:1 GET /api/users/[id] next → GET [] in web/app/api/users/[id]/route.ts",
		"web/app/api/users/[id]/route.ts:2 POST /api/users/[id] next → POST [withAuth] in web/app/api/users/[id]/route.ts",
		"web/pages/api/hello.ts:1 ANY /api/hello next → handler [] in web/pages/api/hello.ts",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestEnvReads(t *testing.T) {
	s := open(t, archived(`
-- a.py --
import os
# os.getenv("COMMENT")
KEY = os.getenv("KEY", "literal")
NEED = os.environ["NEED"]
OTHER = os.environ.get("OTHER", make())
class Base(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="ACME_")
    plain: str
    secret: SecretStr = SecretStr("abc")
    aliased: str = Field("d", alias="REAL_NAME")
    wanted: str = Field(..., description="x")
    KIND: ClassVar[str] = "x"
class Child(Base):
    more: int = 1
class Other:
    field: str = "no"
-- b.ts --
const a = process.env.A || "x";
const b = import.meta.env.VITE_B;
const { C = "y" } = process.env;
-- tests/c.py --
import os
os.getenv("IN_TEST")
`))
	var got []string
	for _, r := range s.EnvReads() {
		got = append(got, fmt.Sprintf("%s:%d %s→%s %q required=%t public=%t", r.File.Path, r.At().Line, r.Name, r.Target, r.Default, r.Required, r.Public))
	}
	want := []string{
		`a.py:3 KEY→KEY "literal" required=false public=false`,
		`a.py:4 NEED→NEED "" required=true public=false`,
		`a.py:5 OTHER→OTHER "" required=false public=false`,
		`a.py:8 ACME_PLAIN→plain "" required=true public=false`,
		`a.py:9 ACME_SECRET→secret "abc" required=false public=false`,
		`a.py:10 REAL_NAME→aliased "d" required=false public=false`,
		`a.py:11 ACME_WANTED→wanted "" required=true public=false`,
		`a.py:14 MORE→more "" required=false public=false`,
		`b.ts:1 A→a "x" required=false public=false`,
		`b.ts:2 VITE_B→b "" required=false public=true`,
		`b.ts:3 C→C "y" required=false public=false`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRuns(t *testing.T) {
	s := open(t, archived(`
-- started/Procfile --
web: uvicorn main:app
-- started/requirements.txt --
fastapi
-- started/main.py --
import helper
-- started/helper.py --
-- started/old_main.py --
x = 1
-- unsaid/requirements.txt --
fastapi
-- unsaid/server.py --
from fastapi import FastAPI
import used
app = FastAPI()
-- unsaid/used.py --
y = 1
-- unsaid/unused.py --
z = 1
-- nest/package.json --
{ "name": "api", "scripts": { "start": "nest start", "seed": "ts-node src/seed.ts" } }
-- nest/src/main.ts --
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";
NestFactory.create(AppModule).then((app) => app.listen(3000));
-- nest/src/app.module.ts --
export class AppModule {}
-- nest/src/seed.ts --
import { NestFactory } from "@nestjs/core";
NestFactory.create(Seed);
-- library/pyproject.toml --
[project]
name = "lib"
-- library/core.py --
v = 1
-- library/tests/test_core.py --
import core
`))
	for name, want := range map[string]bool{
		"started/main.py": true, "started/helper.py": true, "started/old_main.py": false,
		"unsaid/server.py": true, "unsaid/used.py": true, "unsaid/unused.py": false,
		"nest/src/app.module.ts": true,
		"library/core.py":        true, "library/tests/test_core.py": false,
	} {
		if got := s.Runs(s.File(name)); got != want {
			t.Errorf("%s runs: %t, want %t", name, got, want)
		}
	}
}
