package backend

import (
	"slices"
	"strings"

	"drydock/internal/check"
	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/sqlfile"
)

// AuditLogMissing finds programs that do not write down who changed what.
var AuditLogMissing = check.PerProject(check.Doc{
	ID:         "backend/audit-log-missing",
	Title:      "No record of who changed what",
	Severity:   finding.High,
	Confidence: finding.NotProven,
	Hours:      6,
	Why:        "After an incident nobody can say which account changed or exported which records, and nobody can undo it; several regulations ask for that record.",
	How:        "Write a row for every create, update and delete: who, what, when, from where, the values before and after. A hook of the ORM sees them all; the table takes inserts only.",
	Holds:      "Changes are recorded",
	References: []string{
		"https://cheatsheetseries.owasp.org/cheatsheets/Logging_Cheat_Sheet.html",
		"https://owasp.org/Top10/A09_2021-Security_Logging_and_Monitoring_Failures/",
	},
}, func(p *check.Pass, s *repo.Snapshot) {
	record, how, found := recordsChanges(s)
	for _, a := range apis(s) {
		var changing []repo.Route
		for _, r := range a.work() {
			if r.Changes() && !signsIn(&r) {
				changing = append(changing, r)
			}
		}
		if len(changing) < fewestRoutes || !keepsUsers(s) {
			continue
		}
		if found {
			p.Holds(record, "%s", how)
			return
		}
		p.Report(changing[0].At(), "%d routes of %s change something, and no table, hook or log says who did", len(changing), a.name()).Keyed("record of %s", a.unit).With(places(changing)[1:min(5, len(changing))]...)
	}
})

// recordName says whether a name is that of a record of changes.
func recordName(name string) bool {
	low := strings.ToLower(strings.NewReplacer("_", "", "-", "", ".", "").Replace(name))
	for _, w := range []string{"audit", "activitylog", "changelog", "eventlog", "historicalrecord", "simplehistory", "papertrail", "activitystream", "actionlog", "useraction", "activityentry", "changehistory", "entityhistory", "logentry", "envers", "continuum", "reversion", "adminlog", "useractivity", "issueactivity", "securityevent"} {
		if strings.Contains(low, w) {
			return true
		}
	}
	return false
}

// namesActor says whether a table of events says who made them.
func namesActor(m *repo.Model) bool {
	if m.Spec.Table.Name == "" || !hasPart(m.Spec.Name, "event", "events", "activity", "activities", "history", "revision", "timeline") {
		return false
	}
	for _, c := range m.Spec.Table.Columns {
		if hasPart(c.Name, "actor", "user", "author", "by", "performed", "changed") {
			return true
		}
	}
	for _, r := range m.Spec.Relations {
		if hasPart(r.Name, "actor", "user", "author", "by") {
			return true
		}
	}
	return false
}

// recordsChanges finds the record: a table, a library, a function that writes it.
func recordsChanges(s *repo.Snapshot) (finding.Location, string, bool) {
	for _, m := range s.Models() {
		if m.Role == repo.Production && !m.Spec.Abstract && !strings.HasSuffix(m.Spec.Name, "Mixin") && !strings.HasSuffix(m.Spec.Name, "Base") && !strings.HasSuffix(m.Spec.Name, "AuditModel") && (recordName(m.Spec.Name) || namesActor(m)) {
			return m.At(m.Spec.NameSpan), "the table " + m.Spec.Name + " keeps changes", true
		}
	}
	for _, src := range s.RunningSources() {
		if triedOut(src.File) {
			continue
		}
		for _, e := range s.Graph().External(src.File) {
			switch e.Package {
			case "simple_history", "auditlog", "reversion", "easyaudit", "pghistory", "sqlalchemy_continuum", "actstream", "typeorm-auditing", "mongoose-history", "postgresql_audit", "audited":
				return src.Start(), e.Package + " keeps changes", true
			}
		}
		stem, _, _ := strings.Cut(src.Name(), ".")
		if recordName(stem) && src.Role == repo.Production {
			return src.Start(), src.Path + " keeps changes", true
		}
	}
	for _, src := range s.GoSources() {
		stem, _, _ := strings.Cut(src.Name(), ".")
		if recordName(stem) && src.Role == repo.Production && s.Runs(src.File) {
			return src.Start(), src.Path + " keeps changes", true
		}
	}
	for _, src := range s.RunningSources("audit", "audit_log", "auditLog", "AuditLog", "log_audit", "logAudit", "create_audit_log", "auditService", "audit_logger") {
		for _, c := range callsIn(body{src, finding.Span{End: len(src.Bytes())}}) {
			if strings.Contains(strings.ToLower(lastName(c.callee)), "audit") {
				return src.At(c.span), lastName(c.callee) + " records changes", true
			}
		}
	}
	for _, f := range s.SQLFiles() {
		if f.Role != repo.Production {
			continue
		}
		for _, st := range f.Spec.Statements {
			if st.Kind == sqlfile.CreateTable && recordName(st.Name.Name) {
				return f.At(st.Name.Span), "the table " + st.Name.Name + " keeps changes", true
			}
		}
	}
	return finding.Location{}, "", false
}

// keepsUsers says whether the project has accounts, so that there is somebody to
// name.
func keepsUsers(s *repo.Snapshot) bool {
	for _, m := range s.Models() {
		if m.Role == repo.Production && nameHas(m.Spec.Name, "user", "users", "account", "accounts", "member", "customer", "person", "employee") {
			return true
		}
	}
	for _, set := range s.DjangoSettings() {
		if set.Role == repo.Production && slices.ContainsFunc(set.Apps, func(n repo.DjangoName) bool { return n.Name == "django.contrib.auth" }) {
			return true
		}
	}
	return false
}
