package repo

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func operations(s *Snapshot) []string {
	var out []string
	for _, o := range s.Operations() {
		line := fmt.Sprintf("%s:%d %s %s [%s", o.File.Path, o.At().Line, o.Verb, o.Name, o.Builder)
		if len(o.Guards) > 0 {
			line += " " + strings.Join(o.Guards, " ")
		}
		line += "]"
		if o.Input {
			line += " input"
		}
		if !o.Registered {
			line += " unregistered"
		}
		out = append(out, line)
	}
	return out
}

func TestProceduresOfTRPC(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"dependencies": {"@trpc/server": "11"}}
-- src/root.ts --
import { createTRPCRouter } from "./trpc";
import { post } from "./post";
import { ping } from "./ping";
export const appRouter = createTRPCRouter({
  post,
  ping,
  admin: createTRPCRouter({ stop: adminProcedure.mutation(() => 1) }),
  plain: { one: publicProcedure.query(() => 1) },
});
-- src/post.ts --
import { router } from "./trpc";
import { extra } from "./extra";
export const post = mergeRouters(own, extra);
const own = router({
  create: protectedProcedure.use(limit(3)).input(z.object({})).mutation(async () => {}),
  // old: publicProcedure.query(() => 1),
});
-- src/extra.ts --
export const extra = router({ list: publicProcedure.input(x).query(() => []) });
-- src/ping.ts --
export const ping = publicProcedure.query(() => "pong");
export const lost = publicProcedure.query(() => "lost");
const text = knex.from("x").query(y);
`))
	want := []string{
		"src/extra.ts:1 query post.list [publicProcedure] input",
		"src/ping.ts:1 query ping [publicProcedure]",
		"src/ping.ts:2 query lost [publicProcedure] unregistered",
		"src/post.ts:5 mutation post.create [protectedProcedure limit] input",
		"src/root.ts:7 mutation admin.stop [adminProcedure]",
		"src/root.ts:8 query plain.one [publicProcedure]",
	}
	if diff := cmp.Diff(want, operations(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestResolversAndActions(t *testing.T) {
	s := open(t, archived(`
-- a.resolver.ts --
import { Resolver, Query, Mutation } from "@nestjs/graphql";
@UseGuards(Auth)
@Resolver(() => Post)
export class Posts {
  @Query(() => [Post], { name: "allPosts" })
  posts(@Args("x") x: string) { return []; }
  @Roles("admin")
  @Mutation(() => Post)
  remove() {}
}
-- b.controller.ts --
import { Controller, Get, Query } from "@nestjs/common";
@Controller()
export class B {
  @Get()
  list(@Query() q: Dto) { return 1; }
}
-- c.ts --
export const resolvers = { Query: { me: authed(() => 1) }, Mutation: { login() { return 1; } }, User: { name: () => 1 } };
export const other = { Query: { no: 1 } };
-- actions.ts --
// comment
"use server";
export async function save(data) {}
async function inner() {}
export const remove = authClient.schema(x).action(async () => {});
-- page.tsx --
export default function Page() {
  async function submit() { "use server"; await x(); }
  const text = "use server";
}
-- schema.py --
import graphene, strawberry
class ShopMutations(graphene.ObjectType):
    buy = Buy.Field()
class Shop(graphene.ObjectType):
    name = graphene.Field(String)
@strawberry.mutation
def pay(): ...
`))
	want := []string{
		"a.resolver.ts:5 query allPosts [ UseGuards Auth Resolver]",
		"a.resolver.ts:8 mutation remove [ UseGuards Auth Resolver Roles]",
		"actions.ts:3 action save []",
		"actions.ts:5 action remove [authClient]",
		"c.ts:1 query me [ authed]",
		"c.ts:1 mutation login []",
		"page.tsx:2 action submit []",
		"schema.py:3 mutation buy []",
		"schema.py:6 mutation pay []",
	}
	if diff := cmp.Diff(want, operations(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPagesAndRoutesByPlace(t *testing.T) {
	s := open(t, archived(`
-- kit/package.json --
{"devDependencies": {"@sveltejs/kit": "2"}}
-- kit/src/routes/(app)/items/[id]/+page.svelte --
<h1>x</h1>
-- kit/src/routes/(app)/items/[id]/+page.server.ts --
export const actions = { default: async () => {} };
export const load = async () => {};
-- kit/src/routes/api/things/+server.ts --
export const GET = async () => {};
export async function DELETE() {}
-- nux/package.json --
{"dependencies": {"nuxt": "3"}}
-- nux/pages/users/index.vue --
<template/>
-- nux/server/api/users/[id].put.ts --
export default defineEventHandler(async (e) => 1)
-- nux/server/routes/feed.ts --
export default cached(defineEventHandler(() => 1))
-- rem/package.json --
{"dependencies": {"@remix-run/node": "2"}}
-- rem/app/routes/users.$id.tsx --
export async function loader() {}
export const action = guard(async () => {});
export default function User() {}
-- rem/app/routes/health.ts --
export const loader = () => new Response("ok");
-- next/package.json --
{"dependencies": {"next": "15"}}
-- next/app/(shop)/@modal/(.)cart/page.tsx --
export default function Cart() {}
-- next/app/_private/page.tsx --
export default function No() {}
-- next/pages/api/table.ts --
export default withMiddlewares({ GET: route({ fn: async () => {} }), POST: create });
-- next/pages/_app.tsx --
export default function App() {}
-- next/app/api/wf/route.ts --
export const { POST } = serve(async () => {});
-- star/package.json --
{"dependencies": {"astro": "4"}}
-- star/src/pages/blog/[slug].astro --
---
---
-- star/src/pages/rss.xml.ts --
export const GET = () => new Response();
`))
	want := []string{
		"kit/src/routes/(app)/items/[id]/+page.server.ts:1 POST /items/[id] sveltekit → actions [] in kit/src/routes/(app)/items/[id]/+page.server.ts",
		"kit/src/routes/api/things/+server.ts:1 GET /api/things sveltekit → GET [] in kit/src/routes/api/things/+server.ts",
		"kit/src/routes/api/things/+server.ts:2 DELETE /api/things sveltekit → DELETE [] in kit/src/routes/api/things/+server.ts",
		"next/app/api/wf/route.ts:1 POST /api/wf next → POST [serve] in next/app/api/wf/route.ts",
		"next/pages/api/table.ts:1 GET /api/table next → GET [withMiddlewares route]",
		"next/pages/api/table.ts:1 POST /api/table next → create [withMiddlewares]",
		"nux/server/api/users/[id].put.ts:1 PUT /api/users/[id] nuxt →  [] in nux/server/api/users/[id].put.ts",
		"nux/server/routes/feed.ts:1 ANY /feed nuxt →  [cached] in nux/server/routes/feed.ts",
		"rem/app/routes/health.ts:1 GET /health remix → loader [] in rem/app/routes/health.ts",
		"rem/app/routes/users.$id.tsx:1 GET /users/:id remix → loader [] in rem/app/routes/users.$id.tsx",
		"rem/app/routes/users.$id.tsx:2 POST /users/:id remix → action [guard] in rem/app/routes/users.$id.tsx",
		"star/src/pages/rss.xml.ts:1 GET /rss.xml astro → GET [] in star/src/pages/rss.xml.ts",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	var pages []string
	for _, p := range s.Pages() {
		pages = append(pages, p.Framework+" "+p.Path)
	}
	if diff := cmp.Diff([]string{"next /cart", "remix /users/:id", "sveltekit /items/[id]", "nuxt /users", "astro /blog/[slug]"}, pages); diff != "" {
		t.Error(diff)
	}
}

func TestRoutesOfNestModulesAndVersions(t *testing.T) {
	s := open(t, archived(`
-- package.json --
{"dependencies": {"@nestjs/core": "10"}}
-- src/main.ts --
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";
async function start() {
  const app = await NestFactory.create(AppModule);
  app.setGlobalPrefix("api");
  app.enableVersioning({ type: VersioningType.URI, defaultVersion: "1" });
  app.useGlobalInterceptors(new Timing());
  app.use(helmet());
  app.use("/raw", raw());
  await app.listen(3000);
}
-- src/seed.ts --
import { NestFactory } from "@nestjs/core";
import { AppModule } from "./app.module";
NestFactory.create(AppModule);
-- src/app.module.ts --
import { Module } from "@nestjs/common";
import { AdminModule } from "./admin";
@Module({ imports: [RouterModule.register([{ path: "admin", module: AdminModule }])], providers: [{ provide: APP_INTERCEPTOR, useClass: RateLimit }] })
export class AppModule {
  configure(consumer) {
    consumer.apply(Log).forRoutes("*");
    consumer.apply(Own, Two).exclude("x").forRoutes(AdminController);
  }
}
-- src/admin.ts --
import { Controller, Get, Post, Version, Module } from "@nestjs/common";
import { PATHS } from "./paths";
@Controller({ path: PATHS.users, version: ["1", "2"] })
@Roles
export class AdminController {
  @Get([":id", "by/:name"])
  @Public
  one() { return 1; }
  @Version(VERSION_NEUTRAL)
  @Post()
  two() { return 2; }
}
@Module({ controllers: [AdminController] })
export class AdminModule {}
-- src/paths.ts --
export const PATHS = { users: "users" };
`))
	want := []string{
		"src/admin.ts:6 GET /api/v1/admin/users/:id nestjs → one [Timing helmet RateLimit Log Own Two Roles Public] in src/admin.ts",
		"src/admin.ts:6 GET /api/v2/admin/users/:id nestjs → one [Timing helmet RateLimit Log Own Two Roles Public] in src/admin.ts",
		"src/admin.ts:6 GET /api/v1/admin/users/by/:name nestjs → one [Timing helmet RateLimit Log Own Two Roles Public] in src/admin.ts",
		"src/admin.ts:6 GET /api/v2/admin/users/by/:name nestjs → one [Timing helmet RateLimit Log Own Two Roles Public] in src/admin.ts",
		"src/admin.ts:10 POST /api/admin/users nestjs → two [Timing helmet RateLimit Log Own Two Roles Version] in src/admin.ts",
	}
	if diff := cmp.Diff(want, listed(s)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
