package kube

import "strings"

// Purpose says what a kind of object is for.
type Purpose string

// The purposes.
const (
	ForWorkload      Purpose = "workload"
	ForConfig        Purpose = "configuration"
	ForSecret        Purpose = "secret"          // a value that is kept secret, as it is or encrypted or fetched from elsewhere
	ForRouting       Purpose = "routing"         // how requests come to pods
	ForNetworkPolicy Purpose = "network policy"  // who may talk to whom
	ForMesh          Purpose = "service mesh"    // what a mesh does between pods
	ForCertificate   Purpose = "certificates"    // TLS certificates and who issues them
	ForAccess        Purpose = "access control"  // who may do what in the cluster
	ForPolicy        Purpose = "admission"       // what may be created at all
	ForScaling       Purpose = "scaling"         // how many pods there are, and how large
	ForDisruption    Purpose = "disruption"      // how many pods may be missing
	ForQuota         Purpose = "quota"           // how much a namespace may use
	ForStorage       Purpose = "storage"         // volumes and claims
	ForBackup        Purpose = "backup"          // copies of data, and how they are brought back
	ForMonitoring    Purpose = "monitoring"      // metrics, alerts, logs, traces, dashboards
	ForDelivery      Purpose = "delivery"        // brings other objects into the cluster
	ForRollout       Purpose = "rollout"         // how a new version comes to users: canary, analysis
	ForDatabase      Purpose = "database"        // a database that an operator runs
	ForMessaging     Purpose = "messaging"       // a broker, its topics and users
	ForPipeline      Purpose = "pipeline"        // CI and workflows in the cluster
	ForCloud         Purpose = "cloud resources" // infrastructure outside of the cluster
	ForCluster       Purpose = "cluster"         // nodes, namespaces and the API itself
	ForDefinition    Purpose = "definition"      // defines a kind
)

// purposes is by group and kind; "*" is every other kind of the group.
var purposes = map[string]map[string]Purpose{
	"": {
		"Pod": ForWorkload, "ReplicationController": ForWorkload, "PodTemplate": ForWorkload, "ConfigMap": ForConfig, "Secret": ForSecret,
		"Service": ForRouting, "Endpoints": ForRouting, "ServiceAccount": ForAccess, "Namespace": ForCluster, "Node": ForCluster,
		"LimitRange": ForQuota, "ResourceQuota": ForQuota, "PersistentVolume": ForStorage, "PersistentVolumeClaim": ForStorage,
	},
	"apps":                         {"*": ForWorkload},
	"batch":                        {"*": ForWorkload},
	"extensions":                   {"Ingress": ForRouting, "NetworkPolicy": ForNetworkPolicy, "PodSecurityPolicy": ForPolicy, "*": ForWorkload},
	"autoscaling":                  {"*": ForScaling},
	"autoscaling.k8s.io":           {"*": ForScaling},
	"keda.sh":                      {"TriggerAuthentication": ForSecret, "ClusterTriggerAuthentication": ForSecret, "ScaledJob": ForWorkload, "*": ForScaling},
	"policy":                       {"PodDisruptionBudget": ForDisruption, "*": ForPolicy},
	"networking.k8s.io":            {"NetworkPolicy": ForNetworkPolicy, "*": ForRouting},
	"gateway.networking.k8s.io":    {"*": ForRouting},
	"discovery.k8s.io":             {"*": ForRouting},
	"policy.networking.k8s.io":     {"*": ForNetworkPolicy},
	"rbac.authorization.k8s.io":    {"*": ForAccess},
	"storage.k8s.io":               {"*": ForStorage},
	"snapshot.storage.k8s.io":      {"*": ForBackup},
	"scheduling.k8s.io":            {"*": ForCluster},
	"node.k8s.io":                  {"*": ForCluster},
	"coordination.k8s.io":          {"*": ForCluster},
	"certificates.k8s.io":          {"*": ForCertificate},
	"admissionregistration.k8s.io": {"*": ForPolicy},
	"apiregistration.k8s.io":       {"*": ForDefinition},
	"apiextensions.k8s.io":         {"*": ForDefinition},
	"metacontroller.k8s.io":        {"*": ForDefinition},

	"networking.istio.io":      {"*": ForMesh},
	"security.istio.io":        {"AuthorizationPolicy": ForNetworkPolicy, "*": ForMesh},
	"telemetry.istio.io":       {"*": ForMonitoring},
	"extensions.istio.io":      {"*": ForMesh},
	"install.istio.io":         {"*": ForMesh},
	"policy.linkerd.io":        {"*": ForNetworkPolicy},
	"linkerd.io":               {"*": ForMesh},
	"split.smi-spec.io":        {"*": ForRollout},
	"consul.hashicorp.com":     {"ServiceIntentions": ForNetworkPolicy, "*": ForMesh},
	"cilium.io":                {"CiliumNetworkPolicy": ForNetworkPolicy, "CiliumClusterwideNetworkPolicy": ForNetworkPolicy, "*": ForRouting},
	"crd.projectcalico.org":    {"*": ForNetworkPolicy},
	"projectcalico.org":        {"*": ForNetworkPolicy},
	"traefik.io":               {"*": ForRouting},
	"traefik.containo.us":      {"*": ForRouting},
	"projectcontour.io":        {"*": ForRouting},
	"getambassador.io":         {"*": ForRouting},
	"configuration.konghq.com": {"*": ForRouting},
	"gateway.envoyproxy.io":    {"*": ForRouting},
	"route.openshift.io":       {"*": ForRouting},
	"externaldns.k8s.io":       {"*": ForRouting},
	"cloud.google.com":         {"*": ForRouting},
	"networking.gke.io":        {"ManagedCertificate": ForCertificate, "*": ForRouting},
	"elbv2.k8s.aws":            {"*": ForRouting},
	"k8s.nginx.org":            {"*": ForRouting},

	"cert-manager.io":       {"*": ForCertificate},
	"acme.cert-manager.io":  {"*": ForCertificate},
	"trust.cert-manager.io": {"*": ForCertificate},

	"external-secrets.io":            {"*": ForSecret},
	"generators.external-secrets.io": {"*": ForSecret},
	"bitnami.com":                    {"SealedSecret": ForSecret},
	"secrets-store.csi.x-k8s.io":     {"*": ForSecret},
	"secrets.hashicorp.com":          {"*": ForSecret},
	"isindir.github.com":             {"*": ForSecret},
	"onepassword.com":                {"*": ForSecret},
	"secrets.infisical.com":          {"*": ForSecret},
	"kubernetes-client.io":           {"ExternalSecret": ForSecret},

	"velero.io":            {"*": ForBackup},
	"k8up.io":              {"*": ForBackup},
	"stash.appscode.com":   {"*": ForBackup},
	"cr.kanister.io":       {"*": ForBackup},
	"config.kio.kasten.io": {"*": ForBackup},
	"volsync.backube":      {"*": ForBackup},
	"longhorn.io":          {"RecurringJob": ForBackup, "BackupTarget": ForBackup, "*": ForStorage},

	"monitoring.coreos.com":        {"*": ForMonitoring},
	"monitoring.googleapis.com":    {"*": ForMonitoring},
	"operator.victoriametrics.com": {"*": ForMonitoring},
	"grafana.integreatly.org":      {"*": ForMonitoring},
	"integreatly.org":              {"*": ForMonitoring},
	"loki.grafana.com":             {"*": ForMonitoring},
	"tempo.grafana.com":            {"*": ForMonitoring},
	"opentelemetry.io":             {"*": ForMonitoring},
	"jaegertracing.io":             {"*": ForMonitoring},
	"logging.banzaicloud.io":       {"*": ForMonitoring},
	"fluentbit.fluent.io":          {"*": ForMonitoring},
	"datadoghq.com":                {"*": ForMonitoring},

	"argoproj.io": {
		"Application": ForDelivery, "ApplicationSet": ForDelivery, "AppProject": ForDelivery, "Rollout": ForWorkload, "AnalysisTemplate": ForRollout,
		"ClusterAnalysisTemplate": ForRollout, "AnalysisRun": ForRollout, "Experiment": ForRollout, "EventBus": ForMessaging, "*": ForPipeline,
	},
	"flagger.app":                    {"*": ForRollout},
	"kustomize.toolkit.fluxcd.io":    {"*": ForDelivery},
	"helm.toolkit.fluxcd.io":         {"*": ForDelivery},
	"source.toolkit.fluxcd.io":       {"*": ForDelivery},
	"notification.toolkit.fluxcd.io": {"*": ForDelivery},
	"image.toolkit.fluxcd.io":        {"*": ForDelivery},
	"source.extensions.fluxcd.io":    {"*": ForDelivery},
	"fluxcd.controlplane.io":         {"*": ForDelivery},
	"helm.cattle.io":                 {"*": ForDelivery},
	"fleet.cattle.io":                {"*": ForDelivery},
	"app.k8s.io":                     {"*": ForDelivery},
	"tekton.dev":                     {"*": ForPipeline},
	"triggers.tekton.dev":            {"*": ForPipeline},
	"actions.summerwind.dev":         {"*": ForPipeline},
	"actions.github.com":             {"*": ForPipeline},
	"serving.knative.dev":            {"Service": ForWorkload, "Configuration": ForWorkload, "*": ForRouting},
	"eventing.knative.dev":           {"*": ForMessaging},
	"apps.openshift.io":              {"*": ForWorkload},
	"apps.kruise.io":                 {"*": ForWorkload},
	"ray.io":                         {"*": ForWorkload},
	"kubeflow.org":                   {"*": ForWorkload},
	"sparkoperator.k8s.io":           {"*": ForWorkload},

	"kyverno.io":                {"*": ForPolicy},
	"templates.gatekeeper.sh":   {"*": ForPolicy},
	"constraints.gatekeeper.sh": {"*": ForPolicy},
	"policies.kubewarden.io":    {"*": ForPolicy},
	"security.openshift.io":     {"*": ForPolicy},

	"postgresql.cnpg.io":                {"Backup": ForBackup, "ScheduledBackup": ForBackup, "Pooler": ForDatabase, "*": ForDatabase},
	"barmancloud.cnpg.io":               {"*": ForBackup},
	"acid.zalan.do":                     {"*": ForDatabase},
	"postgres-operator.crunchydata.com": {"*": ForDatabase},
	"psmdb.percona.com":                 {"PerconaServerMongoDBBackup": ForBackup, "PerconaServerMongoDBRestore": ForBackup, "*": ForDatabase},
	"pxc.percona.com":                   {"PerconaXtraDBClusterBackup": ForBackup, "PerconaXtraDBClusterRestore": ForBackup, "*": ForDatabase},
	"pgv2.percona.com":                  {"PerconaPGBackup": ForBackup, "PerconaPGRestore": ForBackup, "*": ForDatabase},
	"mongodbcommunity.mongodb.com":      {"*": ForDatabase},
	"mariadb.mmontes.io":                {"Backup": ForBackup, "*": ForDatabase},
	"k8s.mariadb.com":                   {"Backup": ForBackup, "PhysicalBackup": ForBackup, "*": ForDatabase},
	"mysql.oracle.com":                  {"*": ForDatabase},
	"databases.spotahome.com":           {"*": ForDatabase},
	"redis.redis.opstreelabs.in":        {"*": ForDatabase},
	"elasticsearch.k8s.elastic.co":      {"*": ForDatabase},
	"kibana.k8s.elastic.co":             {"*": ForMonitoring},
	"clickhouse.altinity.com":           {"*": ForDatabase},
	"scylla.scylladb.com":               {"*": ForDatabase},
	"cassandra.datastax.com":            {"*": ForDatabase},
	"minio.min.io":                      {"*": ForStorage},
	"ceph.rook.io":                      {"*": ForStorage},
	"objectbucket.io":                   {"*": ForStorage},
	"kafka.strimzi.io":                  {"*": ForMessaging},
	"core.strimzi.io":                   {"*": ForMessaging},
	"rabbitmq.com":                      {"*": ForMessaging},
	"jetstream.nats.io":                 {"*": ForMessaging},

	"karpenter.sh":                {"*": ForScaling},
	"karpenter.k8s.aws":           {"*": ForScaling},
	"cluster.x-k8s.io":            {"*": ForCluster},
	"cloud.crossplane.io":         {"*": ForCloud},
	"pkg.crossplane.io":           {"*": ForCloud},
	"apiextensions.crossplane.io": {"*": ForDefinition},
	"operators.coreos.com":        {"*": ForDelivery},
	"operator.tekton.dev":         {"*": ForPipeline},
}

// groupEndings are the ends of groups that share a purpose.
var groupEndings = []struct {
	end     string
	purpose Purpose
}{
	{".cnrm.cloud.google.com", ForCloud}, {".services.k8s.aws", ForCloud}, {".azure.com", ForCloud}, {".crossplane.io", ForCloud}, {".upbound.io", ForCloud},
	{".knative.dev", ForWorkload}, {".cluster.x-k8s.io", ForCluster}, {".istio.io", ForMesh}, {".linkerd.io", ForMesh},
}

// PurposeOf says what a kind is for; "" when it is not known.
func PurposeOf(apiVersion, kind string) Purpose {
	group := GroupOf(apiVersion)
	kinds, known := purposes[group]
	if p, ok := kinds[kind]; ok {
		return p
	}
	if p, ok := kinds["*"]; ok {
		return p
	}
	for _, e := range groupEndings {
		if !known && strings.HasSuffix(group, e.end) {
			return e.purpose
		}
	}
	return ""
}

// Purpose says what the object is for; "" when its kind is not known. A custom
// object that makes pods is a workload.
func (o *Object) Purpose() Purpose {
	p := PurposeOf(o.APIVersion, o.Kind)
	if p == "" && o.podTemplate().Exists() {
		return ForWorkload
	}
	return p
}

// clusterKinds are the kinds of Kubernetes itself that belong to no namespace.
var clusterKinds = map[string]bool{
	"/Namespace": true, "/Node": true, "/PersistentVolume": true, "/ComponentStatus": true, "rbac.authorization.k8s.io/ClusterRole": true,
	"rbac.authorization.k8s.io/ClusterRoleBinding": true, "storage.k8s.io/StorageClass": true, "storage.k8s.io/CSIDriver": true, "storage.k8s.io/CSINode": true,
	"storage.k8s.io/VolumeAttachment": true, "scheduling.k8s.io/PriorityClass": true, "node.k8s.io/RuntimeClass": true, "networking.k8s.io/IngressClass": true,
	"policy/PodSecurityPolicy": true, "extensions/PodSecurityPolicy": true, "certificates.k8s.io/CertificateSigningRequest": true,
	"cert-manager.io/ClusterIssuer": true, "external-secrets.io/ClusterSecretStore": true, "external-secrets.io/ClusterExternalSecret": true,
	"gateway.networking.k8s.io/GatewayClass": true, "kyverno.io/ClusterPolicy": true, "keda.sh/ClusterTriggerAuthentication": true,
	"cilium.io/CiliumClusterwideNetworkPolicy": true, "snapshot.storage.k8s.io/VolumeSnapshotClass": true, "karpenter.sh/NodePool": true,
	"security.openshift.io/SecurityContextConstraints": true, "trust.cert-manager.io/Bundle": true, "argoproj.io/ClusterAnalysisTemplate": true,
}

// ClusterWide says whether the object belongs to no namespace, as far as its kind
// is known.
func (o *Object) ClusterWide() bool {
	switch o.Group() {
	case "apiextensions.k8s.io", "admissionregistration.k8s.io", "apiregistration.k8s.io", "constraints.gatekeeper.sh", "templates.gatekeeper.sh":
		return true
	}
	return clusterKinds[o.Group()+"/"+o.Kind]
}
