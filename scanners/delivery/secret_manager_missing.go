package delivery

import (
	"path"
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/secret"
)

// SecretManagerMissing finds systems whose secrets lie in files and settings that
// nobody rotates.
var SecretManagerMissing = check.PerProject(check.Doc{
	ID:         "delivery/secret-manager-missing",
	Title:      "No secret manager",
	Severity:   finding.Medium,
	Confidence: finding.Likely,
	Hours:      8,
	Why:        "Secrets in env files are copied to laptops and chats, nobody can say who has seen them, and changing one means editing every server. After a leak that takes days.",
	How:        "Keep secrets in one store that logs access and can rotate them: Vault, a cloud's secret manager, or SOPS and Sealed Secrets where they belong to the repository. Let services read them from there when they start.",
	Holds:      "Secrets come from a store",
	References: []string{"https://cheatsheetseries.owasp.org/cheatsheets/Secrets_Management_Cheat_Sheet.html", "https://external-secrets.io/latest/"},
}, func(p *check.Pass, s *repo.Snapshot) {
	if at, what, ok := secretStore(s); ok {
		p.Holds(at, "%s", what)
		return
	}
	if _, ok := operated(s); !ok || platform(s) != nil {
		return
	}
	var at []finding.Location
	var list []string
	for _, c := range ownComponents(s) {
		for _, d := range c.Deployments {
			if !isLive(d) {
				continue
			}
			for _, name := range d.EnvVars {
				if secret.Name(name) && !secret.Public(name) && !slices.Contains(list, name) {
					list = append(list, name)
				}
			}
			if len(list) > 0 {
				at = append(at, d.At())
			}
			if d.Compose != nil && len(at) == 0 {
				for _, e := range d.Compose.Spec.EnvFiles {
					at = append(at, s.Place(e.Path, e.Span))
				}
			}
		}
	}
	if len(list) == 0 { // those that an env file holds are known by who reads them
		for _, r := range s.EnvReads() {
			if r.File.Role == repo.Production && secret.Name(r.Name) && !r.Public && !slices.Contains(list, r.Name) {
				list = append(list, r.Name)
			}
		}
	}
	if len(at) > 0 && len(list) > 0 {
		p.Report(at[0], "%s %s from env files or settings, and no store keeps, rotates or logs them", names(list), word(len(list), "comes", "come")).With(at[1:min(len(at), 10)]...).Keyed("none")
	}
})

func word(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// storeKinds are objects that take secrets from a store, or keep them encrypted.
var storeKinds = map[string]string{
	"ExternalSecret": "external-secrets.io", "ClusterExternalSecret": "external-secrets.io", "SecretStore": "external-secrets.io", "ClusterSecretStore": "external-secrets.io", "SealedSecret": "bitnami.com",
	"SecretProviderClass": "secrets-store.csi.x-k8s.io", "VaultStaticSecret": "secrets.hashicorp.com", "VaultDynamicSecret": "secrets.hashicorp.com", "VaultAuth": "secrets.hashicorp.com",
	"InfisicalSecret": "secrets.infisical.com", "DopplerSecret": "secrets.doppler.com", "OnePasswordItem": "onepassword.com", "SopsSecret": "isindir.github.com",
}

// storePackages are the packages with which code reads a store.
var storePackages = []string{
	"hvac", "node-vault", "@aws-sdk/client-secrets-manager", "@google-cloud/secret-manager", "@azure/keyvault-secrets", "azure.keyvault", "google.cloud.secretmanager", "infisical", "github.com/hashicorp/vault/api", "secretsmanager", "spring-cloud-starter-vault-config",
}

// secretStore finds what keeps the project's secrets.
func secretStore(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, o := range s.KubeObjects() {
		group, _, _ := strings.Cut(o.APIVersion, "/")
		if want := storeKinds[o.Kind]; want != "" && strings.HasSuffix(group, want) && o.Role == repo.Production {
			return o.At(o.Node.Span), o.Kind + " " + o.Name + " takes secrets from a store", true
		}
	}
	for _, f := range s.Production() {
		switch name := f.Name(); {
		case name == ".sops.yaml" || name == ".sops.yml" || name == "doppler.yaml" || name == ".infisical.json" || name == "vault-config.hcl" || name == "credentials.yml.enc":
			return f.Start(), f.Path + " keeps secrets encrypted or in a store", true
		case (f.Lang == repo.YAML || path.Ext(name) == ".json" || path.Ext(name) == ".env") && f.Size < 256<<10 && f.Mentions("sops") && strings.Contains(string(f.Bytes()), "ENC["):
			return f.Start(), f.Path + " is encrypted with SOPS", true
		}
	}
	for _, m := range s.TerraformModules() {
		if m.Role != repo.Production {
			continue
		}
		list := m.ResourcesOf("aws_secretsmanager_secret", "aws_ssm_parameter", "google_secret_manager_secret", "azurerm_key_vault", "azurerm_key_vault_secret", "vault_kv_secret_v2", "vault_generic_secret")
		if len(list) > 0 {
			return list[0].At(list[0].Span), list[0].Address() + " keeps secrets", true
		}
		for _, d := range m.Data {
			if strings.Contains(d.Label(0), "secret") && !strings.HasPrefix(d.Label(0), "kubernetes") || d.Label(0) == "aws_ssm_parameter" {
				return d.At(d.Span), d.Address() + " reads a store of secrets", true
			}
		}
	}
	for _, project := range s.ComposeProjects() {
		for _, v := range project.Services() {
			if project.Env.Deployed() && (v.Image.Base() == "vault" || strings.HasPrefix(v.Image.Base(), "infisical")) {
				return s.Place(v.Key.Path, v.Key.Span), v.Name + " is a store of secrets", true
			}
		}
	}
	for _, src := range s.RunningSources("hvac", "vault", "secrets", "secretmanager", "keyvault", "infisical", "secretsmanager") {
		for _, e := range s.Graph().External(src.File) {
			if slices.ContainsFunc(storePackages, func(name string) bool { return e.Package == name || strings.HasPrefix(e.Package, name) }) {
				return src.Start(), src.Path + " reads a store of secrets with " + e.Package, true
			}
		}
		if src.Mentions("boto3") && says(src.File, `client("secretsmanager"`, `client('secretsmanager'`, `client(service_name="secretsmanager"`) {
			return src.Start(), src.Path + " reads AWS Secrets Manager", true
		}
	}
	for _, src := range s.GoSourcesMentioning("vault", "secretsmanager", "secretmanager", "azsecrets") {
		for _, e := range s.Graph().External(src.File) {
			if src.Role == repo.Production && (strings.Contains(e.Package, "hashicorp/vault/api") || strings.Contains(e.Package, "secretsmanager") || strings.Contains(e.Package, "secretmanager") || strings.Contains(e.Package, "azsecrets")) {
				return src.Start(), src.Path + " reads a store of secrets with " + e.Package, true
			}
		}
	}
	for _, cmd := range s.Commands() {
		if cmd.File.Role != repo.Production || isDevelopmentFile(cmd.File.Path) || len(cmd.Words) < 2 {
			continue
		}
		switch cmd.Name() {
		case "op":
			if cmd.Words[1] != "run" && cmd.Words[1] != "inject" && cmd.Words[1] != "read" {
				continue
			}
			fallthrough
		case "doppler", "infisical", "vault", "chamber", "sops", "teller", "envconsul":
			return cmd.At(), cmd.Name() + " hands secrets to what it starts", true
		}
	}
	for _, j := range s.CIJobs() {
		for _, step := range j.Job.Steps {
			name, _ := step.Action()
			switch strings.ToLower(name) {
			case "hashicorp/vault-action", "aws-actions/aws-secretsmanager-get-secrets", "google-github-actions/get-secretmanager-secrets", "dopplerhq/secrets-fetch-action", "infisical/secrets-action", "1password/load-secrets-action", "azure/get-keyvault-secrets":
				return j.Pipeline.At(step.UsesSpan), j.Job.ID + " takes secrets from a store", true
			}
		}
	}
	return finding.Location{}, "", false
}
