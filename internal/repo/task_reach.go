package repo

import "drydock/internal/repo/shell"

// maxReached bounds the commands that one command is followed to.
const maxReached = 2_000

// Reached are the commands that cmd runs in the end: itself, then those of the
// tasks that it starts by name, and of the tasks that these need and start. It does
// not follow into what is not known; see TaskCall.
func (s *Snapshot) Reached(cmd Command) []Command {
	r := reacher{s: s, seen: map[*Task]bool{}, out: []Command{cmd}}
	r.follow()
	return r.out
}

// ReachedBy are the commands that a task runs in the end; see Reached.
func (s *Snapshot) ReachedBy(t *Task) []Command {
	r := reacher{s: s, seen: map[*Task]bool{}}
	r.enter(t)
	r.follow()
	return r.out
}

type reacher struct {
	s    *Snapshot
	seen map[*Task]bool
	out  []Command
}

func (r *reacher) follow() {
	for n := 0; n < len(r.out) && len(r.out) < maxReached; n++ {
		cmd := r.out[n]
		for _, c := range quotedCommands(cmd.Words) {
			inner := cmd
			inner.Command = c
			r.out = append(r.out, inner)
		}
		call, ok := r.s.TaskCall(cmd)
		if !ok {
			continue
		}
		for _, t := range call.Tasks {
			r.enter(t)
		}
	}
}

// enter adds the commands of a task and of those it needs.
func (r *reacher) enter(t *Task) {
	queue := []*Task{t}
	for len(queue) > 0 {
		t, queue = queue[0], queue[1:]
		if r.seen[t] {
			continue
		}
		r.seen[t] = true
		r.out = append(r.out, t.Commands...)
		room := r.s.tasks().at(t.Runner, t.Dir)
		for _, need := range t.Needs {
			if other := room.byName[need]; other != nil {
				queue = append(queue, other)
			}
		}
	}
}

// quotedCommands are the commands that a program which starts several at once is
// given as words.
func quotedCommands(words []string) []shell.Command {
	words = unwrapped(words)
	if len(words) == 0 {
		return nil
	}
	switch programName(words[0]) {
	case "concurrently", "start-server-and-test", "parallel", "nodemon", "watchexec":
	default:
		return nil
	}
	var out []shell.Command
	for _, w := range words[1:] {
		if len(w) > 4 && w[:4] == "npm:" {
			out = append(out, shell.Command{Words: []string{"npm", "run", w[4:]}})
			continue
		}
		for i := range len(w) {
			if w[i] == ' ' {
				out = append(out, shell.Commands(w)...)
				break
			}
		}
	}
	return out
}
