package terraform

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"drydock/internal/finding"
)

const sample = "\ufeff" + `# c
variable "region" { default = "eu-west-1" }
resource "aws_s3_bucket" "logs" {
  bucket = "${var.name}-logs"
  acl    = ("private")
  count  = -1
  tags = {
    Name     = local.tags["a"].x
    "k-${x}" = 1
    (y)      = 2
    "lit"    = null
  }
  ids     = [for s in aws_subnet.all : s.id if s.up]
  policy  = jsonencode({ a = true })
  many    = aws_vpc.a.id == "x" || !var.b && 1 + 2 + 3 > 2
  legacy  = a.0.b
  idx     = a[0][b.c]
  splat   = a.*.id
  text    = <<-EOT
    line 1
    line 2
  EOT
  cidrs = ["0.0.0.0/0", "10.0.0.0/8"]
  dynamic "rule" {
    for_each = var.rules
    content { port = 22 }
  }
  rule { port = 443 }
}
`

func text(v *Value) string {
	if v == nil {
		return "-"
	}
	out := fmt.Sprint(map[Kind]string{Other: "other", Null: "null", String: "str", Number: "num", Bool: "bool", List: "list", Map: "map", Reference: "ref", Template: "tpl", Call: "call"}[v.Kind], "(", v.Text)
	for _, i := range v.Items {
		out += " " + text(i)
	}
	for _, m := range v.Members {
		out += " " + m.Key + "=" + text(m.Value)
	}
	return out + ")"
}

func TestValuesAreReadAsFarAsTheyAreLiteral(t *testing.T) {
	f, err := Parse("main.tf", []byte(sample))
	if err != nil {
		t.Fatal(err)
	}
	b := f.All("resource")[0]
	for name, want := range map[string]string{
		"bucket": "tpl( ref(var.name) str(-logs))",
		"acl":    "str(private)",
		"count":  "num(-1)",
		"tags":   `map( Name=ref(local.tags["a"].x) =num(1) =num(2) lit=null())`,
		"ids":    "other( ref(aws_subnet.all) ref(s.id) ref(s.up))",
		"policy": "call(jsonencode map( a=bool(true)))",
		"many":   `other( ref(aws_vpc.a.id) str(x) other( other( ref(var.b)) other( num(1) num(2) num(3) num(2))))`,
		"legacy": "ref(a[0].b)",
		"idx":    "other( ref(a[0]) ref(b.c))",
		"splat":  "other( ref(a))",
		"text":   "str(line 1\nline 2\n)",
		"cidrs":  "list( str(0.0.0.0/0) str(10.0.0.0/8))",
		"none":   "-",
	} {
		if got := text(b.Value(name)); got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
	var refs []string
	for _, r := range b.Value("many").References() {
		refs = append(refs, r.Text)
	}
	values, whole := b.Value("cidrs").Strings()
	rules := b.All("rule")
	got := fmt.Sprintln(refs, values, whole, b.Label(0), b.Label(1), b.Label(2) == "", len(rules), rules[0].Value("port").Text, b.Block("dynamic", "x") == nil,
		f.Block("variable").Value("default").Str(), b.Attributes[0].Name, b.Value("tags").Get("lit").Literal())
	if want := "[aws_vpc.a.id var.b] [0.0.0.0/0 10.0.0.0/8] true aws_s3_bucket logs true 2 22 true eu-west-1 bucket true\n"; got != want {
		t.Errorf("%s\nwant %s", got, want)
	}
	for i, a := range b.Attributes {
		if i > 0 && a.Span.Start < b.Attributes[i-1].Span.End {
			t.Errorf("%s stands before %s", a.Name, b.Attributes[i-1].Name)
		}
	}
	for _, tt := range []struct {
		span finding.Span
		want string
	}{
		{b.TypeSpan, "resource"},
		{b.Labels[1].Span, `"logs"`},
		{b.Attribute("acl").Span, `acl    = ("private")`},
		{b.Attribute("acl").NameSpan, "acl"},
		{b.Value("tags").Members[3].KeySpan, `"lit"`},
		{b.Value("cidrs").Items[0].Span, `"0.0.0.0/0"`},
		{f.Block("variable").Span, `variable "region" { default = "eu-west-1" }`},
		{rules[1].Span, `rule { port = 443 }`},
	} {
		if got := sample[tt.span.Start:tt.span.End]; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

func TestTheJSONSyntaxHasTheSameBlocks(t *testing.T) {
	src := `{"terraform": {"required_providers": {"aws": {"source": "hashicorp/aws"}}, "backend": {"s3": {"bucket": "b"}}},
 "resource": {"aws_x": {"a": {"n": 1, "ref": "${var.a}", "t": "a-${b}"}, "b": [{"n": 2}, {"n": 3}]}}, "variable": {"v": {"default": true}}, "locals": {"l": ["x"]}}`
	f, err := Parse("a.tf.json", []byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, b := range f.Blocks {
		got = append(got, b.Type+" "+b.Label(0)+" "+b.Label(1))
	}
	if want := "terraform  ,resource aws_x a,resource aws_x b,resource aws_x b,variable v ,locals  "; strings.Join(got, ",") != want {
		t.Errorf("%q", got)
	}
	r := f.All("resource")[0]
	if got := text(r.Value("ref")) + text(r.Value("t")) + f.Block("terraform", "backend").Label(0) + text(f.Block("terraform", "required_providers").Value("aws")); got != "ref(var.a)tpl()s3map( source=str(hashicorp/aws))" {
		t.Error(got)
	}
	if f, err := Parse("x.tfvars.json", []byte(`{"a": "b"}`)); err != nil || f.Value("a").Str() != "b" {
		t.Errorf("%v", err)
	}
}

func TestHostileFilesAreRefusedBeforeTheyAreParsed(t *testing.T) {
	deep := 100_000
	for name, src := range map[string]string{
		"brackets":   "a = " + strings.Repeat("[", deep),
		"parens":     "a = " + strings.Repeat("(", deep),
		"strings":    "a = " + strings.Repeat(`["]", `, deep/2),
		"templates":  "a = " + strings.Repeat(`"${`, deep/2),
		"ifs":        "a = \"" + strings.Repeat(`%{if a}`, deep/2),
		"bangs":      "a = " + strings.Repeat("!", deep-10),
		"minus":      "a = " + strings.Repeat("- ", deep-10) + "1",
		"conditions": "a = " + strings.Repeat("a ? b : ", 60_000),
		"index":      "a = b" + strings.Repeat("[c]", deep/2),
		"blocks":     strings.Repeat("a {\n", deep/2),
		"large":      strings.Repeat("a", MaxBytes+1),
		"NUL":        "a = \x00",
	} {
		if _, err := Parse("a.tf", []byte(src)); err == nil {
			t.Errorf("%s are accepted", name)
		}
	}
	long := "a = 1" + strings.Repeat(" + 1", 100_000)
	if f, err := Parse("a.tf", []byte(long)); err != nil || len(f.Value("a").Items) != 100_001 {
		t.Errorf("a long sum: %v", err)
	}
	list := "a = [\n" + strings.Repeat("  { b = [\"c\", -1] },\n", 5_000) + "]\n"
	if f, err := Parse("a.tf", []byte(list)); err != nil || len(f.Value("a").Items) != 5_000 {
		t.Errorf("a long list: %v", err)
	}
	if f, err := Parse("a.tf", []byte("a = b[1e1000000000]\n")); err != nil || len(f.Value("a").Text) > 40 {
		t.Errorf("a large index: %v", err)
	}
}

func TestBrokenFilesSayWhere(t *testing.T) {
	f, err := Parse("a.tf", []byte("a = 1\nb {\n c = [\n}\n"))
	var e *Error
	if !errors.As(err, &e) || e.Line != 4 && e.Line != 3 || f.Value("a") == nil {
		t.Errorf("%v, %v", err, f.Value("a"))
	}
}

func TestSniff(t *testing.T) {
	for name, want := range map[string]FileKind{"a/main.tf": Config, "x.tf.json": Config, "m.tofu": Config, "prod.tfvars": Variables, "a.auto.tfvars.json": Variables, ".terraform.lock.hcl": Lock, "a.hcl": None, "tf": None} {
		if got := Sniff(name); got != want {
			t.Errorf("Sniff(%s) = %v", name, got)
		}
	}
	if !Automatic("x/terraform.tfvars") || !Automatic("a.auto.tfvars.json") || Automatic("prod.tfvars") {
		t.Error("Automatic")
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{sample, `a = "${b}%{if c}d%{else}e%{endif}"`, "a = <<E\n${b}\nE\n", `{"resource": {"a": {"b": [{"c": "${d}"}]}}}`, "a \"b\" c {\n", "a = {for k, v in b : k => v...}", "a = b.*.c[*].d", "a=0x1\nb=1e9\n", "a = -\"x\"", "\xef\xbb\xbfa=b[\"c\"]"} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, src []byte) {
		for _, name := range []string{"a.tf", "a.tf.json"} {
			file, _ := Parse(name, src)
			check := func(s finding.Span) {
				if s.Start < 0 || s.End < s.Start || s.End > len(src) {
					t.Fatalf("%s: %v of %d bytes", name, s, len(src))
				}
			}
			var value func(v *Value)
			value = func(v *Value) {
				check(v.Span)
				for _, i := range v.Items {
					value(i)
				}
				for _, m := range v.Members {
					check(m.KeySpan)
					value(m.Value)
				}
			}
			var body func(b *Body)
			body = func(b *Body) {
				for _, a := range b.Attributes {
					check(a.Span)
					check(a.NameSpan)
					value(a.Value)
				}
				for _, inner := range b.Blocks {
					check(inner.Span)
					check(inner.TypeSpan)
					for _, l := range inner.Labels {
						check(l.Span)
					}
					body(&inner.Body)
				}
			}
			body(&file.Body)
		}
	})
}
