package backend

import (
	"bytes"
	"strings"

	"drydock/internal/finding"
	"drydock/internal/repo"
	"drydock/internal/repo/pylex"
)

// maxPlaces is how many places of one queue are shown.
const maxPlaces = 5

// pythonQueues are the libraries of queues by the package that is imported, and
// the methods that put a job on them.
var pythonQueues = map[string][]string{
	"rq":        {"enqueue", "enqueue_in", "enqueue_at", "enqueue_call", "enqueue_many"},
	"django_rq": {"enqueue", "enqueue_in", "enqueue_at"},
	"celery":    {"delay", "apply_async", "send_task"},
	"dramatiq":  {"send", "send_with_options"},
	"arq":       {"enqueue_job"},
	"taskiq":    {"kiq"},
}

// jobDecorators make a function a job of the library.
var jobDecorators = map[string][]string{
	"celery": {"task", "shared_task", "periodic_task"}, "dramatiq": {"actor"}, "taskiq": {"task"}, "rq": {"job"}, "django_rq": {"job"},
}

var scriptQueues = map[string]string{
	"bull": "bull", "bullmq": "bullmq", "bee-queue": "bee-queue", "@nestjs/bull": "bull", "@nestjs/bullmq": "bullmq",
}

// enqueues finds where running code puts jobs on a queue, by library.
func enqueues(s *repo.Snapshot) map[string][]finding.Location {
	out := map[string][]finding.Location{}
	used := queuesUsed(s)
	if len(used) == 0 {
		return out
	}
	libraries := s.Graph().Near(func(e repo.External) bool { return pythonQueues[e.Package] != nil || scriptQueues[e.Package] != "" })
	methods := []string{"add", "addBulk", "createJob"}
	for _, of := range pythonQueues {
		methods = append(methods, of...)
	}
	names := queueNames(s)
	for _, src := range s.RunningSources(methods...) {
		if !libraries[src.File] || src.Lang != repo.Python && !addsTo(src, names) {
			continue
		}
		for library, spans := range enqueuesIn(s, src, used) {
			for _, span := range spans {
				if len(out[library]) < maxPlaces {
					out[library] = append(out[library], src.At(span))
				}
			}
		}
	}
	return out
}

// queueNames are the variables that JavaScript gives a new queue.
func queueNames(s *repo.Snapshot) map[string]bool {
	names := map[string]bool{}
	for _, src := range s.SourcesMentioning("Queue", "Bull") {
		if queueLibrary(s, src.File) == "" || src.JS() == nil {
			continue
		}
		for _, a := range src.JS().Assigns {
			if strings.HasSuffix(a.Value.Callee, "Queue") || a.Value.Callee == "Bull" {
				names[strings.Clone(a.Target[strings.LastIndexByte(a.Target, '.')+1:])] = true
			}
		}
	}
	return names
}

// addsTo spares parsing files in which nothing is added to what is called a queue,
// or is one.
func addsTo(src *repo.Source, names map[string]bool) bool {
	data := src.Bytes()
	for _, method := range []string{".add(", ".addBulk(", ".createJob("} {
		for at := 0; ; {
			i := bytes.Index(data[at:], []byte(method))
			if i < 0 {
				break
			}
			end := at + i
			at = end + len(method)
			end = len(bytes.TrimRight(data[:end], "?!() \t\r\n"))
			start := end
			for start > 0 && (data[start-1] == '_' || data[start-1] == '$' || data[start-1] >= '0' && data[start-1] <= '9' || data[start-1]|0x20 >= 'a' && data[start-1]|0x20 <= 'z') {
				start--
			}
			if name := string(data[start:end]); names[name] || strings.Contains(strings.ToLower(name), "queue") {
				return true
			}
		}
	}
	return false
}

// queuesUsed are the libraries that running code imports.
func queuesUsed(s *repo.Snapshot) map[string]bool {
	used := map[string]bool{}
	for _, src := range s.RunningSources() {
		for _, e := range s.Graph().External(src.File) {
			switch {
			case e.Type:
			case src.Lang == repo.Python && pythonQueues[e.Package] != nil:
				used[e.Package] = true
			case src.Lang != repo.Python && scriptQueues[e.Package] != "":
				used[scriptQueues[e.Package]] = true
			}
		}
	}
	return used
}

func imports(s *repo.Snapshot, f *repo.File, names ...string) bool {
	for _, e := range s.Graph().External(f) {
		for _, n := range names {
			if e.Package == n && !e.Type {
				return true
			}
		}
	}
	return false
}

func enqueuesIn(s *repo.Snapshot, src *repo.Source, used map[string]bool) map[string][]finding.Span {
	out := map[string][]finding.Span{}
	if py := src.Py(); py != nil {
		for i := range py.Calls {
			c := &py.Calls[i]
			dot := strings.LastIndexByte(c.Callee, '.')
			if dot <= 0 || c.Decorator {
				continue
			}
			for library, methods := range pythonQueues {
				if used[library] && contains(methods, c.Callee[dot+1:]) && isJob(s, src, library, c.Callee[:dot], c.Callee[dot+1:]) {
					out[library] = append(out[library], c.Span)
				}
			}
		}
		return out
	}
	js := src.JS()
	for i := range js.Calls {
		c := &js.Calls[i]
		dot := strings.LastIndexByte(c.Callee, '.')
		if dot <= 0 || len(c.Args) == 0 && !strings.HasSuffix(c.Callee, "createJob") {
			continue
		}
		switch c.Callee[dot+1:] {
		case "add", "addBulk", "createJob":
		default:
			continue
		}
		if library := queueOf(s, src, c.Callee[:dot]); library != "" && used[library] {
			out[library] = append(out[library], c.Span)
		}
	}
	return out
}

func contains(list []string, s string) bool {
	for _, x := range list {
		if x == s {
			return true
		}
	}
	return false
}

// isJob says whether the receiver of an enqueueing method belongs to the
// library: a method that only queues have, in a file that uses the library; or
// a function of the project that the library's decorator made a job.
func isJob(s *repo.Snapshot, src *repo.Source, library, receiver, method string) bool {
	switch method {
	case "apply_async", "send_task", "kiq", "enqueue_job":
		return true
	case "enqueue", "enqueue_in", "enqueue_at", "enqueue_call", "enqueue_many":
		return imports(s, src.File, library) || madeBy(s, src, receiver, library)
	}
	at, ok := s.Origin(src, strings.TrimSuffix(receiver, "()"))
	if !ok {
		return false
	}
	target := s.Source(at.File.Path)
	if target == nil || target.Py() == nil {
		return false
	}
	for i := range target.Py().Defs {
		d := &target.Py().Defs[i]
		if d.Name == at.Name && d.Kind != pylex.Class {
			for k := range d.Decorators {
				callee := d.Decorators[k].Callee
				if contains(jobDecorators[library], callee[strings.LastIndexByte(callee, '.')+1:]) {
					return true
				}
			}
		}
	}
	return false
}

// madeBy says whether the name leads to a file that makes queues of the library.
func madeBy(s *repo.Snapshot, src *repo.Source, name, library string) bool {
	name, _, _ = strings.Cut(name, "(")
	at, ok := s.Origin(src, name)
	return ok && at.File != src.File && imports(s, at.File, library)
}

// queueOf is the library of the queue that a name stands for, "" for anything
// else that has an add method.
func queueOf(s *repo.Snapshot, src *repo.Source, name string) string {
	last := strings.ToLower(name[strings.LastIndexByte(name, '.')+1:])
	if library := queueLibrary(s, src.File); library != "" && (strings.Contains(last, "queue") || assignedQueue(src, name)) {
		return library
	}
	if strings.HasPrefix(name, "this.") {
		return ""
	}
	at, ok := s.Origin(src, name)
	if !ok || at.File == src.File {
		return ""
	}
	if target := s.Source(at.File.Path); target != nil && target.JS() != nil && (assignedQueue(target, at.Name) || strings.Contains(last, "queue")) {
		return queueLibrary(s, at.File)
	}
	return ""
}

func queueLibrary(s *repo.Snapshot, f *repo.File) string {
	for _, e := range s.Graph().External(f) {
		if library := scriptQueues[e.Package]; library != "" && !e.Type {
			return library
		}
	}
	return ""
}

// assignedQueue says whether the name is given a new queue.
func assignedQueue(src *repo.Source, name string) bool {
	for _, a := range src.JS().Assigns {
		if a.Target == name && (strings.HasSuffix(a.Value.Callee, "Queue") || a.Value.Callee == "Bull") {
			return true
		}
	}
	return false
}
