package security

import (
	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
)

// secondFactors are modules that check a second factor, or leave signing in to a
// service that does.
var secondFactors = []string{
	"pyotp", "django_otp", "two_factor", "fido2", "webauthn", "allauth.mfa", "speakeasy", "otplib", "otpauth", "node-2fa", "@simplewebauthn/server", "@levminer/speakeasy",
	"@epic-web/totp", "passport-totp", "better-auth/plugins", "github.com/pquerna/otp", "github.com/go-webauthn/webauthn", "github.com/xlzd/gotp",
	"@auth0", "auth0", "express-openid-connect", "@clerk", "@workos-inc/node", "@workos-inc/authkit-nextjs", "keycloak", "keycloak-connect", "@okta", "supertokens-node", "@supabase/auth-helpers-nextjs", "@ory/client", "passport-saml", "@node-saml/passport-saml", "aws-amplify",
}

// MFAMissing asks for a second factor where people sign in with a password.
var MFAMissing = check.PerProject(check.Doc{
	ID:         "security/mfa-missing",
	Title:      "No second factor in the project",
	Severity:   finding.Medium,
	Confidence: finding.NotProven,
	Hours:      12,
	Why:        "Passwords are reused and leak elsewhere: one that was guessed or bought opens the account, an administrator's among them.",
	How:        "Offer passkeys or one-time codes, and demand them of administrators; or leave signing in to an identity provider that does." + howToAttest,
	Holds:      "A second factor can be asked for",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Multifactor_Authentication_Cheat_Sheet.html", "https://pyauth.github.io/pyotp/", "https://simplewebauthn.dev/docs/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	route, ok := passwordRoute(s)
	if !ok {
		return
	}
	if at, module, ok := moduleUse(s, secondFactors...); ok {
		p.Holds(at, "%s is used", module)
		return
	}
	if at, image, ok := imageUse(s, "keycloak", "authentik", "zitadel", "authelia", "ory/kratos", "ory/hydra", "dexidp", "fusionauth", "casdoor", "logto"); ok {
		p.Holds(at, "%s signs people in", image)
		return
	}
	p.Unproven(route.At(), "%s takes a password, and no code of the project asks for a second factor", route.Name())
})
