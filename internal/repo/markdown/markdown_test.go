package markdown

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// told is what a document holds, a line each: what kind, what it says, and the
// text that its span covers.
func told(f *File, src string) string {
	var b strings.Builder
	for _, h := range f.Headings {
		fmt.Fprintf(&b, "h%d %s #%s\n", h.Level, h.Text, h.Slug)
	}
	for _, l := range f.Links {
		kind := string(l.Kind)
		if l.Image {
			kind += " image"
		}
		if l.Badge {
			kind += " badge"
		}
		fmt.Fprintf(&b, "%s %s at %q\n", kind, l.Target, src[l.Where.Start:l.Where.End])
	}
	for _, c := range f.Code {
		fmt.Fprintf(&b, "code %s %q\n", c.Lang, src[c.Body.Start:c.Body.End])
		for _, cmd := range c.Commands([]byte(src)) {
			fmt.Fprintf(&b, "$ %s at %q\n", cmd, src[cmd.Start:cmd.End])
		}
	}
	for _, t := range f.Tables {
		fmt.Fprintf(&b, "table %d by %d\n", len(t.Header), len(t.Rows))
	}
	for _, a := range f.Anchors {
		fmt.Fprintf(&b, "anchor %s\n", a.Name)
	}
	return b.String()
}

func TestMarkdown(t *testing.T) {
	for _, test := range []struct{ name, src, want string }{
		{"headings and their anchors", "# Set up: a `b_c` & [d](e.md)\n## Set up\nTitle\n===\n## Set up ##\n### 🚀 _Go_ snake_case\n#no\n##\n## x {#own}\n",
			"h1 Set up: a b_c & d #set-up-a-b_c--d\nh2 Set up #set-up\nh1 Title #title\nh2 Set up #set-up-1\nh3 🚀 Go snake_case #-go-snake_case\nh2  #\nh2 x #own\ninline e.md at \"e.md\"\n"},
		{"a dash below a paragraph of a list is no heading's", "text\n---\n\n- a\n\n---\nb\n- - c\n", "h2 text #text\n"},
		{"links", "[a](b.md#c \"t\") ![i](<x y.png>) [r][Ref] [ref] [no] [no][nope] <https://a.example/> see https://b.example/x. <me@a.example>\n\n[ref]: ../r(1).md 'title'\n",
			"inline b.md#c at \"b.md#c\"\ninline image x y.png at \"x y.png\"\nreference ../r(1).md at \"../r(1).md\"\nreference ../r(1).md at \"../r(1).md\"\nautolink https://a.example/ at \"https://a.example/\"\nbare https://b.example/x at \"https://b.example/x\"\nautolink mailto:me@a.example at \"me@a.example\"\n"},
		{"a link over two lines, and in a quotation", "> [a\n> b](c.md) and `[not](code.md)` and ``a ` [not](code)``\n> \\[no](x)\n", "inline c.md at \"c.md\"\n"},
		{"badges", "[![ci](https://img.shields.io/x)](https://ci.example) ![logo](logo.png)\n",
			"inline image badge https://img.shields.io/x at \"https://img.shields.io/x\"\ninline badge https://ci.example at \"https://ci.example\"\ninline image logo.png at \"logo.png\"\n"},
		{"html", "<a id=\"top\" href='#x'>x</a> <img\n  src=\"a.png\" alt=\">\"> <!-- [no](no.md)\n\n# no\n-->\n<script>\n# no\n</script>\n\n<h1 align=\"center\">\n  <b>A</b> B\n</h1>\n\n# yes\n",
			"h1 A B #a-b\nh1 yes #yes\nhtml #x at \"#x\"\nhtml image a.png at \"a.png\"\nanchor top\n"},
		{"fences", "~~~yaml title=\"x\"\n# no\n```\n~~~\n> ```\n> a\nb\n\n- x\n  ````{.bash}\n  ls\n  ```\n  ````\n```\nnever closed\n",
			"code yaml \"# no\\n```\\n\"\ncode  \"> a\\n\"\ncode bash \"  ls\\n  ```\\n\"\n$ ls at \"ls\"\ncode  \"never closed\\n\"\n"},
		{"indented code is code, lists are not", "    # code\n\n- item\n\n    text [a](b)\n\n1. one\n\n   [c](d)\n", "inline b at \"b\"\ninline d at \"d\"\ncode  \"# code\"\n"},
		{"tables", "| a | b |\n|---|:-:|\n| [x](y) | `a\\|b` |\n| 1 | 2 |\n\na | b\n--- | ---\nc | d\nend\n", "inline y at \"y\"\ntable 2 by 2\ntable 2 by 1\n"},
		{"commands", "```sh\nnpm ci && npm test # no\nA=1 docker run \\\n  -p 1:1 x\ncat <<EOF > f\nrm -rf no\nEOF\nmake\n```\n",
			"code sh \"npm ci && npm test # no\\nA=1 docker run \\\\\\n  -p 1:1 x\\ncat <<EOF > f\\nrm -rf no\\nEOF\\nmake\\n\"\n$ npm ci at \"npm ci\"\n$ npm test at \"npm test\"\n$ docker run -p 1:1 x at \"A=1 docker run \\\\\\n  -p 1:1 x\"\n$ cat at \"cat <<EOF > f\"\n$ make at \"make\"\n"},
		{"commands behind prompts", "- x\n\n  ```console\n  $ cat <<EOF\n  > a\n  > EOF\n  $ make \\\n  > all\n  error: no\n  (venv) $ ls\n  me@host:~$ id\n  ```\n",
			"code console \"  $ cat <<EOF\\n  > a\\n  > EOF\\n  $ make \\\\\\n  > all\\n  error: no\\n  (venv) $ ls\\n  me@host:~$ id\\n\"\n$ cat at \"cat <<EOF\"\n$ make all at \"make \\\\\\n  > all\"\n$ ls at \"ls\"\n$ id at \"id\"\n"},
		{"a menu is no command", "```bash\nSelect an action:\n  1) make\n```\n```sh\nA=1\n[[ -f x ]] && make\n2 make\n```\n", "code bash \"Select an action:\\n  1) make\\n\"\ncode sh \"A=1\\n[[ -f x ]] && make\\n2 make\\n\"\n$ make at \"make\"\n"},
		{"no language, no prompt, no command", "```\nmake\n```\n```\n$ make\nok\n```\n", "code  \"make\\n\"\ncode  \"$ make\\nok\\n\"\n$ make at \"make\"\n"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for _, src := range []string{test.src, strings.ReplaceAll(test.src, "\n", "\r\n")} {
				got := strings.ReplaceAll(told(Parse(Markdown, []byte(src)), src), `\r`, "")
				if diff := cmp.Diff(test.want, got); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
		})
	}
}

func TestMDX(t *testing.T) {
	src := "import { A } from \"./a.md\"\nexport const x = {\n  y: '[no](no.md)',\n}\n\n# T {/* #own */}\n\n<Card\n  title=\"a\" onClick={() => go(\"[x](y)\")} href=\"/p\">\n    [in](in.md)\n</Card>\n{/* [no](no.md) */}\n"
	want := "h1 T #own\nhtml /p at \"/p\"\ninline in.md at \"in.md\"\n"
	if diff := cmp.Diff(want, told(Parse(MDX, []byte(src)), src)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestFrontMatterIsNoText(t *testing.T) {
	src := "---\ntitle: \"A: b\"\nlist:\n  - x\n---\n# H\none two\n## I\n<!-- three four -->\nfive\n# J\n"
	f := Parse(Markdown, []byte(src))
	if f.Field("title") != "A: b" || src[f.Front.Span.Start:f.Front.Span.End] != src[:strings.Index(src, "\n# H")] {
		t.Errorf("%+v", f.Front)
	}
	if len(f.Headings) != 3 || f.Headings[0].Words != 2 || f.Headings[1].Words != 1 || f.Words != 3 {
		t.Errorf("words %d, %+v", f.Words, f.Headings)
	}
	if s := f.Headings[0].Section; src[s.Start:s.End] != "\none two\n## I\n<!-- three four -->\nfive\n" {
		t.Errorf("section %q", src[s.Start:s.End])
	}
}

func TestReStructuredText(t *testing.T) {
	src := "=====\nTitle\n=====\n\nA `link <a.rst>`_ and :doc:`guide/b` and ``:doc:`no```.\n\n.. _place:\n\nPart\n----\n\nRun::\n\n    $ make\n    done\n\n.. code-block:: bash\n   :linenos:\n\n   ls\n\n.. comment `no <no>`_\n   `no <no>`_\n\n.. image:: x.png\n.. _ref: c.html\n"
	want := "h1 Title #title\nh2 Part #part\ninline a.rst at \"a.rst\"\nreference guide/b at \"guide/b\"\ninline image x.png at \"x.png\"\nreference c.html at \"c.html\"\n" +
		"code  \"\\n    $ make\\n    done\"\n$ make at \"make\"\ncode bash \"\\n   ls\"\n$ ls at \"ls\"\nanchor place\n"
	if diff := cmp.Diff(want, told(Parse(ReStructuredText, []byte(src)), src)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAsciiDoc(t *testing.T) {
	src := "= Title\n:toc:\n\nSee link:a.adoc[A], xref:b.adoc#c[B], <<part,the part>> and https://x.example/y[z].\n\n[[part]]\n== The Part\n\n[source,bash]\n----\nmake\n----\n\nimage::p.png[]\ninclude::q.adoc[]\n// link:no[no]\n== Other Part\n"
	want := "h1 Title #_title\nh2 The Part #part\nh2 Other Part #_other_part\ninline a.adoc at \"a.adoc\"\ninline b.adoc#c at \"b.adoc#c\"\nreference #part at \"part\"\ninline https://x.example/y at \"https://x.example/y\"\ninline image p.png at \"p.png\"\ninclude q.adoc at \"q.adoc\"\ncode bash \"make\\n\"\n$ make at \"make\"\nanchor part\n"
	if diff := cmp.Diff(want, told(Parse(AsciiDoc, []byte(src)), src)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestOffersKnowsHowRenderersDiffer(t *testing.T) {
	f := Parse(Markdown, []byte("## A & B\n## C_d (e)\n<a name=\"F\"></a>\n"))
	for anchor, want := range map[string]bool{"a--b": true, "a-b": true, "c_d-e": true, "C_d-e": true, "user-content-a--b": true, "f": true, "": true, "a": false, "a-b-1": false} {
		if f.Offers(anchor) != want {
			t.Errorf("%q: offered %t", anchor, !want)
		}
	}
}

func TestLinks(t *testing.T) {
	for target, want := range map[string]bool{"http://x": true, "mailto:a@b": true, "//x/y": true, "a:b/c.md": false, "docs/a.md": false, "#a": false, "C:x": false} {
		if l := (Link{Target: target}); l.External() != want {
			t.Errorf("%s: external %t", target, !want)
		}
	}
	l := Parse(Markdown, []byte("[a](b%20c.md?x=1#d%20e)")).Links[0]
	if l.Path() != "b c.md" || l.Anchor != "d e" {
		t.Errorf("path %q, anchor %q", l.Path(), l.Anchor)
	}
}
