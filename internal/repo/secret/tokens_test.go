package secret

import (
	"strings"
	"testing"
)

// The tokens are put together here so that no scanner takes this file for a leak.
func TestTokensFindsWhatProvidersGiveOut(t *testing.T) {
	hex := "9f3c1e07ab52d8646c0be19573fa28d1"
	for _, tc := range []struct{ path, text, kind string }{
		{"a.go", `var t = "ghp_` + `R7kQ2mZx9Lw4Vt8Bn3Hs6Jd1Mf5Pc0Yg2TaU"`, "github-pat"},
		{"a.py", `aws = "AKIA` + `Q3EGRZ7XV5T2LMNB"`, "aws-access-token"},
		{"a.ts", `const s = new Stripe("sk_live_` + `51Hx2mNqRsTuVwXyZ9aKd82M")`, "stripe-access-token"},
		{"a.rb", `slack = "xoxb-` + `2847561093-8463920175-Kd82MxQw71LpZrTv"`, "slack-bot-token"},
		{"a.sh", `ADOBE_API_` + `SECRET_TOKEN="p8e-` + hex + `"`, "adobe-client-secret"},
		{"a.ts", `const mailchimpApiKey = "` + hex + `-us14"`, "mailchimp-api-key"},
		{"a.ts", `const datadogApiKey = "` + hex + `7b2c91d4"`, "datadog-access-token"},
		{"a.go", `sessionSecret := "Zk3vQ9-mW7xRt2LpN8sYb4Hd"`, Named},
		{"a.go", `jwt := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIiwicmVmIjoicXdlcnR5In0.Qm9vTGtaWnh5VzEyMzQ1Njc"`, "jwt"},
		{"k.pem", "-----BEGIN EC " + "PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n-----END EC PRIVATE KEY-----", PrivateKey},
		{"a.json", `"private_key": "-----BEGIN ` + `PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aYPuoAoGCCqGSM49Awx7\n-----END PRIVATE KEY-----\n"`, PrivateKey},
	} {
		got := Tokens(tc.path, []byte(tc.text))
		if len(got) != 1 || got[0].Kind != tc.kind {
			t.Errorf("%s: %+v, want one %s", tc.text, got, tc.kind)
		}
	}
}

func TestTokensIsSilentOnWhatOpensNothing(t *testing.T) {
	for _, tc := range []struct{ path, text string }{
		{"rules.tsv", "bedrock-api-key-" + "YmVkcm9jay5hbWF6b25hd3MuY29t\n"},
		{"a.go", `key := "AKIAIOSFODNN7EXAMPLE"`},
		{"a.ts", `const token = "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"`},
		{"a.ts", `const discordMessageId = "104938572610394857"`},
		{"a.ts", `const stripeKey = "pk_live_51Hx2mNqRsTuVwXyZ9aKd82M"`},
		{"a.ts", `const passwordManager = { LastPass: "b78a0a55-6ef8-d246-a042-ba0f6d55050c" }`},
		{"a.py", `SECRET_KEY = os.environ["DJANGO_SECRET_KEY_2024_PRODUCTION"]`},
		{"a.ts", `const facebookTokenHash = "9f3c1e07ab52d8646c0be19573fa28d1"`},
		{"a.ts", `const cacheKey = "user2orders7page4list9detail"`},
		{"a.go", `tok := "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIiwibmFtZSI6IkpvaG4gRG9lIn0.SflKxwRJSMeKKF2QT4fwpMeJf36POk6yJV"`},
		{"a.ps1", "$pem = \"-----BEGIN RSA " + "PRIVATE KEY-----`n\" + [Convert]::ToBase64String($privateKeyFromCert.Key.Export([CngKeyBlobFormat]::Pkcs8PrivateBlob), 76) + \"`n-----END RSA PRIVATE KEY-----\""},
		{"a.pem", "-----BEGIN " + "PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----"},
		{"a.pem", "-----BEGIN PUBLIC KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n-----END PUBLIC KEY-----"},
	} {
		if got := Tokens(tc.path, []byte(tc.text)); len(got) != 0 {
			t.Errorf("%s: %+v", tc.text, got)
		}
	}
}

func TestTokensOfProvidersAreMasked(t *testing.T) {
	token := "shpat_" + "9f3c1e07ab52d8646c0be19573fa28d1"
	if got := Hide("a.ts", "connect(`"+token+"`)"); strings.Contains(got, token[6:]) {
		t.Errorf("%s shows the token", got)
	}
}

func BenchmarkTokens(b *testing.B) {
	text := []byte(strings.Repeat("\tif err := s.handle(ctx, request.Header.Get(\"X-Request-Id\"), len(items)); err != nil {\n\t\treturn fmt.Errorf(\"handle: %w\", err)\n\t}\n", 8000))
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		Tokens("a.go", text)
	}
}
