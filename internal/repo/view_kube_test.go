package repo

import (
	"context"
	"strings"
	"testing"

	"golang.org/x/tools/txtar"
)

func TestKubeObjectsAreFoundWithTheirContainers(t *testing.T) {
	tree := NewTxtar(txtar.Parse([]byte(`
-- k8s/all.yaml --
apiVersion: v1
kind: List
items:
  - apiVersion: batch/v1
    kind: CronJob
    metadata: {name: nightly}
    spec: {jobTemplate: {spec: {template: {spec: {containers: [{name: dump}]}}}}}
  - apiVersion: v1
    kind: Secret
    metadata: {name: db}
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
spec:
  template:
    spec:
      initContainers: [{name: migrate}]
      containers: [{name: api}]
-- chart/templates/api.yaml --
apiVersion: apps/v1
kind: Deployment
{{- if .Values.name }}
-- openapi.yaml --
openapi: 3.1.0
info: {kind: none, apiVersion: none}
`)))
	s, err := Open(context.Background(), tree, nil)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, o := range s.KubeObjects() {
		line := o.Kind + " " + o.Name
		for _, c := range o.Containers() {
			line += " " + c.Get("name").Str()
		}
		got = append(got, line)
	}
	if want := "CronJob nightly dump, Secret db, Deployment api migrate api"; strings.Join(got, ", ") != want {
		t.Errorf("found %q, want %q", got, want)
	}
}
