package repo

import (
	"fmt"
	"strings"
	"testing"
)

func TestGoEnvReads(t *testing.T) {
	s := goSnapshot(t, `
-- go.mod --
module example.com/app
-- main.go --
package main

import (
	"os"

	"example.com/app/conf"
	"github.com/spf13/viper"
)

type config struct {
	Secret string `+"`env:\"SECRET, default=changeme\"`"+`
	Name   string `+"`envconfig:\"NAME\" required:\"true\"`"+`
}

func main() {
	a := os.Getenv("A") // os.Getenv("COMMENT")
	if a == "" {
		a = "one"
	}
	b := getenv("B", "two")
	c := conf.Must("C")
	d := os.Getenv(conf.NameOfD)
	e := os.Getenv(local)
	f := os.Getenv(unknown())
	viper.SetEnvPrefix("app")
	viper.AutomaticEnv()
	viper.SetDefault("log.level", "info")
	viper.BindEnv("port", "PORT")
	viper.BindEnv("host")
}

const local = "E"

func getenv(key, fallback string) string {
	if v, ok := os.LookupEnv(key); ok {
		return v
	}
	return fallback
}
-- conf/conf.go --
package conf

import (
	"log"
	"os"
)

const NameOfD = "D"

func Must(name string) string {
	v := os.Getenv(name)
	if v == "" {
		log.Fatalf("%s is not set", name)
	}
	return v
}
-- conf/conf_test.go --
package conf

import "os"

var x = os.Getenv("TEST_ONLY")
`)
	var got []string
	for _, r := range s.EnvReads() {
		line := fmt.Sprintf("%s %s %s required %t settings %t", r.Name, r.File.Path, r.Target, r.Required, r.Settings)
		if r.HasDefault {
			line += " = " + r.Default + " " + r.File.Text(r.DefaultSpan)
		}
		got = append(got, line)
	}
	want := strings.TrimSpace(`
SECRET main.go Secret required false settings true = changeme changeme
NAME main.go Name required true settings true
A main.go a required false settings false = one "one"
B main.go b required false settings false = two "two"
C main.go c required true settings false
D main.go d required false settings false
E main.go e required false settings false
APP_LOG.LEVEL main.go log.level required false settings true = info "info"
PORT main.go port required false settings false
APP_HOST main.go host required false settings true
`)
	if g := strings.Join(got, "\n"); g != want {
		t.Errorf("got\n%s\nwant\n%s", g, want)
	}
}
