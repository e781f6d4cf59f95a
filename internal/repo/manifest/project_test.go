package manifest

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// said is what a manifest declares, a line a dependency, as the file writes it.
func said(t *testing.T, file, src string) string {
	t.Helper()
	p, err := ProjectKind(file)([]byte(src))
	if err != nil {
		t.Fatalf("%s: %v", file, err)
	}
	var b strings.Builder
	line := func(parts ...string) { b.WriteString(strings.TrimSpace(strings.Join(parts, " ")) + "\n") }
	line(string(p.Ecosystem), p.Name.Value, p.Version.Value, "runtime="+p.Runtime.Value)
	if p.Application {
		line("application")
	}
	for _, d := range p.Dependencies {
		if !strings.Contains(src[d.Span.Start:d.Span.End], d.Name[strings.LastIndexByte(d.Name, ':')+1:]) {
			t.Errorf("%s: the span of %s holds %q", file, d.Name, src[d.Span.Start:d.Span.End])
		}
		line(d.Name, d.Spec, string(d.Group))
	}
	for _, m := range p.Members {
		line("member", m.Value)
	}
	for _, s := range p.Scripts {
		line("script", s.Name)
	}
	return b.String()
}

func TestManifestsOfOtherEcosystems(t *testing.T) {
	for _, c := range []struct{ file, src, want string }{
		{"pom.xml", `<?xml version="1.0"?><project><parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.1</version></parent>
<artifactId>shop</artifactId><version>1.0</version><properties><java.version>21</java.version><pg.version>42.7</pg.version></properties>
<!-- <dependency><artifactId>gone</artifactId></dependency> -->
<modules><module>api</module></modules>
<dependencies><dependency><groupId>org.postgresql</groupId><artifactId>postgresql</artifactId><version>${pg.version}</version></dependency>
<dependency><groupId>org.junit.jupiter</groupId><artifactId>junit-jupiter</artifactId><scope>test</scope></dependency></dependencies>
<build><plugins><plugin><artifactId>spring-boot-maven-plugin</artifactId></plugin></plugins></build></project>`,
			"maven shop 1.0 runtime=21\napplication\norg.springframework.boot:spring-boot-starter-parent 3.3.1\norg.postgresql:postgresql 42.7\norg.junit.jupiter:junit-jupiter  dev\nmember api\n"},
		{"build.gradle.kts", `plugins {
    id("org.springframework.boot") version "3.2.0" // id("gone") version "1"
    kotlin("jvm") version "1.9.0"
}
/* implementation("also:gone:1") */
dependencies {
    implementation("io.ktor:ktor-server-core:2.3.0")
    testImplementation("org.junit.jupiter:junit-jupiter:$junit")
    implementation(project(":core"))
}
`, "maven   runtime=\napplication\norg.springframework.boot 3.2.0 dev\njvm 1.9.0 dev\nio.ktor:ktor-server-core 2.3.0\norg.junit.jupiter:junit-jupiter  dev\n"},
		{"api.csproj", `<Project Sdk="Microsoft.NET.Sdk.Web"><PropertyGroup><TargetFramework>net8.0</TargetFramework></PropertyGroup>
<ItemGroup><PackageReference Include="Npgsql" Version="8.0.1" /><ProjectReference Include="..\Core\Core.csproj" /></ItemGroup></Project>`,
			"nuget   runtime=net8.0\napplication\nNpgsql 8.0.1\nmember ../Core/Core.csproj\n"},
		{"Gemfile", "source 'https://rubygems.org'\nruby '3.3.0'\ngem 'rails', '~> 7.1' # gem 'gone'\ngem \"pg\"\ngroup :development, :test do\n  gem 'rspec-rails'\nend\ngem 'puma', '>= 5.0'\ngem 'debug', group: :test\n",
			"rubygems   runtime=3.3.0\napplication\nrails ~> 7.1\npg\nrspec-rails  dev\npuma >= 5.0\ndebug  dev\n"},
		{"composer.json", `{"name":"a/b","type":"project","require":{"php":"^8.2","laravel/framework":"^11.0"},"require-dev":{"phpunit/phpunit":"^11"},"scripts":{"test":"phpunit"}}`,
			"packagist a/b  runtime=^8.2\napplication\nlaravel/framework ^11.0\nphpunit/phpunit ^11 dev\nscript test\n"},
		{"Cargo.toml", "[package]\nname = \"x\"\nversion = \"0.1.0\"\nrust-version = \"1.75\"\n[[bin]]\nname = \"x\"\n[dependencies]\naxum = \"0.7\"\ntokio = { version = \"1\", features = [\"full\"] }\n[dev-dependencies]\nproptest = \"1\"\n[workspace]\nmembers = [\"crates/*\"]\n",
			"crates x 0.1.0 runtime=1.75\napplication\naxum 0.7\ntokio 1\nproptest 1 dev\nmember crates/*\n"},
	} {
		if diff := cmp.Diff(c.want, said(t, c.file, c.src)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", c.file, diff)
		}
	}
}

func TestBrokenManifestsSayWhere(t *testing.T) {
	for file, src := range map[string]string{
		"pom.xml": "<project>\n<a>\n</b></project>", "composer.json": "{\n\"a\" 1}", "Cargo.toml": "[package]\nname = \n", "x.csproj": "no xml",
	} {
		if _, err := ProjectKind(file)([]byte(src)); err == nil || !strings.HasPrefix(err.Error(), "line ") {
			t.Errorf("%s: error %v names no line", file, err)
		}
	}
	deep := strings.Repeat("<a>", 100_000)
	if _, err := ParsePOM([]byte(deep)); err == nil {
		t.Error("a document without end was read")
	}
}

func FuzzProjects(f *testing.F) {
	f.Add("pom.xml", []byte("<project><dependencies><dependency><groupId>a</groupId><artifactId>b</artifactId></dependency></dependencies></project>"))
	f.Add("build.gradle", []byte("implementation 'a:b:1'\n/* */ id \"x\" version '1'\n"))
	f.Add("Gemfile", []byte("gem 'a', '1'\ngroup :test do\ngem \"b\\\"\nend\n"))
	f.Add("composer.json", []byte(`{"require":{"a/b":"1"}}`))
	f.Add("Cargo.toml", []byte("[dependencies]\na = {version = \"1\"}\n"))
	f.Add("a.csproj", []byte(`<Project><ItemGroup><PackageReference Include="a"><Version>1</Version></PackageReference></ItemGroup></Project>`))
	f.Fuzz(func(t *testing.T, file string, src []byte) {
		parse := ProjectKind(file)
		if parse == nil {
			return
		}
		p, _ := parse(src)
		if p == nil {
			return
		}
		for _, d := range p.Dependencies {
			for _, s := range [][2]int{{d.Span.Start, d.Span.End}, {d.NameSpan.Start, d.NameSpan.End}, {d.SpecSpan.Start, d.SpecSpan.End}} {
				if s[0] < 0 || s[1] < s[0] || s[1] > len(src) {
					t.Fatalf("%s: span %v of %d bytes", file, s, len(src))
				}
			}
		}
		for _, m := range append(p.Members, p.Name, p.Version, p.Runtime) {
			if m.Span.Start < 0 || m.Span.End < m.Span.Start || m.Span.End > len(src) {
				t.Fatalf("%s: span %v of %d bytes", file, m.Span, len(src))
			}
		}
	})
}
