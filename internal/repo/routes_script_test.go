package repo

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestScriptRoutersThatFunctionsAreHandedOrMake(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"name": "api", "dependencies": {"express": "4"}}
-- src/main.ts --
import express from "express";
import { setup } from "./setup";
import { makeUsers } from "./users";
import { Orders } from "./orders";
import { BASE } from "./config";
const app = express();
app.use(express.json());
setup(app);
require("./legacy")(app);
app.use(BASE + "/no", unknown);
app.use(`+"`${PREFIX}/users`"+`, makeUsers());
app.use("/orders", new Orders().router);
app.use("/things", guard, require("./things"));
const PREFIX = "/v1";
app.get(BASE, handler);
-- src/config.ts --
export const BASE = "/base";
-- src/setup.ts --
import type { Express } from "express";
export function setup(server: Express) {
  server.use(helmet());
  inner(server);
}
function inner(app: Express) { app.post("/inner", (req, res) => {}); }
function not(app: Angular) { app.get("/not", x); }
-- src/legacy.js --
module.exports = function (app) { app.get("/legacy", list); };
-- src/users.ts --
import { Router } from "express";
export const makeUsers = () => {
  const router = Router();
  router.get("/:id", one);
  return router;
};
export function otherRouter() {
  const router = Router();
  router.get("/other", one);
  return router;
}
-- src/orders.ts --
import { Router } from "express";
export class Orders {
  public router = Router();
  constructor() { this.router.get("/mine", this.mine); }
}
-- src/things.js --
const router = require("express").Router();
router.get("/", list);
module.exports = router;
`))
	want := []string{
		"src/legacy.js:1 GET /legacy express → list [express.json helmet]",
		"src/main.ts:15 GET /base express → handler [express.json helmet]",
		"src/orders.ts:4 GET /orders/mine express → this.mine [express.json helmet]",
		"src/setup.ts:6 POST /inner express →  [express.json helmet] in src/setup.ts",
		"src/things.js:2 GET /things express → list [express.json helmet guard]",
		"src/users.ts:4 GET /v1/users/:id express → one [express.json helmet]",
		"src/users.ts:9 GET /other express → one [] unmounted",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestRoutesOfFastify(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"name": "api", "dependencies": {"fastify": "5"}}
-- app.ts --
import Fastify from "fastify";
import autoload from "@fastify/autoload";
import items from "./items";
const app = Fastify();
app.register(items, { prefix: "/items" });
app.register(async (scope) => {
  scope.addHook("preHandler", authenticate);
  scope.get("/private", { schema: { querystring: Q } }, handler);
}, { prefix: "/v1" });
app.register(autoload, { dir: path.join(__dirname, "routes"), cascadeHooks: true, options: { prefix: "/api" } });
app.route({ method: ["GET", "HEAD"], url: "/ping", preHandler: [a], handler: pong });
-- items.ts --
import type { FastifyPluginAsync } from "fastify";
const plugin: FastifyPluginAsync = async (fastify) => {
  fastify.get("/:id", one);
};
export default plugin;
-- routes/home.js --
export default async function (fastify, opts) { fastify.get("/", home); }
-- routes/users/autohooks.js --
export default async function (fastify) { fastify.addHook("onRequest", async () => {}); }
-- routes/users/_id/index.js --
import fp from "fastify-plugin";
export default fp(async function (fastify) { fastify.delete("/", remove); });
`))
	want := []string{
		"app.ts:8 GET /v1/private fastify → handler [authenticate]",
		"app.ts:11 GET /ping fastify → pong [a]",
		"app.ts:11 HEAD /ping fastify → pong [a]",
		"items.ts:3 GET /items/:id fastify → one []",
		"routes/home.js:1 GET /api fastify → home []",
		"routes/users/_id/index.js:2 DELETE /api/users/:id fastify → remove [onRequest]",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if r := s.Routes()[0]; !r.Schema {
		t.Error("the schema of /v1/private is not seen")
	}
}

func TestRoutesOfKoaHonoAndElysia(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"name": "api", "dependencies": {"koa": "2"}}
-- koa.ts --
import Koa from "koa";
import Router from "@koa/router";
import mount from "koa-mount";
export default function init(app: Koa = new Koa()) { app.use(logger()); app.use(mount("/api", api)); }
const main = new Koa();
init(main);
const api = new Koa();
const router = new Router();
router.prefix("/x");
router.post("things.list", auth(), list);
api.use(router.routes());
-- hono.ts --
import { OpenAPIHono, createRoute } from "@hono/zod-openapi";
import users from "./users";
const app = new OpenAPIHono().basePath("/v1");
const made = createRoute({ method: "post", path: "/made", middleware: [limit], request: {} });
app.use("/users/*", jwt());
app.openapi(made, (c) => c.json(1));
app.on(["GET", "PUT"], "/both", both);
app.route("/users", users);
-- users.ts --
import { Hono } from "hono";
const users = new Hono();
users.get("/:id", one);
export default users;
-- elysia.ts --
import { Elysia } from "elysia";
const app = new Elysia({ prefix: "/e" });
app.group("/g", (app) => app.get("/in", h));
app.post("/out", h);
`))
	want := []string{
		"elysia.ts:3 GET /e/g/in elysia → h []",
		"elysia.ts:4 POST /e/out elysia → h []",
		"hono.ts:6 POST /v1/made hono →  [limit] in hono.ts",
		"hono.ts:7 GET /v1/both hono → both []",
		"hono.ts:7 PUT /v1/both hono → both []",
		"koa.ts:10 POST /api/x/things.list koa → list [logger auth]",
		"users.ts:3 GET /v1/users/:id hono → one [jwt]",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
