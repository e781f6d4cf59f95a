package repo

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func applications(s *Snapshot) []string {
	var out []string
	for _, a := range s.Applications() {
		line := fmt.Sprintf("%s:%d %s %s", a.File.Path, a.File.At(a.Span).Line, a.Framework, a.Name)
		if a.Env != "" {
			line += " for " + a.Env
		}
		if a.Handed {
			line += " handed"
		}
		out = append(out, line)
		for _, m := range a.Middlewares {
			line := fmt.Sprintf("  %s:%d %s %s", m.File.Path, m.At().Line, m.Kind, m.Name)
			if m.For != "" {
				line += " for " + m.For
			}
			if m.Path != "" {
				line += " at " + m.Path
			}
			if m.Router != "" {
				line += " of " + m.Router
			}
			if m.Args.Len() > 0 {
				line += " (" + m.File.Text(m.Args) + ")"
			}
			out = append(out, line)
		}
	}
	return out
}

func TestApplicationsOfPython(t *testing.T) {
	s := open(t, archived(`
-- fast.py --
from fastapi import FastAPI, APIRouter
from starlette.middleware.cors import CORSMiddleware
from setup import setup
app = FastAPI(lifespan=life, middleware=[Middleware(GZip, minimum_size=9)], exception_handlers={404: missing})
app.add_middleware(CORSMiddleware, allow_origins=["*"])
setup(app)
@app.middleware("http")
async def timing(request, call_next): ...
@app.exception_handler(ValueError)
async def bad(request, exc): ...
@app.on_event("shutdown")
def stop(): ...
# app.add_middleware(Commented)
-- setup.py --
def setup(app: FastAPI):
    app.add_exception_handler(KeyError, on_key)
-- flask_app/__init__.py --
from flask import Flask
from flask_cors import CORS
from flask_app.db import db
from flask_app.admin import bp
def create_app():
    app = Flask(__name__)
    db.init_app(app)
    CORS(app, origins="*")
    Own.init_app(app)
    app.wsgi_app = ProxyFix(app.wsgi_app, x_for=1)
    app.register_blueprint(bp, url_prefix="/admin")
    return app
class Own:
    @staticmethod
    def init_app(app): ...
-- flask_app/db.py --
from flask_sqlalchemy import SQLAlchemy
db = SQLAlchemy()
-- flask_app/admin.py --
from flask import Blueprint
bp = Blueprint("admin", __name__)
@bp.before_request
def guard(): ...
@bp.app_errorhandler(500)
def broken(e): ...
-- dj/settings/base.py --
MIDDLEWARE = ["a.One"]
MIDDLEWARE = ["a.Zero"] + MIDDLEWARE
INSTALLED_APPS = ["shop"]
-- dj/settings/prod.py --
from .base import *
MIDDLEWARE += ["a.Prod"]
-- dj/settings/local.py --
from .base import *
INSTALLED_APPS = ["debug"] + INSTALLED_APPS
`))
	want := []string{
		"dj/settings/local.py:1 django  for local",
		"  dj/settings/base.py:2 middleware a.Zero",
		"  dj/settings/base.py:1 middleware a.One",
		"  dj/settings/base.py:3 app shop",
		"  dj/settings/local.py:2 app debug",
		"dj/settings/prod.py:1 django  for production",
		"  dj/settings/base.py:2 middleware a.Zero",
		"  dj/settings/base.py:1 middleware a.One",
		"  dj/settings/prod.py:2 middleware a.Prod",
		"  dj/settings/base.py:3 app shop",
		"fast.py:4 fastapi app",
		"  fast.py:4 start life for lifespan",
		"  fast.py:4 middleware GZip (minimum_size=9)",
		"  fast.py:4 exception handler missing for 404",
		"  fast.py:5 middleware starlette.middleware.cors.CORSMiddleware (allow_origins=[\"*\"])",
		"  fast.py:7 middleware timing",
		"  fast.py:9 exception handler bad for ValueError",
		"  fast.py:11 stop stop for shutdown",
		"  setup.py:2 exception handler on_key for KeyError",
		"flask_app/__init__.py:6 flask app",
		"  flask_app/__init__.py:7 extension flask_sqlalchemy.SQLAlchemy",
		"  flask_app/__init__.py:8 extension flask_cors.CORS (origins=\"*\")",
		"  flask_app/__init__.py:10 middleware ProxyFix (ProxyFix(app.wsgi_app, x_for=1))",
		"  flask_app/admin.py:3 before request guard at /admin of bp",
		"  flask_app/admin.py:5 exception handler broken for 500 of bp",
	}
	if diff := cmp.Diff(want, applications(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestApplicationsOfScripts(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"dependencies": {"express": "4", "next": "15"}}
-- express.ts --
import express, { Router } from "express";
import { failed } from "./failed";
const app = express();
const api = Router();
app.use(helmet({ hsts: true }));
configure(app);
app.use("/api", guard, api);
api.use("/deep", limit({ max: 3 }));
app.use((req, res) => {});
app.use(failed);
function configure(server) { server.use(cors()); }
-- failed.ts --
export function failed(
  err: Error,
  req: Request<{}, string>,
  res: Response,
  next: NextFunction,
) {}
-- fast.ts --
import Fastify from "fastify";
const app = Fastify();
app.register(helmet, { hidePoweredBy: true });
app.addHook("onClose", stop);
app.setErrorHandler(broken);
app.register(autoload, { dir: path.join(__dirname, "plugins") });
-- plugins/limit.ts --
import limit from "@fastify/rate-limit";
export const autoConfig = { max: 9 };
export default limit;
-- nest/main.ts --
import { NestFactory } from "@nestjs/core";
const app = await NestFactory.create(AppModule);
app.useGlobalPipes(new ValidationPipe({ whitelist: true }));
app.use(["/a", "/b"], raw());
app.enableCors();
await app.listen(1);
-- nest/module.ts --
import { Module } from "@nestjs/common";
@Module({ providers: [{ provide: APP_FILTER, useClass: Broken }, { provide: OTHER, useClass: No }] })
export class AppModule { configure(c) { c.apply(Log).forRoutes({ path: "x/*", method: 1 }); } }
-- src/middleware.ts --
export function middleware(request) {}
export const config = { matcher: ["/app/:path*", { source: "/api/:path*" }] };
`))
	want := []string{
		"express.ts:3 express app",
		"  express.ts:5 middleware helmet ({ hsts: true })",
		"  express.ts:11 middleware cors",
		"  express.ts:7 middleware guard at /api",
		"  express.ts:8 middleware limit at /api/deep of api ({ max: 3 })",
		"  express.ts:9 middleware ",
		"  express.ts:10 exception handler failed",
		"fast.ts:2 fastify app",
		"  fast.ts:3 extension helmet ({ hidePoweredBy: true })",
		"  fast.ts:4 stop stop for onClose",
		"  fast.ts:5 exception handler broken",
		"  plugins/limit.ts:3 extension limit ({ max: 9 })",
		"nest/main.ts:2 nestjs ",
		"  nest/main.ts:3 pipe ValidationPipe ({ whitelist: true })",
		"  nest/main.ts:4 middleware raw at /a",
		"  nest/main.ts:4 middleware raw at /b",
		"  nest/main.ts:5 extension enableCors",
		"  nest/module.ts:2 exception handler Broken",
		"  nest/module.ts:3 middleware Log at /x",
		"src/middleware.ts:1 next ",
		"  src/middleware.ts:2 middleware middleware at /app/:path*",
		"  src/middleware.ts:2 middleware middleware at /api/:path*",
	}
	if diff := cmp.Diff(want, applications(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
