package containers

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/dockerfile"
)

// ImageTLSVerifyOff finds builds that talk to whoever answers.
var ImageTLSVerifyOff = check.PerProject(check.Doc{
	ID:         "containers/image-tls-verify-off",
	Title:      "Certificate checks switched off in the build",
	Severity:   finding.High,
	Confidence: finding.Sure,
	Hours:      0.3,
	Why:        "Whoever stands between the build and the server it fetches from decides what goes into the image. A variable set with ENV switches the checks off in production as well.",
	How:        "Remove the option. If the certificate is one of the company's own, copy its authority into the image and run update-ca-certificates, or name the file (NODE_EXTRA_CA_CERTS, PIP_CERT, GIT_SSL_CAINFO, curl --cacert).",
	Holds:      "Builds check certificates",
	References: []string{"https://curl.se/docs/sslcerts.html", "https://nodejs.org/api/cli.html#node_tls_reject_unauthorizedvalue", "https://pip.pypa.io/en/stable/topics/https-certificates/", "https://git-scm.com/docs/git-config"},
	Peers: []finding.Peer{
		check.Broader("checkov", "EnvGitSslNoVerify"), check.Broader("checkov", "EnvNodeTlsRejectUnauthorized"), check.Broader("checkov", "EnvNpmConfigStrictSsl"),
		check.Broader("checkov", "EnvPipTrustedHost"), check.Broader("checkov", "EnvPythonHttpsVerify"), check.Broader("checkov", "RunNpmConfigSetStrictSsl"),
		check.Broader("checkov", "RunPipTrustedHost"), check.Broader("checkov", "RunUnsafeCurl"), check.Broader("checkov", "RunUnsafeWget"),
		check.Broader("checkov", "RunYumConfigManagerSslVerify"),
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	for _, d := range deployedFiles(s) {
		for _, stage := range d.stages {
			judgeTLS(p, d.Dockerfile, stage)
		}
	}
})

func judgeTLS(p *check.Pass, d *repo.Dockerfile, stage *dockerfile.Stage) {
	for _, v := range slices.Concat(stage.Env(), stage.Args()) {
		if what := trustsAnyone(v.Name, v.Value); what != "" && v.HasValue {
			p.Report(d.At(v.Instruction.Span), "%s=%s: %s", v.Name, v.Value, what)
		}
	}
	for _, c := range steps(stage) {
		settings := c.Env
		if c.tool == "export" {
			settings = c.args
		}
		for _, setting := range settings {
			name, value, _ := strings.Cut(setting, "=")
			if what := trustsAnyone(name, value); what != "" {
				p.Report(d.At(c.Span), "%s: %s", name, what)
			}
		}
		if what := skipsCertificates(c); what != "" {
			p.Report(d.At(c.Span), "%s", what)
		}
	}
}

// trustsAnyone says what a variable of the environment switches off; "" for any
// other, and for one that leaves the checks on.
func trustsAnyone(name, value string) string {
	off := strings.EqualFold(value, "false") || value == "0"
	switch {
	case name == "NODE_TLS_REJECT_UNAUTHORIZED" && value == "0":
		return "Node accepts every certificate"
	case strings.EqualFold(name, "NPM_CONFIG_STRICT_SSL") && off:
		return "npm accepts every certificate"
	case strings.EqualFold(name, "YARN_ENABLE_STRICT_SSL") && off:
		return "Yarn accepts every certificate"
	case name == "PYTHONHTTPSVERIFY" && value == "0":
		return "Python accepts every certificate"
	case name == "GIT_SSL_NO_VERIFY" && value != "":
		return "git accepts every certificate, whatever the value is"
	case name == "PIP_TRUSTED_HOST" && value != "" && !isLocal(value):
		return "pip accepts every certificate of that host"
	case name == "CURL_INSECURE" && value == "1", name == "GOINSECURE" && value != "" && !isLocal(value):
		return "certificates of that host are not checked"
	case name == "CONDA_SSL_VERIFY" && off:
		return "conda accepts every certificate"
	}
	return ""
}

// skipsCertificates says which check the command leaves out; "" for none.
func skipsCertificates(c step) string {
	line := strings.ToLower(strings.Join(c.args, " "))
	switch c.tool {
	case "curl":
		if (c.option("--insecure", "--proxy-insecure") || c.short("k") && curlInsecure(c.args)) && !onlyLocal(c.args) {
			return "curl accepts every certificate (-k)"
		}
	case "wget":
		if c.has("--no-check-certificate") && !onlyLocal(c.args) {
			return "wget accepts every certificate (--no-check-certificate)"
		}
	case "pip", "pip3", "pipx", "python", "python3", "uv", "conda", "mamba":
		if host := valueOf(c.args, "--trusted-host", "--allow-insecure-host"); host != "" && !isLocal(host) {
			return "pip accepts every certificate of " + host + " (--trusted-host)"
		}
		if strings.Contains(line, "config") && strings.Contains(line, "ssl_verify") && (c.has("false", "False") || strings.HasSuffix(line, "no")) {
			return c.tool + " accepts every certificate (ssl_verify)"
		}
	case "npm", "yarn", "pnpm":
		if strings.Contains(line, "strict-ssl") && (strings.Contains(line, "strict-ssl false") || strings.Contains(line, "strict-ssl=false")) || c.has("--no-strict-ssl") {
			return c.tool + " accepts every certificate (strict-ssl)"
		}
	case "git":
		if strings.Contains(line, "http.sslverify false") || strings.Contains(line, "http.sslverify=false") || strings.Contains(line, "http.sslverify 0") {
			return "git accepts every certificate (http.sslVerify)"
		}
	case "yum-config-manager", "yum", "dnf", "microdnf", "tdnf":
		for _, a := range c.args {
			name, value, ok := strings.Cut(a[max(strings.Index(a, "=")+1, 0):], "=")
			if strings.HasPrefix(a, "--setopt=") && ok && (name == "sslverify" || strings.HasSuffix(name, ".sslverify")) && slices.Contains([]string{"0", "false", "no"}, strings.ToLower(strings.Trim(value, `"'`))) {
				return c.tool + " accepts every certificate (sslverify)"
			}
		}
	case "apt", "apt-get":
		if strings.Contains(line, "verify-peer=false") || strings.Contains(line, "verify-host=false") {
			return c.tool + " accepts every certificate (Verify-Peer)"
		}
	case "composer":
		if strings.Contains(line, "disable-tls true") || strings.Contains(line, "secure-http false") {
			return "composer fetches without TLS"
		}
	case "mvn", "mvnw":
		if strings.Contains(line, "wagon.http.ssl.insecure=true") {
			return "Maven accepts every certificate (wagon.http.ssl.insecure)"
		}
	}
	return ""
}

// curlInsecure says whether k is among curl's letters and not the value of one
// that takes what follows it, as in -ok.
func curlInsecure(args []string) bool {
	return slices.ContainsFunc(args, func(a string) bool {
		if len(a) < 2 || a[0] != '-' || a[1] == '-' {
			return false
		}
		for _, letter := range a[1:] {
			if letter == 'k' {
				return true
			}
			if strings.ContainsRune("oHXdAbcDeEFKmPQrtTuUwxyYzC", letter) {
				return false
			}
		}
		return false
	})
}

// onlyLocal says whether every address among the arguments is the build's own.
func onlyLocal(args []string) bool {
	found := false
	for _, a := range args {
		if strings.Contains(a, "://") || isLocal(a) {
			found = true
			_, host, ok := strings.Cut(a, "://")
			if !ok {
				host = a
			}
			if !isLocal(host) {
				return false
			}
		}
	}
	return found
}

func isLocal(host string) bool {
	return strings.HasPrefix(host, "localhost") || strings.HasPrefix(host, "127.") || strings.HasPrefix(host, "[::1]") || strings.HasPrefix(host, "host.docker.internal")
}

// valueOf is the value of the first of the options that is given, joined or apart.
func valueOf(args []string, options ...string) string {
	for i, a := range args {
		name, value, joined := strings.Cut(a, "=")
		if !slices.Contains(options, name) {
			continue
		}
		if !joined && i+1 < len(args) {
			value = args[i+1]
		}
		return value
	}
	return ""
}
