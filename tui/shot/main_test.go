package main

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"

	"drydock/themes"
)

func TestDrawingIsWellFormedAndKeepsTextAndStyle(t *testing.T) {
	look, err := themes.Find("dark")
	if err != nil {
		t.Fatal(err)
	}
	bold := themes.Style{FG: "#010203", BG: "#040506", Bold: true}
	out := svg("a <b> & "+bold.Lipgloss().Render("│ c")+" d\n  "+themes.Style{Underline: true}.Lipgloss().Render("e"), look)
	for _, want := range []string{"a &lt;b&gt; &amp; ", `fill="#010203" font-weight="bold">│ c<`, `fill="#040506"`, `text-decoration="underline">e<`} {
		if !strings.Contains(out, want) {
			t.Errorf("%q is not in\n%s", want, out)
		}
	}
	d := xml.NewDecoder(strings.NewReader(out))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}
