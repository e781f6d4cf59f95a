package repo

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/repo/shell"
)

// workOfCommand is what a command does, by its program and words. Programs that
// start another one, here, in a container or on another machine, are looked through.
func workOfCommand(words []string) []CIWorkKind { return commandWork(words, 0) }

const maxQuoted = 4 // commands in quotes in commands

func commandWork(words []string, depth int) []CIWorkKind {
	measured := slices.ContainsFunc(words[:min(len(words), 3)], func(w string) bool { return w == "c8" || w == "nyc" })
	words = unwrapped(words)
	if len(words) == 0 || depth > maxQuoted {
		return nil
	}
	name := programName(words[0])
	args := words[1:]
	var out []CIWorkKind
	add := func(kinds ...CIWorkKind) {
		for _, k := range kinds {
			if !slices.Contains(out, k) {
				out = append(out, k)
			}
		}
	}
	switch name {
	case "echo", "printf", "which", "type", "cat", "grep", "sed", "awk", "apt-get", "apt", "apk", "brew", "pip", "pip3", "gem", "test", "[", "[[", "mkdir", "cp", "rm", "chmod":
		return nil
	}
	for _, w := range args { // ssh host "…", bash -c '…', docker run image sh -c "…"
		if strings.ContainsAny(w, " \n") && !strings.HasPrefix(w, "-") {
			for _, c := range shell.Commands(w) {
				add(commandWork(c.Words, depth+1)...)
			}
		}
	}
	if inner := inContainer(name, args); inner != nil {
		add(commandWork(inner, depth+1)...)
		if name != "docker" || !slices.Contains(args, "build") {
			return append(out, containerWork(args)...)
		}
	}
	if measured {
		add(CICoverage)
	}
	if (name == "yarn" || name == "pnpm" || name == "bun" || name == "node" || name == "tsx" || name == "python" || name == "python3") && len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		add(byProgram(programName(args[0]), args[1:])...) // yarn jest, node node_modules/.bin/jest, python scripts/run_tests.py
	}
	add(byProgram(name, args)...)
	add(buildTools(name, args)...)
	add(deployTools(name, args)...)
	if slices.ContainsFunc(args, func(a string) bool {
		return a == "--cov" || strings.HasPrefix(a, "--cov=") || strings.HasPrefix(a, "--coverage") || strings.HasPrefix(a, "-coverprofile") || a == "-cover" || strings.HasPrefix(a, "--code-coverage") || strings.HasPrefix(a, "--collect:")
	}) {
		add(CICoverage)
	}
	return out
}

// inContainer is the command that docker, podman or compose starts in a container;
// nil when the command starts none.
func inContainer(name string, args []string) []string {
	switch name {
	case "docker", "podman":
		if len(args) > 0 && args[0] == "compose" {
			args = args[1:]
		}
	case "docker-compose":
	default:
		return nil
	}
	i := slices.IndexFunc(args, func(a string) bool { return a == "run" || a == "exec" })
	if i < 0 {
		return nil
	}
	rest := args[i+1:]
	for len(rest) > 0 && strings.HasPrefix(rest[0], "-") {
		takes := !strings.Contains(rest[0], "=") && slices.Contains([]string{"-e", "--env", "-v", "--volume", "-w", "--workdir", "-u", "--user", "--name", "--network", "-p", "--entrypoint", "--env-file", "--mount", "--platform"}, rest[0])
		rest = rest[1:]
		if takes && len(rest) > 0 {
			rest = rest[1:]
		}
	}
	if len(rest) < 2 {
		return []string{}
	}
	return rest[1:]
}

// containerWork is what the image of a docker run is for, by its name.
func containerWork(args []string) []CIWorkKind {
	for i, a := range args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		image, _, _ := strings.Cut(path.Base(a), ":")
		switch image {
		case "trivy":
			if i+1 < len(args) {
				return byProgram("trivy", args[i+1:])
			}
		case "semgrep", "sonar-scanner-cli":
			return []CIWorkKind{CISAST}
		case "gitleaks", "trufflehog":
			return []CIWorkKind{CISecrets}
		case "k6", "locust", "artillery", "gatling":
			return []CIWorkKind{CILoadTest}
		case "grype", "clair":
			return []CIWorkKind{CIImageScan}
		case "osv-scanner", "dependency-check":
			return []CIWorkKind{CIDepAudit}
		case "hadolint":
			return []CIWorkKind{CILints}
		}
	}
	return nil
}

// programs are programs that do one thing whatever they are asked for.
var programs = map[string][]CIWorkKind{
	"pytest": {CITests}, "py.test": {CITests}, "jest": {CITests}, "vitest": {CITests}, "mocha": {CITests}, "ava": {CITests}, "tap": {CITests}, "karma": {CITests}, "unittest": {CITests}, "tox": {CITests}, "nox": {CITests},
	"rspec": {CITests}, "phpunit": {CITests}, "pest": {CITests}, "paratest": {CITests}, "ctest": {CITests}, "gotestsum": {CITests}, "ginkgo": {CITests}, "bats": {CITests}, "behave": {CITests}, "robot": {CITests},
	"start-server-and-test": {CITests}, "simple-phpunit": {CITests}, "nosetests": {CITests}, "wdio": {CITests}, "testcafe": {CITests}, "newman": {CITests}, "tavern-ci": {CITests}, "schemathesis": {CITests}, "molecule": {CITests}, "venom": {CITests}, "hurl": {CITests}, "chainsaw": {CITests}, "kuttl": {CITests},
	"nyc": {CICoverage}, "c8": {CICoverage}, "codecov": {CICoverage}, "coveralls": {CICoverage}, "lcov": {CICoverage}, "genhtml": {CICoverage}, "gcovr": {CICoverage}, "codeclimate-test-reporter": {CICoverage}, "cc-test-reporter": {CICoverage},
	"eslint": {CILints}, "flake8": {CILints}, "ruff": {CILints}, "black": {CILints}, "mypy": {CILints}, "pyright": {CILints}, "pylint": {CILints}, "golangci-lint": {CILints}, "staticcheck": {CILints}, "rubocop": {CILints}, "prettier": {CILints},
	"biome": {CILints}, "oxlint": {CILints}, "hadolint": {CILints}, "tsc": {CILints}, "phpstan": {CILints}, "shellcheck": {CILints}, "actionlint": {CILints}, "pre-commit": {CILints}, "tflint": {CILints}, "kubeconform": {CILints},
	"semgrep": {CISAST}, "bandit": {CISAST}, "gosec": {CISAST}, "brakeman": {CISAST}, "sonar-scanner": {CISAST}, "codeql": {CISAST}, "njsscan": {CISAST}, "horusec": {CISAST}, "bearer": {CISAST}, "psalm": {CILints}, "find-sec-bugs": {CISAST},
	"gitleaks": {CISecrets}, "trufflehog": {CISecrets}, "trufflehog3": {CISecrets}, "detect-secrets": {CISecrets}, "detect-secrets-hook": {CISecrets}, "ggshield": {CISecrets}, "git-secrets": {CISecrets}, "talisman": {CISecrets}, "whispers": {CISecrets},
	"pip-audit": {CIDepAudit}, "safety": {CIDepAudit}, "osv-scanner": {CIDepAudit}, "govulncheck": {CIDepAudit}, "nancy": {CIDepAudit}, "audit-ci": {CIDepAudit}, "better-npm-audit": {CIDepAudit}, "retire": {CIDepAudit}, "dependency-check": {CIDepAudit},
	"dependency-check.sh": {CIDepAudit}, "bundler-audit": {CIDepAudit}, "bundle-audit": {CIDepAudit}, "cargo-audit": {CIDepAudit}, "cargo-deny": {CIDepAudit}, "auditjs": {CIDepAudit}, "local-php-security-checker": {CIDepAudit},
	"k6": {CILoadTest}, "locust": {CILoadTest}, "artillery": {CILoadTest}, "lhci": {CILoadTest}, "lighthouse": {CILoadTest}, "wrk": {CILoadTest}, "vegeta": {CILoadTest}, "jmeter": {CILoadTest}, "autocannon": {CILoadTest}, "oha": {CILoadTest},
	"hyperfine": {CILoadTest}, "asv": {CILoadTest}, "gatling.sh": {CILoadTest}, "ghz": {CILoadTest}, "bencher": {CILoadTest}, "size-limit": {CILoadTest}, "benchstat": {CILoadTest},
	"kind": {CICluster}, "k3d": {CICluster}, "minikube": {CICluster}, "ct": {CITests}, "microk8s": {CICluster}, "talosctl": {CICluster},
	"twine": {CIPublish}, "goreleaser": {CIPublish}, "semantic-release": {CIPublish}, "release-it": {CIPublish}, "changeset": {CIPublish}, "mike": {CIPages}, "gh-pages": {CIPages}, "cr": {CIPublish},
	"kaniko": {CIImageBuild, CIImagePush}, "executor": {CIImageBuild, CIImagePush}, "ko": {CIImageBuild, CIImagePush}, "werf": {CIImageBuild, CIDeploy},
}

// byProgram is what a program does, and what those do that have several jobs.
func byProgram(name string, args []string) []CIWorkKind {
	has := func(w ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(w, a) })
	}
	if kinds, ok := programs[strings.ReplaceAll(name, "pip_audit", "pip-audit")]; ok {
		if has("--version", "--help", "install", "delete") && len(args) < 3 {
			return nil
		}
		return kinds
	}
	switch name {
	case "coverage":
		if has("run") {
			return []CIWorkKind{CITests, CICoverage}
		}
		return []CIWorkKind{CICoverage}
	case "playwright":
		if has("test") {
			return []CIWorkKind{CITests}
		}
	case "cypress":
		if has("run") {
			return []CIWorkKind{CITests}
		}
	case "trivy":
		if i := slices.IndexFunc(args, func(a string) bool {
			return slices.Contains([]string{"image", "i", "fs", "filesystem", "repo", "rootfs", "sbom", "config", "k8s"}, a)
		}); i >= 0 {
			kind := args[i]
			if kind == "i" {
				kind = "image"
			}
			return trivyWork(kind, "x", flagValue(args, "--scanners", "--security-checks"))
		}
	case "grype":
		if len(args) > 0 && (strings.HasPrefix(args[0], "dir:") || strings.HasPrefix(args[0], "sbom:") || args[0] == ".") {
			return []CIWorkKind{CIDepAudit}
		}
		return []CIWorkKind{CIImageScan}
	case "snyk":
		switch {
		case has("container"):
			return []CIWorkKind{CIImageScan}
		case has("code"):
			return []CIWorkKind{CISAST}
		case has("test", "monitor"):
			return []CIWorkKind{CIDepAudit}
		}
	case "curl", "wget", "http", "xh":
		if url := firstURL(args); url != "" && !strings.Contains(url, "localhost") && !strings.Contains(url, "127.0.0.1") && asksHealth(args, url) {
			return []CIWorkKind{CISmoke}
		}
	case "wait-on", "wait-for-it.sh", "dockerize":
		return []CIWorkKind{CISmoke}
	}
	base, _, dotted := strings.Cut(name, ".")
	if !dotted {
		return nil
	}
	if kinds := scriptWork(base); kinds != nil {
		return kinds
	}
	if has("test", "tests", "-test", "--test", "--tests", "-Test", "--run-tests") { // build.sh --test
		return []CIWorkKind{CITests}
	}
	return nil
}

// scriptWork is what a script is for, by its name.
func scriptWork(base string) []CIWorkKind {
	parts := strings.FieldsFunc(strings.ToLower(base), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	switch {
	case slices.Contains(parts, "smoke"), slices.Contains(parts, "healthcheck"), slices.Contains(parts, "verify") && slices.Contains(parts, "deploy"):
		return []CIWorkKind{CISmoke}
	case slices.Contains(parts, "rollback"):
		return []CIWorkKind{CIRollback}
	case slices.Contains(parts, "deploy"):
		return []CIWorkKind{CIDeploy}
	case slices.ContainsFunc(parts, func(p string) bool {
		return strings.HasPrefix(p, "test") || strings.HasSuffix(p, "test") || strings.HasSuffix(p, "tests") || p == "e2e"
	}):
		return []CIWorkKind{CITests}
	}
	return nil
}

func firstURL(args []string) string {
	for _, a := range args {
		if strings.Contains(a, "://") || strings.HasPrefix(a, "$") || strings.HasPrefix(a, "${") {
			return a
		}
	}
	return ""
}

// asksHealth says whether a request asks whether something answers, rather than to
// fetch or send something.
func asksHealth(args []string, url string) bool {
	for _, a := range args {
		switch a {
		case "-o", "-O", "--output", "-LO", "-sSLO", "-d", "--data", "-F", "--form", "-T", "--data-raw", "-L", "-sSL", "-fsSL", "-sL", "-sLO", "-SL":
			if !(a == "-o" && slices.Contains(args, "/dev/null")) {
				return strings.Contains(url, "health") || strings.Contains(url, "/ready")
			}
		case "-X", "--request":
			return slices.Contains(args, "GET") || slices.Contains(args, "HEAD")
		}
	}
	return !strings.Contains(url, "github") && !strings.Contains(url, "hooks.slack") && !strings.Contains(url, "raw.")
}

func flagValue(args []string, names ...string) string {
	for i, a := range args {
		for _, n := range names {
			if a == n && i+1 < len(args) {
				return args[i+1]
			}
			if v, ok := strings.CutPrefix(a, n+"="); ok {
				return v
			}
		}
	}
	return ""
}
