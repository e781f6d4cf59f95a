package repo

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestEnvSchemasAndHelpers(t *testing.T) {
	s := open(t, archived(`
-- t3.ts --
import { createEnv } from "@t3-oss/env-nextjs";
const mode = z.enum(["a"]).default("a");
export const env = createEnv({
  server: { DATABASE_URL: z.string().url(), PORT: z.string().default("3000"), MODE: mode, lower: z.string() },
  client: { NEXT_PUBLIC_URL: z.string().optional() },
  runtimeEnv: { DATABASE_URL: process.env.DATABASE_URL },
});
-- zod.ts --
const schema = z.object({ SECRET: z.string().min(9) }).strict();
export const parsed = schema.safeParse(process.env);
z.object({ INLINE: z.string() }).parse({ ...process.env, X: 1 });
z.object({ BODY: z.string() }).parse(req.body);
-- envalid.ts --
import { cleanEnv, str } from "envalid";
import { validators } from "./validators";
cleanEnv(process.env, validators);
-- validators.ts --
export const validators = { JWT: str(), LOG: str({ default: "info" }) };
-- nest.ts --
import { ConfigService, ConfigModule } from "@nestjs/config";
ConfigModule.forRoot({ validationSchema: Joi.object({ PASSWORD: Joi.string().required(), HOST: Joi.string().default("h") }) });
class A { f() { this.configService.getOrThrow<string>("TOKEN"); this.configService.get("MAYBE", "no"); this.cache.get("CACHED"); } }
-- fastify.ts --
import env from "@fastify/env";
const schema = { type: "object", required: ["NEEDED"], properties: { NEEDED: { type: "string" }, SIZE: { default: "1" } } };
-- helper.ts --
export function need(name: string): string {
  const v = process.env[name];
  if (!v) throw new Error(name);
  return v;
}
export const soft = (key) => process.env[key];
export const viaNeed = (n) => need(n);
function unrelated(name) { return map[name]; }
-- use.ts --
import { need, viaNeed } from "./helper";
const key = need("API_KEY");
viaNeed("OTHER_KEY");
need(dynamic);
unrelated("NOT_ENV");
-- kit.ts --
import { PRIVATE_KEY } from "$env/static/private";
-- helper.py --
import os
def env_bool(name, default=None):
    return os.environ.get(name, default) == "1"
def must(name):
    return os.environ[name]
-- base.py --
import environ
env = environ.Env(DEBUG=(bool, False))
-- prod.py --
from base import env
from helper import env_bool, must
DEBUG = env("DEBUG")
URL = env.str("SITE_URL")
TTL = env.int("TTL", default=3)
FLAG = env_bool("FLAG", "0")
must("MUST")
cache.get("NO_ENV")
`))
	var got []string
	for _, r := range s.EnvReads() {
		line := fmt.Sprintf("%s:%d %s→%s required=%t", r.File.Path, r.At().Line, r.Name, r.Target, r.Required)
		if r.HasDefault {
			line += fmt.Sprintf(" default=%q", r.Default)
		}
		if r.Schema {
			line += " schema"
		}
		got = append(got, line)
	}
	want := []string{
		`fastify.ts:2 NEEDED→NEEDED required=true schema`,
		`fastify.ts:2 SIZE→SIZE required=false default="1" schema`,
		`kit.ts:1 PRIVATE_KEY→ required=true`,
		`nest.ts:2 PASSWORD→PASSWORD required=true schema`,
		`nest.ts:2 HOST→HOST required=false default="h" schema`,
		`nest.ts:3 TOKEN→ required=true`,
		`nest.ts:3 MAYBE→ required=false default="no"`,
		`prod.py:3 DEBUG→DEBUG required=false`,
		`prod.py:4 SITE_URL→URL required=true`,
		`prod.py:5 TTL→TTL required=false`,
		`prod.py:6 FLAG→FLAG required=false default="0"`,
		`prod.py:7 MUST→ required=true`,
		`t3.ts:4 DATABASE_URL→DATABASE_URL required=true schema`,
		`t3.ts:4 PORT→PORT required=false default="3000" schema`,
		`t3.ts:4 MODE→MODE required=false default="a" schema`,
		`t3.ts:5 NEXT_PUBLIC_URL→NEXT_PUBLIC_URL required=false schema`,
		`t3.ts:6 DATABASE_URL→env required=false`,
		`use.ts:2 API_KEY→key required=true`,
		`use.ts:3 OTHER_KEY→ required=false`,
		`validators.ts:1 JWT→JWT required=true schema`,
		`validators.ts:1 LOG→LOG required=false default="info" schema`,
		`zod.ts:1 SECRET→SECRET required=true schema`,
		`zod.ts:3 INLINE→INLINE required=true schema`,
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
