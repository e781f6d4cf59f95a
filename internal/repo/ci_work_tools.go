package repo

import (
	"slices"
	"strings"
)

// buildTools is what tools with many commands are asked for.
func buildTools(name string, args []string) []CIWorkKind {
	first := ""
	for _, a := range args {
		if !strings.HasPrefix(a, "-") {
			first = a
			break
		}
	}
	has := func(w ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(w, a) })
	}
	switch name {
	case "npm", "pnpm", "yarn", "bun":
		switch {
		case first == "audit", name == "yarn" && first == "npm" && has("audit"):
			return []CIWorkKind{CIDepAudit}
		case first == "test" && name == "bun":
			return []CIWorkKind{CITests}
		case first == "publish", name == "yarn" && first == "npm" && has("publish"):
			return []CIWorkKind{CIPublish}
		}
	case "go":
		switch {
		case first == "test" && slices.ContainsFunc(args, func(a string) bool { return strings.HasPrefix(a, "-bench") }):
			return []CIWorkKind{CILoadTest, CITests}
		case first == "test":
			return []CIWorkKind{CITests}
		case first == "vet":
			return []CIWorkKind{CILints}
		case first == "run" && slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "govulncheck") }):
			return []CIWorkKind{CIDepAudit}
		}
	case "cargo":
		switch first {
		case "test", "nextest":
			return []CIWorkKind{CITests}
		case "clippy", "fmt":
			return []CIWorkKind{CILints}
		case "audit", "deny":
			return []CIWorkKind{CIDepAudit}
		case "tarpaulin", "llvm-cov":
			return []CIWorkKind{CITests, CICoverage}
		case "bench":
			return []CIWorkKind{CILoadTest}
		case "publish":
			return []CIWorkKind{CIPublish}
		}
	case "mvn", "mvnw", "maven":
		return mavenWork(args)
	case "gradle", "gradlew", "gradlew.bat":
		return gradleWork(args)
	case "dotnet":
		switch {
		case first == "test":
			return []CIWorkKind{CITests}
		case first == "list" && has("--vulnerable"):
			return []CIWorkKind{CIDepAudit}
		case first == "nuget" && has("push"):
			return []CIWorkKind{CIPublish}
		}
	case "deno":
		if first == "test" {
			return []CIWorkKind{CITests}
		}
	case "node", "tsx", "ts-node":
		if has("--test") {
			return []CIWorkKind{CITests}
		}
	case "python", "python3":
		if slices.ContainsFunc(args, func(a string) bool { return strings.HasSuffix(a, "manage.py") }) && has("test") || has("runtests.py", "./runtests.py") {
			return []CIWorkKind{CITests}
		}
	case "manage.py", "rails", "rake", "mix", "swift", "flutter", "dart", "hatch", "bazel", "bazelisk", "sbt", "lein", "stack", "zig", "forge", "artisan", "pants":
		if has("test", "spec", "test:cov", "test:all") {
			return []CIWorkKind{CITests}
		}
	case "php":
		if has("artisan") && has("test") || slices.ContainsFunc(args, func(a string) bool { return strings.HasSuffix(a, "phpunit") || strings.HasSuffix(a, "pest") }) {
			return []CIWorkKind{CITests}
		}
	case "composer":
		switch {
		case first == "audit":
			return []CIWorkKind{CIDepAudit}
		case strings.HasPrefix(first, "test"):
			return []CIWorkKind{CITests}
		}
	case "bundle":
		if has("audit", "bundle-audit", "bundler-audit") {
			return []CIWorkKind{CIDepAudit}
		}
		if first == "exec" && len(args) > 1 {
			return commandWork(args[1:], 1)
		}
	case "turbo", "nx", "lerna", "moon", "rush", "wireit", "ng", "vue-cli-service", "react-scripts", "craco":
		for _, a := range args {
			for part := range strings.SplitSeq(a, ",") {
				switch part, _, _ := strings.Cut(part, ":"); part {
				case "test", "e2e", "unit":
					return []CIWorkKind{CITests}
				case "lint":
					return []CIWorkKind{CILints}
				}
			}
		}
	case "earthly":
		if slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "+test") }) {
			return []CIWorkKind{CITests}
		}
	case "poetry", "uv":
		switch {
		case first == "publish":
			return []CIWorkKind{CIPublish}
		case first == "audit":
			return []CIWorkKind{CIDepAudit}
		}
	case "gh":
		if first == "release" && has("create", "upload") {
			return []CIWorkKind{CIPublish}
		}
	}
	return nil
}

func mavenWork(args []string) []CIWorkKind {
	skips := slices.ContainsFunc(args, func(a string) bool {
		return strings.HasPrefix(a, "-DskipTests") && a != "-DskipTests=false" || strings.HasPrefix(a, "-Dmaven.test.skip") && a != "-Dmaven.test.skip=false" || a == "-Pquick"
	})
	var out []CIWorkKind
	for _, a := range args {
		switch {
		case (a == "test" || a == "verify" || a == "install" || a == "package" || a == "integration-test" || a == "deploy") && !skips:
			out = append(out, CITests)
		case strings.HasPrefix(a, "sonar:"), strings.Contains(a, "sonar-maven-plugin"):
			out = append(out, CISAST)
		case strings.Contains(a, "dependency-check"):
			out = append(out, CIDepAudit)
		case strings.Contains(a, "jacoco"):
			out = append(out, CICoverage)
		case strings.Contains(a, "jib:build"), strings.Contains(a, "jib-maven-plugin") && strings.HasSuffix(a, ":build"):
			out = append(out, CIImageBuild, CIImagePush)
		case strings.Contains(a, "build-image"), strings.Contains(a, "jib:dockerBuild"):
			out = append(out, CIImageBuild)
		}
		if a == "deploy" {
			out = append(out, CIPublish)
		}
	}
	return out
}

func gradleWork(args []string) []CIWorkKind {
	skips := false
	for i, a := range args {
		skips = skips || a == "-x" && i+1 < len(args) && (args[i+1] == "test" || args[i+1] == "check")
	}
	var out []CIWorkKind
	for _, a := range args {
		task := strings.ToLower(a[strings.LastIndexByte(a, ':')+1:])
		switch {
		case (task == "build" || task == "check" || strings.HasSuffix(task, "test") || strings.HasSuffix(task, "tests")) && !skips && !strings.HasPrefix(a, "-"):
			out = append(out, CITests)
		case task == "sonar", task == "sonarqube":
			out = append(out, CISAST)
		case strings.HasPrefix(task, "dependencycheck"):
			out = append(out, CIDepAudit)
		case strings.Contains(task, "jacoco"), strings.HasPrefix(task, "kover"):
			out = append(out, CICoverage)
		case task == "jib":
			out = append(out, CIImageBuild, CIImagePush)
		case task == "bootbuildimage", task == "jibdockerbuild":
			out = append(out, CIImageBuild)
		case strings.HasPrefix(task, "publish"):
			out = append(out, CIPublish)
		}
	}
	return out
}

// deployTools is what tools that bring things to servers and registries are asked
// for.
func deployTools(name string, args []string) []CIWorkKind {
	first, second := "", ""
	for _, a := range args {
		if strings.HasPrefix(a, "-") {
			continue
		}
		if first == "" {
			first = a
		} else if second == "" {
			second = a
		}
	}
	has := func(w ...string) bool {
		return slices.ContainsFunc(args, func(a string) bool { return slices.Contains(w, a) })
	}
	deploys := func(is bool) []CIWorkKind {
		if is {
			return []CIWorkKind{CIDeploy}
		}
		return nil
	}
	switch name {
	case "docker", "podman", "buildah", "docker-compose", "nerdctl":
		switch {
		case has("scout") && has("cves", "quickview"), has("scan"):
			return []CIWorkKind{CIImageScan}
		case has("stack") && has("deploy"):
			return []CIWorkKind{CIDeploy}
		case has("build", "bud", "bake") && !slices.Contains(args, "prune"):
			if has("--push") || slices.ContainsFunc(args, func(a string) bool { return strings.Contains(a, "push=true") || strings.Contains(a, "type=registry") }) {
				return []CIWorkKind{CIImageBuild, CIImagePush}
			}
			return []CIWorkKind{CIImageBuild}
		case has("push"):
			return []CIWorkKind{CIImagePush}
		case name != "buildah" && has("up") && slices.ContainsFunc(args, func(a string) bool { return a == "--context" || a == "-H" || strings.HasPrefix(a, "--context=") }):
			return []CIWorkKind{CIDeploy}
		}
	case "skopeo", "crane", "regctl":
		if has("copy", "push", "cp") {
			return []CIWorkKind{CIImagePush}
		}
	case "pack":
		if has("build") && has("--publish") {
			return []CIWorkKind{CIImageBuild, CIImagePush}
		}
	case "kubectl", "oc", "k":
		switch {
		case first == "rollout" && second == "undo":
			return []CIWorkKind{CIRollback}
		case first == "rollout" && second == "status", first == "wait":
			return []CIWorkKind{CISmoke}
		case has("--dry-run", "--dry-run=client", "--dry-run=server"):
			return nil
		case slices.Contains([]string{"apply", "set", "replace", "patch", "create", "rollout"}, first):
			return deploys(second != "secret" && second != "namespace" && second != "ns")
		}
	case "helm":
		switch first {
		case "upgrade", "install":
			if has("--dry-run") {
				return nil
			}
			if has("--atomic", "--wait", "--rollback-on-failure") {
				out := []CIWorkKind{CIDeploy, CISmoke}
				if has("--atomic", "--rollback-on-failure") {
					out = append(out, CIRollback)
				}
				return out
			}
			return []CIWorkKind{CIDeploy}
		case "rollback":
			return []CIWorkKind{CIRollback}
		case "test":
			return []CIWorkKind{CISmoke}
		case "push":
			return []CIWorkKind{CIPublish}
		}
	case "helmfile":
		return deploys(has("apply", "sync"))
	case "rsync":
		return deploys(slices.ContainsFunc(args, func(a string) bool {
			return strings.Contains(a, ":") && !strings.HasPrefix(a, "-") && !strings.Contains(a, "://")
		}))
	case "scp", "ssh":
		return deploys(len(args) > 1)
	case "vercel", "now":
		return deploys(first == "deploy" || first == "" || has("--prod") || first == "promote")
	case "flyctl", "fly":
		if first == "deploy" && !has("--detach") { // it waits until the new machines are healthy
			return []CIWorkKind{CIDeploy, CISmoke}
		}
		return deploys(first == "deploy")
	case "netlify", "eb", "sam", "cdk", "serverless", "sls", "firebase", "kamal", "wrangler", "copilot", "fastly", "sst", "dokku", "convox", "capistrano", "dep", "mina", "modal", "shuttle", "deployctl", "caprover":
		return deploys(has("deploy", "publish", "production", "redeploy"))
	case "cap":
		return deploys(has("deploy"))
	case "railway":
		return deploys(first == "up" || first == "redeploy")
	case "heroku":
		return deploys(strings.HasPrefix(first, "container:release") || first == "deploy")
	case "git":
		return deploys(first == "push" && (second == "heroku" || second == "dokku" || second == "production"))
	case "gcloud":
		return deploys(has("deploy") && has("run", "app", "functions") || has("rollouts", "releases") && has("create"))
	case "az":
		switch {
		case has("acr") && has("build"):
			return []CIWorkKind{CIImageBuild, CIImagePush}
		}
		return deploys(has("webapp", "containerapp", "functionapp", "aks", "container", "deployment") && has("deploy", "update", "create", "up", "restart"))
	case "aws":
		switch {
		case has("wait"):
			return []CIWorkKind{CISmoke}
		}
		return deploys(has("update-service", "update-function-code", "create-deployment", "update-stack", "deploy", "update-environment", "start-deployment", "create-invalidation"))
	case "terraform", "tofu", "terragrunt":
		return deploys(has("apply"))
	case "pulumi":
		return deploys(first == "up")
	case "ansible-playbook":
		return deploys(!has("--syntax-check") && !has("--check"))
	case "argocd":
		return deploys(first == "app" && (second == "sync" || second == "set"))
	case "flux":
		return deploys(first == "reconcile")
	case "kustomize":
		return deploys(first == "edit" && second == "set")
	case "skaffold":
		return deploys(first == "run" || first == "deploy")
	case "nomad":
		return deploys(first == "job" && second == "run" || first == "run")
	case "mkdocs":
		if first == "gh-deploy" {
			return []CIWorkKind{CIPages}
		}
	}
	return nil
}
