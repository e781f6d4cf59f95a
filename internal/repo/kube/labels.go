package kube

// Labels are an object's labels or annotations.
type Labels struct {
	Pairs []Label
	// Inserted are the actions of a template that add more, blanks reduced: two
	// sets with the same action have the same labels from it.
	Inserted []string
}

// Label is one key with its value.
type Label struct {
	Key   Text
	Value Text
	Shown Truth // Maybe where a condition of a template decides whether it is there
}

// ReadLabels reads a mapping of strings, those left out that a template leaves out
// with its own values.
func ReadLabels(v Value) Labels {
	l := Labels{Inserted: v.Inserted()}
	for _, f := range v.Fields() {
		if f.Key.Unknown {
			l.Inserted = append(l.Inserted, f.Key.Raw)
			continue
		}
		shown := Yes
		for _, g := range f.Value.GuardsWithin(v) {
			shown = shown.And(g.Default)
		}
		if shown != No {
			l.Pairs = append(l.Pairs, Label{f.Key, f.Value.Text(), shown})
		}
	}
	return l
}

// Get is the value of a key; ok is false when it is not among those seen.
func (l Labels) Get(key string) (value Text, ok bool) {
	for _, p := range l.Pairs {
		if p.Key.Value == key {
			return p.Value, true
		}
	}
	return Text{}, false
}

// has says whether p is among the labels.
func (l Labels) has(p Label) Truth {
	answer := No
	if l.Open() || givenByController[p.Key.Value] {
		answer = Maybe
	}
	for _, have := range l.Pairs {
		if have.Key.Value != p.Key.Value {
			continue
		}
		same := p.Value.Same(have.Value)
		if same == No && have.Shown == Yes {
			return No
		}
		if same == Yes {
			return Yes
		}
		answer = Maybe
	}
	return answer
}

// Open says whether there may be labels that cannot be seen.
func (l Labels) Open() bool { return len(l.Inserted) > 0 }

// Selector says which labels an object must have. The zero Selector selects
// nothing: see Set.
type Selector struct {
	Set    bool // written at all
	At     Place
	Labels Labels
	Expr   []Requirement
}

// Requirement is one of a selector's matchExpressions.
type Requirement struct {
	Key      Text
	Operator string // In, NotIn, Exists, DoesNotExist; "" when unknown
	Values   []Text
}

// ReadSelector reads a selector of matchLabels and matchExpressions.
func ReadSelector(v Value) Selector {
	s := Selector{Set: v.Exists(), At: v.At(), Labels: ReadLabels(v.Get("matchLabels"))}
	s.Labels.Inserted = append(s.Labels.Inserted, v.Inserted()...)
	for _, e := range v.Get("matchExpressions").Items() {
		s.Expr = append(s.Expr, Requirement{e.Get("key").Text(), e.Get("operator").Text().Value, e.Get("values").Texts()})
	}
	if v.Get("matchExpressions").Open() {
		s.Expr = append(s.Expr, Requirement{})
	}
	return s
}

// ReadLabelMap reads a selector that is a plain mapping of labels.
func ReadLabelMap(v Value) Selector {
	return Selector{Set: v.Exists() && !v.IsNull(), At: v.At(), Labels: ReadLabels(v)}
}

// Empty says whether the selector is written and asks for nothing, which most
// kinds take to mean everything and Services nothing.
func (s Selector) Empty() bool {
	return s.Set && len(s.Labels.Pairs) == 0 && len(s.Expr) == 0 && !s.Labels.Open()
}

// givenByController are labels that pods get from what makes them.
var givenByController = map[string]bool{
	"statefulset.kubernetes.io/pod-name": true, "apps.kubernetes.io/pod-index": true, "controller-revision-hash": true, "pod-template-hash": true,
	"pod-template-generation": true, "job-name": true, "batch.kubernetes.io/job-name": true, "batch.kubernetes.io/job-completion-index": true,
	"controller-uid": true, "batch.kubernetes.io/controller-uid": true, "rollouts-pod-template-hash": true, "kubernetes.io/metadata.name": true,
}

// GivenByController says whether pods have the label without their template saying
// so.
func GivenByController(key string) bool { return givenByController[key] }

// Matches says whether labels satisfy the selector. An empty selector matches
// all, one that is not set nothing.
func (s Selector) Matches(l Labels) Truth {
	if !s.Set {
		return No
	}
	answer := Yes
	for _, p := range s.Labels.Pairs {
		one := l.has(p)
		if one == No && p.Shown == Maybe {
			one = Maybe
		}
		if answer = answer.And(one); answer == No {
			return No
		}
	}
	for _, action := range s.Labels.Inserted {
		if !contains(l.Inserted, action) {
			answer = answer.And(Maybe)
		}
	}
	for _, r := range s.Expr {
		answer = answer.And(r.matches(l))
	}
	return answer
}

func (r Requirement) matches(l Labels) Truth {
	if r.Key.Unknown || !r.Key.Set {
		return Maybe
	}
	has, ok := l.Get(r.Key.Value)
	if !ok && (l.Open() || givenByController[r.Key.Value]) {
		return Maybe
	}
	switch r.Operator {
	case "Exists":
		return truth(ok)
	case "DoesNotExist":
		return truth(!ok)
	case "In":
		if !ok {
			return No
		}
		return among(has, r.Values)
	case "NotIn":
		if !ok {
			return Yes
		}
		switch among(has, r.Values) {
		case Yes:
			return No
		case No:
			return Yes
		}
	}
	return Maybe
}

func among(t Text, values []Text) Truth {
	answer := No
	for _, v := range values {
		switch t.Same(v) {
		case Yes:
			return Yes
		case Maybe:
			answer = Maybe
		}
	}
	return answer
}

func truth(b bool) Truth {
	if b {
		return Yes
	}
	return No
}

func contains(list []string, s string) bool {
	for _, have := range list {
		if have == s {
			return true
		}
	}
	return false
}
