package secret

import (
	"strings"
	"testing"

	"drydock/internal/finding"
)

func TestRedactHidesEveryShape(t *testing.T) {
	const canary = "Canary7Zq9XwVt2Lk"
	for _, tc := range []struct{ path, text string }{
		{"docker-compose.yml", "      JWT_SECRET_KEY: " + canary},
		{"docker-compose.yml", "      - POSTGRES_PASSWORD=" + canary},
		{"docker-compose.yml", "      JWT_SECRET: ${JWT_SECRET:-" + canary + "}"},
		{"docker-compose.yml", `      B_PASSWORD: "${B_PASSWORD-` + canary + `}"`},
		{"docker-compose.yml", `      - "POSTGRES_PASSWORD=` + canary + `"`},
		{".env", "export API_KEY=" + canary},
		{".env", "API_KEY='" + canary + "'"},
		{".env.production", "DATABASE_URL=postgres://app:" + canary + "@db:5432/app"},
		{"settings.py", `JWT_SECRET_KEY: str = "` + canary + `"`},
		{"settings.py", `secret = os.getenv("JWT_SECRET_KEY", "` + canary + `")`},
		{"settings.py", `password='` + canary + `'`},
		{"config.ts", "const jwtSecret = process.env.JWT_SECRET || '" + canary + "'"},
		{"config.ts", "export default { clientSecret: `" + canary + "` }"},
		{"config.json", `  "apiToken": "` + canary + `",`},
		{"alembic.ini", "sqlalchemy.url = postgresql://u:" + canary + "@localhost/db"},
		{"app.go", `	Password: "` + canary + `",`},
		{"a.ts", "jwt.sign(payload, '" + canary + "', { expiresIn: 60 })"},
		{"a.py", `jwt.encode({"sub": user}, "` + canary + `", algorithm="HS256")`},
		{"k8s.yaml", "- name: DB_PASSWORD\n  value: " + canary},
		{"k8s.yaml", "- {name: DB_PASSWORD, value: \"" + canary + "\"}"},
		{"run.sh", "export DB_PASSWORD=" + canary + " && run"},
		{"Dockerfile", "ENV SECRET_KEY=" + canary},
		{"id_rsa", "-----BEGIN RSA PRIVATE KEY-----\n" + canary + "\n-----END RSA PRIVATE KEY-----"},
	} {
		src := []byte(tc.text)
		got := Redact(src, finding.Span{End: len(src)}, Spans(tc.path, src))
		if strings.Contains(got, canary) || strings.Contains(got, canary[4:]) {
			t.Errorf("%s: %q shows the secret", tc.path, got)
		}
	}
}

func TestWhatIsNoSecretStaysReadable(t *testing.T) {
	for _, tc := range []struct{ path, text string }{
		{"docker-compose.yml", "      JWT_SECRET_KEY: ${JWT_SECRET_KEY:?set it}"},
		{"docker-compose.yml", "      ACCESS_TOKEN_EXPIRE_MINUTES: 60"},
		{"docker-compose.yml", "      KAFKA_SSL_KEY_CREDENTIALS: broker_keystore_creds"},
		{"values.yaml", "  secretNamespace: k3d-helm-cluster"},
		{"settings.py", `os.environ.get("TOKEN_UPDATE_LAST_LOGIN_THRESHOLD", "5 seconds")`},
		{"a.yml", "AUTH_SECRET: build-time-placeholder-min-32-chars-long"},
		{"docker-compose.yml", "      POSTGRES_PASSWORD_FILE: /run/secrets/db"},
		{"docker-compose.yml", "      ACCESS_TOKEN_COOKIE: acme_access"},
		{"a.ts", "const token = await getToken(user)"},
		{"a.ts", "const password = req.body.password"},
		{"a.py", "def login(password: str, token: str): ..."},
		{"a.py", "password_hash = hash(password)"},
		{"k8s.yaml", "- name: LOG_LEVEL\n  value: debugging"},
		{"k8s.yaml", "- name: DB_PASSWORD\n  valueFrom: x\n- name: LOG\n  value: debugging"},
		{"a.py", "SECRET_KEY = os.environ[\"JWT_SECRET_KEY\"]"},
		{"a.json", "\"password\": null,\n\"description\": \"something\""},
		{"a.ts", "  password: z\n    .string({ message: 'too short a password' }),\n  next: useMemo2V3OfUser(a)"},
		{"ci.yml", "uses: actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"},
		{"lock.json", "\"integrity\": \"sha512-Zq7Xw2Lk9Vt4Rb8Nc3Hs6Jd1Mf5\""},
		{"a.sh", "TOKEN=$(cat /run/token) && PASSWORD=\"$PW\""},
		{"a.ts", "fetch(url, { credentials: \"include\" })"},
		{"a.md", "Open https://example.com/path?q=a:b@c"},
	} {
		src := []byte(tc.text)
		if got := Spans(tc.path, src); len(got) != 0 {
			t.Errorf("%s: %q is masked as %q", tc.path, tc.text, Redact(src, finding.Span{End: len(src)}, got))
		}
	}
}

func TestPartsSplitsNames(t *testing.T) {
	for name, want := range map[string]string{"JWT_SECRET_KEY": "jwt secret key", "jwtSecretKey": "jwt secret key", "APIKey": "api key", "x-api-key": "x api key", "db2Password": "db2 password"} {
		if got := strings.Join(Parts(name), " "); got != want {
			t.Errorf("Parts(%q) = %q", name, got)
		}
	}
}

func TestNameTellsSecretsFromNamesThatTalkAboutThem(t *testing.T) {
	for _, name := range []string{
		"JWT_SECRET_KEY", "PGPASSWORD", "clientsecret", "openaiApiKey", "AZURE_STORAGE_KEY", "azure_batch_key", "DB_PASS",
		"NEXT_PUBLIC_API_SECRET", "VITE_ADMIN_PASSWORD", "smtp.password", "SECRET_KEY_BASE", "RAILS_MASTER_KEY",
	} {
		if !Name(name) {
			t.Errorf("%s is a secret's name", name)
		}
	}
	for _, name := range []string{
		"API_KEY_HEADER", "PASSWORD_MIN_LENGTH", "POSTGRES_PASSWORD_FILE", "NEXT_PUBLIC_ANALYTICS_KEY", "VITE_MAPBOX_TOKEN", "REACT_APP_API_KEY",
		"STRIPE_PUBLISHABLE_KEY", "existingSecret", "OIDC_TOKEN_BACKEND", "imagePullSecrets", "max_tokens", "AWS_ACCESS_KEY_ID", "passwordless", "", "_", "next_public",
	} {
		if Name(name) {
			t.Errorf("%s is no secret's name", name)
		}
	}
}

func TestAKeyOfUnknownKindIsMaskedWhenItLooksRandom(t *testing.T) {
	for text, want := range map[string]string{
		`STRIPE_KEY: "zz49b1c2d3e4f5a6b7c8d9"`: `STRIPE_KEY: "zz4… (22 characters)"`,
		`mailKey = "a8f4c19d07b36e52ff10"`:     `mailKey = "a8f… (20 characters)"`,
		`cacheKey: "user-orders-page"`:         `cacheKey: "user-orders-page"`,
		`monkey: "zz49b1c2d3e4f5a6b7c8d9"`:     `monkey: "zz49b1c2d3e4f5a6b7c8d9"`,
		`NEXT_PUBLIC_KEY=zz49b1c2d3e4f5a6b7c8`: `NEXT_PUBLIC_KEY=zz49b1c2d3e4f5a6b7c8`,
	} {
		src := []byte(text)
		if got := Redact(src, finding.Span{End: len(src)}, Spans("a.yml", src)); got != want {
			t.Errorf("%s is shown as %s, want %s", text, got, want)
		}
	}
}

func TestEverySecretsNameHoldsAFragment(t *testing.T) {
	for word := range secretWords {
		if word != "dsn" && !mayName(word) {
			t.Errorf("%s is ruled out", word)
		}
	}
	for pair := range secretPairs {
		if !mayName(strings.ToUpper(pair)) {
			t.Errorf("%s is ruled out", pair)
		}
	}
	for _, end := range secretEndings {
		if !mayName("x" + end) {
			t.Errorf("%s is ruled out", end)
		}
	}
}
