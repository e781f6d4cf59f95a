//go:build unix

package safety

import (
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"drydock/internal/audit"
	"drydock/internal/repo"
	"drydock/internal/report"
	"drydock/remediation"
	"drydock/scanners"
)

// The canaries begin each secret: one that looks random and one that only its
// name gives away. Nothing may hold more of them than their first three letters.
// They are in parts so that no scanner takes this file for a leak.
var canaries = map[string]string{"random": "Zq7" + "Xw2Lk9Vt4Rb8Nc3Hs6Jd1Mf5", "words": "tul" + "iphorsebatterystaple"}

// blind are the cages where words alone look like any other.
var blind = map[string]bool{"comment/app/a.py": true}

// caged is a shape with a canary in each place, every one different: knowing one
// does not help to find another.
func caged(shape, canary string) string {
	parts := strings.Split(shape, "CANARY")
	var b strings.Builder
	for i, p := range parts {
		b.WriteString(p)
		if i < len(parts)-1 {
			fmt.Fprintf(&b, "%s%02d", canary, i)
		}
	}
	return b.String()
}

// cages are the shapes in which projects write secrets down.
var cages = map[string]string{
	"compose-map/docker-compose.yml":           "services:\n  api:\n    image: a\n    environment:\n      JWT_SECRET_KEY: CANARY\n",
	"compose-list/docker-compose.yml":          "services:\n  api:\n    image: a\n    environment:\n      - JWT_SECRET_KEY=CANARY\n      - OTHER=1\n",
	"compose-quoted/docker-compose.yml":        "services:\n  api:\n    image: a\n    environment:\n      - \"POSTGRES_PASSWORD=CANARY\"\n      - 'REDIS_PASSWORD=CANARY'\n",
	"compose-default/docker-compose.yml":       "services:\n  api:\n    image: a\n    environment:\n      JWT_SECRET: ${JWT_SECRET:-CANARY}\n      B_PASSWORD: \"${B_PASSWORD-CANARY}\"\n",
	"compose-flow/docker-compose.yml":          "services: {api: {image: a, environment: {JWT_SECRET: CANARY, DB_PASSWORD: \"CANARY\"}}}\n",
	"compose-block/docker-compose.yml":         "services:\n  api:\n    image: a\n    environment:\n      JWT_SECRET: >-\n        CANARY\n      API_KEY: |\n        CANARY\n",
	"compose-anchor/docker-compose.yml":        "x-env: &env\n  JWT_SECRET: &s CANARY\nservices:\n  api:\n    image: a\n    environment:\n      <<: *env\n      SECRET_KEY: *s\n",
	"compose-dsn/docker-compose.yml":           "services:\n  api:\n    image: a\n    environment:\n      DATABASE_URL: postgresql://app:CANARY@db:5432/app\n",
	"compose-command/docker-compose.yml":       "services:\n  redis:\n    image: redis:7\n    command: redis-server --requirepass CANARY --appendonly yes\n    healthcheck:\n      test: [CMD, redis-cli, -a, CANARY, ping]\n",
	"compose-args/docker-compose.yml":          "services:\n  api:\n    build:\n      context: .\n      args:\n        NPM_TOKEN: CANARY\n",
	"compose-label/docker-compose.yml":         "services:\n  api:\n    image: a\n    labels:\n      - traefik.auth_password=CANARY\n",
	"dotenv/.env":                              "JWT_SECRET=CANARY\nexport DB_PASSWORD='CANARY'\nSECRET_KEY = \"CANARY\" # comment\n",
	"dotenv-production/.env.production":        "STRIPE_SECRET_KEY=CANARY\nDATABASE_URL=mysql://root:CANARY@db/x\n",
	"settings/app/config.py":                   "import os\nSECRET_KEY = os.getenv(\"SECRET_KEY\", \"CANARY\")\nJWT_SECRET = os.environ.get('JWT_SECRET', 'CANARY')\nPASSWORD = os.environ['PASSWORD'] or \"CANARY\"\n",
	"pydantic/app/config.py":                   "from pydantic_settings import BaseSettings\nfrom pydantic import Field\nclass Settings(BaseSettings):\n    secret_key: str = \"CANARY\"\n    jwt_secret: str = Field(default=\"CANARY\", min_length=8)\n    db_password: str = Field(\n        \"CANARY\",\n    )\n    database_url: str = \"postgresql://a:CANARY@h/d\"\n",
	"python-multiline/app/config.py":           "import os\nSECRET_KEY = os.getenv(\n    \"SECRET_KEY\",\n    \"CANARY\",\n)\nJWT_SECRET = (\n    \"CANARY\"\n)\n",
	"python-dict/app/config.py":                "CONFIG = {\"password\": \"CANARY\", 'api_key': 'CANARY'}\nconnect(password=\"CANARY\", token='CANARY')\n",
	"python-concatenated/app/config.py":        "SECRET_KEY = \"CANARY\" \"CANARY\"\nPASSWORD = \"\"\"CANARY\"\"\"\n",
	"typescript/src/config.ts":                 "export const secret = process.env.JWT_SECRET || 'CANARY';\nexport const config = { jwtSecret: process.env.JWT_SECRET ?? \"CANARY\", password: `CANARY` };\nconst apiKey: string = \"CANARY\";\n",
	"typescript-multiline/src/config.ts":       "export const jwtSecret =\n  process.env.JWT_SECRET ||\n  'CANARY';\nexport const cfg = {\n  password:\n    'CANARY',\n};\n",
	"nest/src/app.module.ts":                   "import { JwtModule } from '@nestjs/jwt';\nexport const m = JwtModule.register({ secret: 'CANARY', signOptions: {} });\njwt.sign(payload, 'CANARY');\n",
	"next/next.config.js":                      "module.exports = { env: { API_SECRET: 'CANARY' }, serverRuntimeConfig: { password: \"CANARY\" } };\n",
	"minified/src/app.js":                      "var a=1;" + strings.Repeat("function f(){return 1}", 40) + "var c={secret:\"CANARY\",password:'CANARY'};" + strings.Repeat("f();", 200) + "\n",
	"first-line/src/a.ts":                      "const token = 'CANARY'",
	"dockerfile/Dockerfile":                    "FROM node:22\nENV JWT_SECRET=CANARY API_KEY=\"CANARY\"\nENV DB_PASSWORD CANARY\nARG NPM_TOKEN=CANARY\nRUN npm config set //registry/:_authToken=CANARY\nCMD [\"node\", \"a.js\"]\n",
	"kubernetes/k8s/deploy.yaml":               "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec:\n  template:\n    spec:\n      containers:\n        - name: a\n          image: a:1\n          env:\n            - name: DB_PASSWORD\n              value: CANARY\n            - {name: JWT_SECRET, value: \"CANARY\"}\n",
	"kubernetes-secret/k8s/secret.yaml":        "apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData:\n  password: CANARY\n  api-key: \"CANARY\"\n",
	"nginx/nginx.conf":                         "events {}\nhttp { server { listen 80; location / { proxy_set_header X-Api-Key CANARY; proxy_set_header Authorization \"Bearer CANARY\"; proxy_pass http://user:CANARY@api; } } }\n",
	"alembic/alembic.ini":                      "[alembic]\nscript_location = migrations\nsqlalchemy.url = postgresql://app:CANARY@db/app\n",
	"workflow/.github/workflows/ci.yml":        "on: push\nenv:\n  DB_PASSWORD: CANARY\njobs:\n  a:\n    runs-on: ubuntu-latest\n    services:\n      db:\n        image: postgres:16\n        env: {POSTGRES_PASSWORD: CANARY}\n    steps:\n      - run: curl -u admin:CANARY https://x && export TOKEN=CANARY && npm test\n        env:\n          API_KEY: 'CANARY'\n",
	"gitlab/.gitlab-ci.yml":                    "variables:\n  DB_PASSWORD: CANARY\ntest:\n  script:\n    - export API_TOKEN=CANARY\n    - mysql -u root --password=CANARY < a.sql\n",
	"pem/config/key.pem":                       "-----BEGIN RSA PRIVATE KEY-----\nCANARY\nCANARYCANARY\n-----END RSA PRIVATE KEY-----\n",
	"pem-in-code/app/keys.py":                  "PRIVATE_KEY = \"\"\"-----BEGIN PRIVATE KEY-----\nCANARY\nCANARY\n-----END PRIVATE KEY-----\"\"\"\n",
	"pem-escaped/src/keys.ts":                  "export const privateKey = '-----BEGIN PRIVATE KEY-----\\nCANARY\\n-----END PRIVATE KEY-----\\n';\n",
	"json/config/production.json":              "{\"jwt\": {\"secret\": \"CANARY\"}, \"db\": {\"password\":\"CANARY\", \"url\": \"mongodb://a:CANARY@h/d\"}}\n",
	"package/package.json":                     "{\"name\": \"a\", \"scripts\": {\"start\": \"JWT_SECRET=CANARY node a.js\", \"db\": \"psql postgres://a:CANARY@h/d\"}, \"dependencies\": {\"next\": \"git+https://bot:CANARY@host/n.git\", \"react\": \"https://CANARY@host/r.git\"}}\n",
	"toml/pyproject.toml":                      "[project]\nname = \"a\"\n[tool.app]\npassword = \"CANARY\"\nsecret_key = 'CANARY'\n",
	"requirements/requirements.txt":            "--extra-index-url https://bot:CANARY@pypi.host/simple\nfastapi @ git+https://CANARY@github.com/a/b.git\nflask==3\n",
	"npmrc/.npmrc":                             "//registry.npmjs.org/:_authToken=CANARY\n",
	"readme/README.md":                         "# App\n\nRun `JWT_SECRET=CANARY npm start`, sign in with password: CANARY\n",
	"properties/src/application.yml":           "spring:\n  datasource:\n    password: CANARY\n    url: jdbc:postgresql://a:CANARY@h/d\n",
	"shell/deploy.sh":                          "#!/bin/sh\nexport AWS_SECRET_ACCESS_KEY=CANARY\nPGPASSWORD=CANARY psql -c 'select 1'\nmysql -pCANARY\n",
	"terraform/main.tf":                        "resource \"x\" \"y\" {\n  password = \"CANARY\"\n  master_password = \"CANARY\"\n}\n",
	"makefile/Makefile":                        "run:\n\tSECRET_KEY=CANARY python app.py\n",
	"procfile/Procfile":                        "web: SECRET_KEY=CANARY gunicorn app:app\nworker: celery -A app worker --broker redis://:CANARY@redis\n",
	"prisma/prisma/schema.prisma":              "datasource db {\n  provider = \"postgresql\"\n  url = \"postgresql://a:CANARY@h/d\"\n}\nmodel A { id Int @id }\n",
	"broken-compose/docker-compose.yml":        "services:\n  api:\n    environment:\n      JWT_SECRET: CANARY\n      API_KEY: \"CANARY\n   x: [CANARY\n",
	"broken-json/package.json":                 "{\"password\": \"CANARY\", \"x\": CANARY}\n",
	"broken-toml/pyproject.toml":               "[tool]\npassword = \"CANARY\nx = CANARY CANARY\n",
	"broken-prisma/prisma/schema.prisma":       "datasource db {\n  url = \"postgresql://a:CANARY@h/d\"\n  password CANARY\n",
	"broken-dockerfile/Dockerfile":             "FROM a\nENV JWT_SECRET=\"CANARY\nSECRET_KEY=CANARY\n",
	"broken-workflow/.github/workflows/ci.yml": "on: push\njobs:\n  a:\n    env:\n      API_KEY: CANARY\n    steps: [CANARY\n",
	"broken-nginx/nginx.conf":                  "http { server { auth_password CANARY;\n",
	"comment/app/a.py":                         "# SECRET_KEY = \"CANARY\"\nimport os\nSECRET_KEY = os.environ[\"SECRET_KEY\"]  # was: \"CANARY\", password=CANARY\n",
}

// leak finds four letters of a canary, or its middle or end.
var leak = regexp.MustCompile("Zq7" + "X|tul" + "ip|Nc3Hs6|Jd1Mf5|battery|staple")

// free fails when the canary got out.
func free(t *testing.T, where, text string) {
	t.Helper()
	if at := leak.FindStringIndex(text); at != nil {
		t.Errorf("%s holds the secret: %q", where, text[max(0, at[0]-100):min(len(text), at[1]+40)])
	}
}

func TestNoOutputHoldsASecret(t *testing.T) {
	written := 0
	for kind, canary := range canaries {
		for cage, content := range cages {
			if kind == "words" && blind[cage] {
				continue
			}
			t.Run(kind+"."+strings.ReplaceAll(cage, "/", "."), func(t *testing.T) {
				_, name, _ := strings.Cut(cage, "/")
				dir := t.TempDir()
				put(t, dir, name, caged(content, canary))
				put(t, dir, ".gitignore", "node_modules/\n")
				for where, text := range told(t, dir) {
					free(t, where, text)
					if strings.HasPrefix(where, "applied ") {
						written++
					}
				}
			})
		}
	}
	if written < 10 {
		t.Errorf("only %d fixes were written: the history was hardly looked at", written)
	}
}

func TestNoOutputOfAllTheSecretsTogether(t *testing.T) {
	dir := t.TempDir()
	for cage, content := range cages {
		put(t, dir, cage, caged(content, canaries["random"]))
	}
	for _, args := range []string{"audit . --format json", "audit .", "fix . --list", "fix . --dry-run --all-safe"} {
		s := drydock(t, dir, strings.Fields(args)...)
		free(t, args, s.stdout+s.stderr)
	}
	for where, text := range told(t, dir) {
		free(t, where, text)
	}
}

// told is everything that drydock says of the project in dir and that it keeps
// once the fixes are written, by where it stands.
func told(t *testing.T, dir string) map[string]string {
	t.Helper()
	ctx := t.Context()
	state := t.TempDir()
	tree, err := repo.OpenDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer tree.Close()
	out := map[string]string{}
	run := auditing(t, tree)
	m := report.Build(run, report.Meta{Root: dir, TargetScore: 90})
	for _, format := range report.Formats() {
		var b bytes.Buffer
		if err := report.Write(&b, format, m, report.Options{}); err != nil {
			t.Fatal(err)
		}
		out[format] = b.String()
	}
	out["undecided"] = fmt.Sprint(run.Open, run.Skipped, run.Errors)
	for _, f := range run.Repo.Technologies() {
		out["technologies"] += fmt.Sprint(f)
	}
	e := remediation.NewEngine(dir, state, scanners.All(), audit.Options{Jobs: 1})
	for _, offer := range remediation.Offers(run) {
		out["offer "+offer.ID] = fmt.Sprint(offer)
		questions, err := e.Questions(run, offer.ID, nil, nil)
		out["questions "+offer.ID] = fmt.Sprintf("%+v %v", questions, err)
		plan, err := e.Plan(ctx, run, offer.ID, nil, nil)
		if err != nil {
			out["refusal "+offer.ID] = err.Error()
			continue
		}
		diffs, err := remediation.Preview(tree, plan.Set)
		out["preview "+offer.ID] = fmt.Sprintf("%+v\n%s\n%v\n%+v %+v", diffs, remediation.Unified(diffs), err, plan.Effect, plan.Left)
		proof, err := e.Prove(ctx, run, plan)
		if err == nil {
			err = proof.Err()
		}
		out["proof "+offer.ID] = fmt.Sprint(err)
		if err != nil {
			continue
		}
		applied, err := e.Apply(ctx, plan, proof)
		out["applied "+offer.ID] = fmt.Sprint(applied, err)
		run = auditing(t, tree)
	}
	history, err := e.History()
	out["history"] = fmt.Sprintf("%+v %v", history, err)
	kept(t, state, out)
	return out
}

func auditing(t *testing.T, tree repo.Tree) *audit.Result {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	res, err := audit.Start(ctx, tree, scanners.All(), audit.Options{}).Wait()
	if err != nil {
		t.Fatal(err)
	}
	return res
}

// kept adds what the state directory holds.
func kept(t *testing.T, state string, out map[string]string) {
	t.Helper()
	err := filepath.WalkDir(state, func(name string, d fs.DirEntry, err error) error {
		if err != nil || !d.Type().IsRegular() {
			return err
		}
		data, err := os.ReadFile(name)
		out["state "+filepath.Base(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
