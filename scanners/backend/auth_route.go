package backend

import (
	"strings"

	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// alone are the last parts of paths that mean signing in wherever they stand.
var alone = words("login", "log-in", "signin", "sign-in", "signup", "sign-up", "forgot-password", "forgotpassword", "reset-password", "resetpassword",
	"password-reset", "passwordreset", "password-forgot", "recover-password", "password-recovery", "refresh-token", "refresh-tokens", "refreshtoken", "access-token",
	"token-refresh", "verify-otp", "verify-2fa", "verify-mfa", "verify-totp", "magic-link", "request-password-reset", "reset-password-confirm")

// together are those that mean it only where the path, or the file, is about
// accounts.
var together = words("register", "refresh", "reset", "forgot", "token", "otp", "2fa", "mfa", "totp", "recover", "authenticate", "registration", "confirm")

// aboutAccounts are the parts of paths and files that set that scene.
var aboutAccounts = words("auth", "authentication", "user", "users", "account", "accounts", "session", "sessions", "login", "password", "passwords", "password-reset", "reset-password", "forgot-password", "identity", "members", "registration")

// somewhereElse are the parts of paths where the same words mean something
// else, or where another party checks the password.
var somewhereElse = words("oauth", "oauth2", "saml", "sso", "oidc", "google", "github", "gitlab", "facebook", "microsoft", "apple", "callback", "webhook", "webhooks", "admin", "clients", "push", "device", "devices")

func words(list ...string) map[string]bool {
	m := make(map[string]bool, len(list))
	for _, w := range list {
		m[w] = true
	}
	return m
}

// signsIn says whether a route lets somebody in who was not, or changes how: by
// its path, with the file's name to tell a session's refresh from a cache's.
func signsIn(r *repo.Route) bool {
	if r.Method != "POST" && r.Method != "ANY" {
		return false
	}
	var parts []string
	scene := false
	for _, part := range strings.Split(strings.ToLower(r.Path), "/") {
		part = strings.ReplaceAll(strings.TrimSuffix(part, "}"), "_", "-")
		if part == "" || strings.HasPrefix(part, "{") || strings.HasPrefix(part, ":") || strings.HasPrefix(part, "<") || strings.HasPrefix(part, "[") {
			if scene || strings.Contains(part, "token") {
				return false // /users/{id}/reset-password is for an administrator; a token is too long to guess
			}
			continue
		}
		if somewhereElse[part] {
			return false
		}
		parts = append(parts, part)
		scene = scene || aboutAccounts[part]
	}
	if len(parts) == 0 {
		return false
	}
	last := parts[len(parts)-1]
	switch {
	case alone[last]:
		return !signedIn(r) || soundsLikeLogin(last)
	case last == "password" && len(parts) > 1 && (parts[len(parts)-2] == "forgot" || parts[len(parts)-2] == "reset"):
		return !signedIn(r)
	case together[last] && last != "refresh" && last != "token" && signedIn(r):
		return false
	case together[last]:
		return scene || aboutFile(r) || len(parts) == 1 && (last == "register" || last == "token") || last == "confirm" && len(parts) > 1 && alone[parts[len(parts)-2]]
	}
	// POST /users, handled by register
	return scene && (handles(r, "register") || handles(r, "login") || handles(r, "signup") || handles(r, "sign_up") || handles(r, "signin"))
}

// signedIn says whether only somebody who is signed in already gets through to
// the route: an administrator who resets a password, say.
func signedIn(r *repo.Route) bool {
	for _, list := range [][]string{r.Decorators, r.Dependencies, r.Middlewares} {
		for _, name := range list {
			low := strings.ToLower(strings.ReplaceAll(name[strings.LastIndexByte(name, '.')+1:], "_", ""))
			for _, w := range []string{"currentuser", "loginrequired", "requireauth", "requireuser", "requirerole", "requireadmin", "isauthenticated", "ensureauth", "permission", "authguard", "jwtrequired", "superuser", "currentadmin", "roles"} {
				if strings.Contains(low, w) && !strings.Contains(low, "local") && !strings.Contains(low, "refresh") {
					return true
				}
			}
			if low == "auth" {
				return true
			}
		}
	}
	return false
}

func soundsLikeLogin(part string) bool {
	return strings.Contains(part, "login") || strings.Contains(part, "log-in") || strings.Contains(part, "sign") || strings.Contains(part, "token")
}

func handles(r *repo.Route, name string) bool {
	return strings.EqualFold(r.Handler[strings.LastIndexByte(r.Handler, '.')+1:], name)
}

// aboutFile says whether the route's file is about accounts.
func aboutFile(r *repo.Route) bool {
	stem, _, _ := strings.Cut(r.File.Name(), ".")
	dir := r.File.Dir()
	for _, name := range []string{stem, dir[strings.LastIndexByte(dir, '/')+1:]} {
		for _, part := range secret.Parts(name) {
			if part == "auth" || part == "authentication" || part == "login" || part == "account" || part == "accounts" || part == "session" {
				return true
			}
		}
	}
	return false
}
