package kube

import (
	"fmt"
	"strings"
	"testing"

	"drydock/internal/repo/yamldoc"
)

// objects reads a manifest.
func objects(t *testing.T, src string) []*Object {
	t.Helper()
	docs, err := yamldoc.Parse([]byte(src))
	if err != nil {
		t.Fatal(err)
	}
	var out []*Object
	for _, d := range docs {
		out = append(out, Objects(&Source{Path: "m.yaml"}, d.Root)...)
	}
	return out
}

func object(t *testing.T, src string) *Object {
	t.Helper()
	all := objects(t, src)
	if len(all) != 1 {
		t.Fatalf("%d objects in %q", len(all), src)
	}
	return all[0]
}

func TestOnlyObjectsAreObjects(t *testing.T) {
	for name, tt := range map[string]struct {
		src  string
		want string
	}{
		"documents and lists":  {"apiVersion: v1\nkind: List\nitems:\n- {apiVersion: v1, kind: Secret, metadata: {name: a}}\n---\n{apiVersion: v1, kind: ConfigMapList, items: [{apiVersion: v1, kind: ConfigMap, metadata: {name: b}}]}\n", "Secret/a ConfigMap/b"},
		"a kind called a list": {"{apiVersion: x.io/v1, kind: AllowList, metadata: {name: a}, spec: {items: []}}", "AllowList/a"},
		"a lower-case kind":    {"{apiVersion: acid.zalan.do/v1, kind: postgresql, metadata: {name: a}}", "postgresql/a"},
		"release notes":        {"{apiVersion: release-notes/v2, kind: feature, area: x}", ""},
		"a placeholder kind":   {"{apiVersion: v1, kind: '${KIND}', metadata: {name: a}}", ""},
		"a chart":              {"{apiVersion: v2, name: x, type: application}", ""},
		"prose":                {"{apiVersion: one of v1, kind: any, metadata: {}}", ""},
		"no metadata":          {"{apiVersion: x.io/v1, kind: Config}", ""},
		"lists in lists":       {strings.Repeat("{apiVersion: v1, kind: List, items: [", 9) + strings.Repeat("]}", 9), ""},
	} {
		var got []string
		for _, o := range objects(t, tt.src) {
			got = append(got, o.Kind+"/"+o.Name.Value)
		}
		if s := strings.Join(got, " "); s != tt.want {
			t.Errorf("%s: %q, want %q", name, s, tt.want)
		}
	}
}

func TestConfigurationOfToolsIsKnown(t *testing.T) {
	for _, head := range [][2]string{{"kustomize.config.k8s.io/v1beta1", "Kustomization"}, {"v1", "Config"}, {"skaffold/v4beta6", "Config"}, {"kind.x-k8s.io/v1alpha4", "Cluster"}, {"kubeadm.config.k8s.io/v1", "X"}} {
		if !LocalConfig(head[0], head[1]) {
			t.Errorf("%v is taken for an object", head)
		}
	}
	if LocalConfig("kustomize.toolkit.fluxcd.io/v1", "Kustomization") || LocalConfig("v1", "ConfigMap") {
		t.Error("an object is taken for configuration")
	}
}

func TestDefinitionsLoseTheirSchemasAndNothingElse(t *testing.T) {
	src := "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: schema}\ndata:\n  validation:\n    a: b\n---\napiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\nmetadata: {name: x.y.io}\nspec:\n  scope: Cluster\n  versions:\n  - name: v1\n    schema:\n      openAPIV3Schema:\n\n        type: object\n    served: true\n"
	trimmed := Trim([]byte(src))
	if len(trimmed) != len(src) {
		t.Fatalf("%d bytes of %d", len(trimmed), len(src))
	}
	all := objects(t, string(trimmed))
	if got := all[0].Value.Get("data", "validation", "a").Text().Value; got != "b" {
		t.Errorf("the ConfigMap lost its data: %q", got)
	}
	version := all[1].Spec("versions").Items()[0]
	if version.Get("schema", "openAPIV3Schema").Exists() || !version.Get("served").Flag().Is(true) || all[1].Spec("scope").Text().Value != "Cluster" {
		t.Errorf("trimmed to %s", trimmed)
	}
}

func TestEveryKindOfWorkloadShowsItsPods(t *testing.T) {
	spec := "{containers: [{name: c, image: i}]}"
	for _, tt := range []struct{ head, body string }{
		{"{apiVersion: v1, kind: Pod", "spec: " + spec},
		{"{apiVersion: apps/v1, kind: Deployment", "spec: {template: {spec: " + spec + "}}"},
		{"{apiVersion: apps/v1, kind: StatefulSet", "spec: {template: {spec: " + spec + "}}"},
		{"{apiVersion: v1, kind: ReplicationController", "spec: {template: {spec: " + spec + "}}"},
		{"{apiVersion: batch/v1, kind: CronJob", "spec: {jobTemplate: {spec: {template: {spec: " + spec + "}}}}"},
		{"{apiVersion: argoproj.io/v1alpha1, kind: Rollout", "spec: {template: {spec: " + spec + "}}"},
		{"{apiVersion: serving.knative.dev/v1, kind: Service", "spec: {template: {spec: " + spec + "}}"},
		{"{apiVersion: apps.openshift.io/v1, kind: DeploymentConfig", "spec: {selector: {a: b}, template: {spec: " + spec + "}}"},
		{"{apiVersion: keda.sh/v1alpha1, kind: ScaledJob", "spec: {jobTargetRef: {template: {spec: " + spec + "}}}"},
		{"{apiVersion: example.com/v1, kind: Mine", "spec: {podTemplate: {spec: " + spec + "}}"},
	} {
		o := object(t, tt.head+", metadata: {name: x}, "+tt.body+"}")
		w := o.Workload()
		if w == nil || len(w.Pod.Containers) != 1 || w.Pod.Containers[0].Image.Ref.Name != "i" || o.Purpose() != ForWorkload {
			t.Errorf("%s: %+v", tt.head, w)
		}
	}
	for _, none := range []string{
		"{apiVersion: argoproj.io/v1alpha1, kind: ApplicationSet, metadata: {name: x}, spec: {template: {spec: {project: default}}}}",
		"{apiVersion: v1, kind: Service, metadata: {name: x}, spec: {}}",
		"{apiVersion: karpenter.sh/v1, kind: NodePool, metadata: {name: x}, spec: {template: {spec: {requirements: []}}}}",
	} {
		if o := object(t, none); o.Workload() != nil {
			t.Errorf("%s makes pods", none)
		}
	}
}

const web = `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, labels: {app: web}}
spec:
  replicas: 3
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web, tier: front}}
    spec:
      serviceAccountName: runner
      securityContext: {runAsNonRoot: true, runAsUser: 1000, privileged: true, seccompProfile: {type: RuntimeDefault}}
      initContainers:
      - {name: wait, image: busybox}
      - {name: proxy, image: "envoy:v1", restartPolicy: Always}
      containers:
      - name: web
        image: ghcr.io/acme/web:1.2
        args: ["--url=${URL}"]
        ports: [{name: http, containerPort: 8080}]
        env:
        - {name: A, value: "1"}
        - {name: B, valueFrom: {secretKeyRef: {name: s, key: k}}}
        - {name: C, valueFrom: {fieldRef: {fieldPath: metadata.name}}}
        envFrom: [{configMapRef: {name: cm, optional: true}}]
        readinessProbe: {httpGet: {path: /ready, port: http}}
        resources: {limits: {memory: 1Gi}, requests: {cpu: 100m}}
        securityContext: {runAsUser: 0, readOnlyRootFilesystem: true, capabilities: {drop: [ALL], add: [NET_BIND_SERVICE]}}
        volumeMounts: [{name: data, mountPath: /data, readOnly: true}, {name: sock, mountPath: /s}]
      volumes:
      - {name: data, persistentVolumeClaim: {claimName: claim}}
      - {name: sock, hostPath: {path: /var/run/docker.sock}}
      topologySpreadConstraints: [{topologyKey: zone}]
`

func TestContainersSayAllThatChecksAsk(t *testing.T) {
	o := object(t, web)
	w := o.Workload()
	if w.Replicas.Value != 3 || w.Selector.Matches(w.Pod.Labels) != Yes || w.Pod.ServiceAccount.Value != "runner" || w.Pod.AntiAffinity() != Yes {
		t.Errorf("workload %+v", w)
	}
	if roles := fmt.Sprint(w.Pod.Containers[0].Role, ",", w.Pod.Containers[1].Role, ",", w.Pod.Containers[2].Role); roles != "init container,sidecar,container" {
		t.Errorf("roles %s", roles)
	}
	c := w.Pod.Containers[2]
	if c.Image.Ref.Tag != "1.2" || c.Ports[0].Number.Value != 8080 || c.Args[0].Value != "--url=${URL}" {
		t.Errorf("image %+v ports %+v args %+v", c.Image, c.Ports, c.Args)
	}
	if c.Env[0].Value.Value != "1" || c.Env[1].From.Kind != "Secret" || c.Env[1].From.Key.Value != "k" || c.Env[2].Other != "fieldRef" || !c.EnvFrom[0].From.Optional {
		t.Errorf("env %+v from %+v", c.Env, c.EnvFrom)
	}
	if !c.Readiness.Set || c.Readiness.Kind != "httpGet" || c.Readiness.Path.Value != "/ready" || c.Readiness.Port.Value != "http" || c.Liveness.Set {
		t.Errorf("probes %+v %+v", c.Readiness, c.Liveness)
	}
	if memory, ok := c.Resources.Request("memory"); !ok || memory.Value != "1Gi" {
		t.Errorf("a limit is no request: %v", memory)
	}
	if _, ok := c.Resources.Limit("cpu"); ok {
		t.Error("a cpu limit out of nothing")
	}
	v, _ := w.Pod.Volume(c.Mounts[1].Name.Value)
	if v.Kind != "hostPath" || v.Path.Value != "/var/run/docker.sock" || !c.Mounts[0].ReadOnly.Is(true) {
		t.Errorf("volume %+v", v)
	}
}

func TestSecurityComesFromThePodWhereTheContainerIsSilent(t *testing.T) {
	all := object(t, web).Workload().Pod.Containers
	own, inherited := all[2].Security, all[0].Security
	if own.RunAsUser.From != FromContainer || own.RunAsUser.Value != 0 || own.RunAsNonRoot.From != FromPod || own.Seccomp.From != FromPod || own.Seccomp.Value != "RuntimeDefault" {
		t.Errorf("own %+v", own)
	}
	if inherited.RunAsUser.From != FromPod || inherited.RunAsUser.Value != 1000 || inherited.ReadOnlyRoot.Set || inherited.MayBeRoot() != No {
		t.Errorf("inherited %+v", inherited)
	}
	if !own.Drops("NET_RAW") || inherited.Drops("NET_RAW") || len(own.Add) != 1 || own.Privileged.Set {
		t.Error("capabilities")
	}
	none := object(t, "{apiVersion: v1, kind: Pod, metadata: {name: x}, spec: {containers: [{name: a, securityContext: {runAsUser: 0}}, {name: b}]}}").Workload().Pod.Containers
	if none[0].Security.MayBeRoot() != Yes || none[1].Security.MayBeRoot() != Maybe {
		t.Error("root")
	}
}

func TestSpansCoverWhatTheySay(t *testing.T) {
	o := object(t, web)
	c := o.Workload().Pod.Containers[2]
	for want, at := range map[string]Place{"ghcr.io/acme/web:1.2": c.Image.At, "/ready": c.Readiness.Path.At, "{matchLabels: {app: web}}": o.Workload().Selector.At, "web": o.Name.At} {
		if got := web[at.Span.Start:at.Span.End]; got != want || at.Path != "m.yaml" {
			t.Errorf("%q at %v, want %q", got, at, want)
		}
	}
	if at := o.Spec("replicas").EntryAt(); web[at.Span.Start:at.Span.End] != "replicas: 3" {
		t.Errorf("entry %v", at)
	}
}

func TestSelectors(t *testing.T) {
	labels := ReadLabels(object(t, "{apiVersion: v1, kind: Pod, metadata: {labels: {app: web, env: '${ENV}', tier: a}}}").Value.Get("metadata", "labels"))
	for src, want := range map[string]Truth{
		"{matchLabels: {app: web}}":            Yes,
		"{matchLabels: {app: api}}":            No,
		"{matchLabels: {app: web, x: y}}":      No,
		"{matchLabels: {env: prod}}":           Maybe,
		"{matchLabels: {env: '${ENV}'}}":       Yes,
		"{matchLabels: {env: prod, app: api}}": No,
		"{}":                                   Yes,
		"{matchExpressions: [{key: tier, operator: In, values: [a, b]}]}":                Yes,
		"{matchExpressions: [{key: tier, operator: NotIn, values: [a]}]}":                No,
		"{matchExpressions: [{key: x, operator: NotIn, values: [a]}]}":                   Yes,
		"{matchExpressions: [{key: x, operator: Exists}]}":                               No,
		"{matchExpressions: [{key: x, operator: DoesNotExist}]}":                         Yes,
		"{matchExpressions: [{key: x, operator: Odd}]}":                                  Maybe,
		"{matchLabels: {app: web, statefulset.kubernetes.io/pod-name: web-0}}":           Maybe,
		"{matchExpressions: [{key: x, operator: In, values: [a]}], matchLabels: {q: r}}": No,
	} {
		s := ReadSelector(object(t, "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: x}, spec: {selector: "+src+"}}").Spec("selector"))
		if got := s.Matches(labels); got != want {
			t.Errorf("%s: %v, want %v", src, got, want)
		}
	}
	if (Selector{}).Matches(labels) != No {
		t.Error("a selector that is not written selects")
	}
}

func TestPolicyTypes(t *testing.T) {
	for spec, want := range map[string][2]Truth{
		"{podSelector: {}}":                                 {Yes, No},
		"{podSelector: {}, egress: []}":                     {Yes, Yes},
		"{podSelector: {}, policyTypes: [Egress]}":          {No, Yes},
		"{podSelector: {}, policyTypes: [Ingress, '${X}']}": {Yes, Maybe},
	} {
		in, out := object(t, "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: x}, spec: "+spec+"}").PolicyTypes()
		if in != want[0] || out != want[1] {
			t.Errorf("%s: %v %v", spec, in, out)
		}
	}
}

func TestReferences(t *testing.T) {
	for src, want := range map[string]string{
		"{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, metadata: {name: x}, spec: {scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}}}":                                                                  "apps Deployment web scaleTargetRef",
		"{apiVersion: keda.sh/v1alpha1, kind: ScaledObject, metadata: {name: x}, spec: {scaleTargetRef: {name: web}}}":                                                                                                                  "apps Deployment web scaleTargetRef",
		"{apiVersion: networking.k8s.io/v1, kind: Ingress, metadata: {name: x}, spec: {tls: [{secretName: t}], rules: [{http: {paths: [{backend: {service: {name: a, port: {number: 80}}}}]}}], defaultBackend: {service: {name: b}}}}": "Service b backend, Service a backend, Secret t tls",
		"{apiVersion: extensions/v1beta1, kind: Ingress, metadata: {name: x}, spec: {rules: [{http: {paths: [{backend: {serviceName: a, servicePort: 80}}]}}]}}":                                                                        "Service a backend",
		"{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: x}, spec: {parentRefs: [{name: g}], rules: [{backendRefs: [{name: a, port: 80}, {kind: Other, name: o}]}]}}":                                      "gateway.networking.k8s.io Gateway g parentRef, Service a backend",
		"{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: x}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: s}, {kind: User, name: u}]}":                                        "rbac.authorization.k8s.io Role r roleRef, ServiceAccount s subject",
	} {
		var got []string
		for _, r := range object(t, src).Refs() {
			got = append(got, strings.TrimSpace(r.Group+" "+r.Kind+" "+r.Name.Value+" "+r.Use))
		}
		if s := strings.Join(got, ", "); s != want {
			t.Errorf("%s\n%q, want %q", src, s, want)
		}
	}
	var got []string
	for _, r := range object(t, web).Refs() {
		got = append(got, r.Kind+" "+r.Name.Value)
	}
	if s := strings.Join(got, ", "); s != "ServiceAccount runner, Secret s, ConfigMap cm, PersistentVolumeClaim claim" {
		t.Errorf("pods refer to %s", s)
	}
}

func TestPurposes(t *testing.T) {
	for head, want := range map[[2]string]Purpose{
		{"velero.io/v1", "Schedule"}: ForBackup, {"bitnami.com/v1alpha1", "SealedSecret"}: ForSecret, {"external-secrets.io/v1", "ExternalSecret"}: ForSecret,
		{"cert-manager.io/v1", "Certificate"}: ForCertificate, {"monitoring.coreos.com/v1", "ServiceMonitor"}: ForMonitoring, {"argoproj.io/v1alpha1", "Application"}: ForDelivery,
		{"argoproj.io/v1alpha1", "Workflow"}: ForPipeline, {"security.istio.io/v1", "AuthorizationPolicy"}: ForNetworkPolicy, {"security.istio.io/v1", "PeerAuthentication"}: ForMesh,
		{"helm.toolkit.fluxcd.io/v2", "HelmRelease"}: ForDelivery, {"keda.sh/v1alpha1", "ScaledObject"}: ForScaling, {"apps/v1", "Deployment"}: ForWorkload, {"example.com/v1", "Thing"}: "",
		{"storage.cnrm.cloud.google.com/v1beta1", "StorageBucket"}: ForCloud,
	} {
		if got := PurposeOf(head[0], head[1]); got != want {
			t.Errorf("%v is for %q, want %q", head, got, want)
		}
	}
}
