package repo

import (
	"slices"
	"strings"

	"drydock/internal/repo/actions"
)

// actionWork is what actions are for, by the beginning of their names. The longest
// beginning counts.
var actionWork = map[string][]CIWorkKind{
	"cypress-io/github-action": {CITests}, "microsoft/playwright-github-action": {CITests}, "coactions/setup-xvfb": {CITests}, "chromaui/action": {CITests},
	"helm/chart-testing-action": {CITests}, "scalameta/metals": {CITests}, "wagoid/commitlint-github-action": {CILints},

	"codecov/codecov-action": {CICoverage}, "coverallsapp/github-action": {CICoverage}, "codacy/codacy-coverage-reporter-action": {CICoverage}, "paambaati/codeclimate-action": {CICoverage},
	"romeovs/lcov-reporter-action": {CICoverage}, "py-cov-action/": {CICoverage}, "madrapps/jacoco-report": {CICoverage}, "irongut/codecoveragesummary": {CICoverage},
	"davelosert/vitest-coverage-report-action": {CICoverage}, "artiomtr/jest-coverage-report-action": {CICoverage}, "qltysh/qlty-action/coverage": {CICoverage}, "orgoro/coverage": {CICoverage},

	"golangci/golangci-lint-action": {CILints}, "pre-commit/action": {CILints}, "super-linter/super-linter": {CILints}, "github/super-linter": {CILints}, "oxsecurity/megalinter": {CILints},
	"hadolint/hadolint-action": {CILints}, "astral-sh/ruff-action": {CILints}, "psf/black": {CILints}, "chartboost/ruff-action": {CILints}, "reviewdog/": {CILints}, "biomejs/setup-biome": {CILints},

	"github/codeql-action/analyze": {CISAST}, "github/codeql-action/init": {CISAST}, "returntocorp/semgrep-action": {CISAST}, "semgrep/semgrep-action": {CISAST}, "sonarsource/": {CISAST},
	"securego/gosec": {CISAST}, "pycqa/bandit-action": {CISAST}, "shundor/python-bandit-scan": {CISAST}, "microsoft/devskim-action": {CISAST}, "ajinabraham/njsscan-action": {CISAST},
	"checkmarx/": {CISAST}, "veracode/": {CISAST}, "snyk/actions": {CIDepAudit}, "snyk/actions/docker": {CIImageScan}, "horusec": {CISAST}, "shiftleftsecurity/scan-action": {CISAST},
	"microsoft/security-devops-action": {CISAST}, "psalm/psalm-github-security-scan": {CISAST}, "bearer/bearer-action": {CISAST}, "datadog/datadog-static-analyzer-github-action": {CISAST},

	"gitleaks/gitleaks-action": {CISecrets}, "zricethezav/gitleaks-action": {CISecrets}, "trufflesecurity/trufflehog": {CISecrets}, "edplato/trufflehog-actions-scan": {CISecrets},
	"gitguardian/ggshield-action": {CISecrets}, "gitguardian/ggshield": {CISecrets}, "yelp/detect-secrets": {CISecrets}, "reviewdog/action-detect-secrets": {CISecrets},

	"actions/dependency-review-action": {CIDepAudit}, "google/osv-scanner-action": {CIDepAudit}, "pypa/gh-action-pip-audit": {CIDepAudit}, "golang/govulncheck-action": {CIDepAudit},
	"rustsec/audit-check": {CIDepAudit}, "actions-rs/audit-check": {CIDepAudit}, "actions-rust-lang/audit": {CIDepAudit}, "embarkstudios/cargo-deny-action": {CIDepAudit},
	"dependency-check/": {CIDepAudit}, "pyupio/safety-action": {CIDepAudit}, "fossas/fossa-action": {CIDepAudit}, "symfonycorp/security-checker-action": {CIDepAudit}, "oke-py/npm-audit-action": {CIDepAudit},
	"sonatype-nexus-community/": {CIDepAudit}, "socketdev/": {CIDepAudit}, "jfrog/frogbot": {CIDepAudit}, "mend/": {CIDepAudit}, "endorlabs/github-action": {CIDepAudit},

	"docker/scout-action": {CIImageScan}, "azure/container-scan": {CIImageScan}, "crazy-max/ghaction-container-scan": {CIImageScan}, "sysdiglabs/scan-action": {CIImageScan},
	"anchore/scan-action": {CIImageScan}, "phonito/phonito-scanner-action": {CIImageScan}, "aquasecurity/trivy-action": {CIImageScan}, "lacework/lw-scanner-action": {CIImageScan}, "wizsec": {CIImageScan},
	"snyk/actions/setup": {},

	"grafana/k6-action": {CILoadTest}, "grafana/run-k6-action": {CILoadTest}, "treosh/lighthouse-ci-action": {CILoadTest}, "foo-software/lighthouse-check-action": {CILoadTest},
	"benchmark-action/github-action-benchmark": {CILoadTest}, "codspeedhq/action": {CILoadTest}, "artilleryio/action-cli": {CILoadTest}, "gatling/enterprise-action": {CILoadTest}, "calibreapp/github-action": {CILoadTest},
	"bencherdev/bencher": {CILoadTest}, "apache/jmeter": {CILoadTest}, "preactjs/compressed-size-action": {CILoadTest},

	"docker/build-push-action": {CIImageBuild}, "docker/bake-action": {CIImageBuild}, "depot/build-push-action": {CIImageBuild}, "depot/bake-action": {CIImageBuild}, "useblacksmith/build-push-action": {CIImageBuild},
	"redhat-actions/buildah-build": {CIImageBuild}, "redhat-actions/push-to-registry": {CIImagePush}, "elgohr/publish-docker-github-action": {CIImageBuild, CIImagePush},
	"mr-smithers-excellent/docker-build-push": {CIImageBuild, CIImagePush}, "whoan/docker-build-with-cache-action": {CIImageBuild, CIImagePush}, "aevea/action-kaniko": {CIImageBuild, CIImagePush},
	"docker/github-builder": {CIImageBuild, CIImagePush},

	"softprops/action-gh-release": {CIPublish}, "actions/create-release": {CIPublish}, "ncipollo/release-action": {CIPublish}, "goreleaser/goreleaser-action": {CIPublish}, "pypa/gh-action-pypi-publish": {CIPublish},
	"changesets/action": {CIPublish}, "cycjimmy/semantic-release-action": {CIPublish}, "google-github-actions/release-please-action": {CIPublish}, "googleapis/release-please-action": {CIPublish},
	"js-devtools/npm-publish": {CIPublish}, "helm/chart-releaser-action": {CIPublish}, "release-drafter/release-drafter": {}, "katyo/publish-crates": {CIPublish},

	"actions/deploy-pages": {CIPages}, "peaceiris/actions-gh-pages": {CIPages}, "jamesives/github-pages-deploy-action": {CIPages}, "crazy-max/ghaction-github-pages": {CIPages}, "mhausenblas/mkdocs-deploy-gh-pages": {CIPages},

	"appleboy/ssh-action": {CIDeploy}, "appleboy/scp-action": {CIDeploy}, "easingthemes/ssh-deploy": {CIDeploy}, "burnett01/rsync-deployments": {CIDeploy}, "samkirkland/ftp-deploy-action": {CIDeploy},
	"aws-actions/amazon-ecs-deploy-task-definition": {CIDeploy}, "aws-actions/aws-lambda-deploy": {CIDeploy}, "einaregilsson/beanstalk-deploy": {CIDeploy}, "aws-actions/aws-cloudformation-github-deploy": {CIDeploy},
	"azure/webapps-deploy": {CIDeploy}, "azure/k8s-deploy": {CIDeploy}, "azure/functions-action": {CIDeploy}, "azure/static-web-apps-deploy": {CIDeploy}, "azure/container-apps-deploy-action": {CIDeploy}, "azure/aci-deploy": {CIDeploy},
	"google-github-actions/deploy-cloudrun": {CIDeploy}, "google-github-actions/deploy-appengine": {CIDeploy}, "google-github-actions/deploy-cloud-functions": {CIDeploy},
	"amondnet/vercel-action": {CIDeploy}, "nwtgck/actions-netlify": {CIDeploy}, "netlify/actions": {CIDeploy}, "cloudflare/pages-action": {CIDeploy}, "cloudflare/wrangler-action": {CIDeploy},
	"akhileshns/heroku-deploy": {CIDeploy}, "firebaseextended/action-hosting-deploy": {CIDeploy}, "digitalocean/app_action": {CIDeploy}, "bervproject/railway-deploy": {CIDeploy}, "superfly/fly-pr-review-apps": {CIDeploy},
	"johnbeynon/render-deploy-action": {CIDeploy}, "render-oss/": {CIDeploy}, "deployphp/action": {CIDeploy}, "pulumi/actions": {CIDeploy}, "stefanprodan/": {}, "d3adb5/helm-unittest-action": {CITests}, "bitovi/github-actions-deploy": {CIDeploy},
	"steebchen/kubectl": {CIDeploy}, "koslib/helm-eks-action": {CIDeploy}, "deliverybot/helm": {CIDeploy}, "helmfile/helmfile-action": {CIDeploy}, "deliveroo/": {CIDeploy}, "porter-dev/": {CIDeploy}, "coollabsio/": {CIDeploy},

	"slackapi/slack-github-action": {CINotify}, "8398a7/action-slack": {CINotify}, "rtcamp/action-slack-notify": {CINotify}, "sarisia/actions-status-discord": {CINotify}, "ravsamhq/notify-slack-action": {CINotify},
	"helm/kind-action": {CICluster}, "engineerd/setup-kind": {CICluster}, "medyagh/setup-minikube": {CICluster}, "manusa/actions-setup-minikube": {CICluster}, "abhinavsingh/setup-k3d": {CICluster},
	"jupyterhub/action-k3s-helm": {CICluster}, "nolar/setup-k3d-k3s": {CICluster}, "debianmaster/actions-k3s": {CICluster}, "container-tools/kind-action": {CICluster}, "rinx/setup-k3d": {CICluster},
	"jtalk/url-health-check-action": {CISmoke}, "nev7n/wait_for_response": {CISmoke}, "ifaxity/wait-on-action": {},
}

// workOfAction is what an action or called workflow does, by its name and inputs.
func workOfAction(uses string, input func(string) string) []CIWorkKind {
	u := actions.ParseUses(uses)
	name := u.Name()
	if name == "" {
		return nil
	}
	var found []CIWorkKind
	longest := 0
	for prefix, kinds := range actionWork {
		if strings.HasPrefix(name, prefix) && len(prefix) > longest {
			found, longest = kinds, len(prefix)
		}
	}
	switch {
	case name == "aquasecurity/trivy-action":
		return trivyWork(input("scan-type"), input("image-ref")+input("input"), input("scanners"))
	case name == "anchore/scan-action" && (input("path") != "" || input("sbom") != ""):
		return []CIWorkKind{CIDepAudit}
	case slices.Contains(found, CIImageBuild) && len(found) == 1:
		if p := input("push"); p != "" && p != "false" || strings.Contains(input("outputs"), "push=true") || strings.Contains(input("outputs"), "type=registry") {
			return []CIWorkKind{CIImageBuild, CIImagePush}
		}
	case input("wait-for-service-stability") == "true":
		return append(slices.Clone(found), CISmoke)
	case name == "cloudflare/wrangler-action" && input("command") != "" && !strings.Contains(input("command"), "deploy") && !strings.Contains(input("command"), "publish"):
		return nil
	case name == "pulumi/actions" && input("command") != "up":
		return nil
	case strings.HasPrefix(name, "semgrep/"), strings.Contains(name, "codeql") && !strings.HasPrefix(name, "github/codeql-action/"):
		return []CIWorkKind{CISAST}
	case longest == 0 && strings.Contains(name, "release") && !strings.Contains(name, "drafter"):
		return []CIWorkKind{CIPublish}
	case longest == 0 && strings.HasSuffix(name, "-deploy"), longest == 0 && strings.Contains(name, "/deploy-") && !strings.Contains(name, "pages"):
		return []CIWorkKind{CIDeploy}
	}
	return slices.Clone(found)
}

// trivyWork is what trivy looks for: in images packages, in trees packages and
// secrets, unless it is told what to scan for.
func trivyWork(kind, image, scanners string) []CIWorkKind {
	wants := func(w string) bool { return scanners == "" || strings.Contains(scanners, w) }
	switch kind {
	case "fs", "filesystem", "repo", "repository", "rootfs", "sbom":
		var out []CIWorkKind
		if wants("vuln") {
			out = append(out, CIDepAudit)
		}
		if wants("secret") {
			out = append(out, CISecrets)
		}
		return out
	case "config", "misconfig", "k8s":
		return nil
	}
	if image != "" || kind == "image" {
		return []CIWorkKind{CIImageScan}
	}
	return nil
}

// withoutRef is a uses: without its version.
func withoutRef(uses string) string {
	name, _, _ := strings.Cut(uses, "@")
	return name
}
