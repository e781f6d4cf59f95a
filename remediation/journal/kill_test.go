package journal

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"testing"
)

var kills = flag.Int("kills", 0, "kill this many processes at random operations of apply, undo, redo and recovery")

// The test binary is its own victim: with this variable set it does one act and
// kills itself at the given operation.
const victimEnv = "DRYDOCK_TEST_VICTIM"

func TestMain(m *testing.M) {
	if act := os.Getenv(victimEnv); act != "" {
		victim(act)
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// victim is the child: arguments are the root, the state directory and the
// operation, counted from the end of Open, at which it dies.
func victim(name string) {
	p := project{os.Getenv(victimEnv + "_ROOT"), os.Getenv(victimEnv + "_STATE")}
	at, err := strconv.Atoi(os.Getenv(victimEnv + "_STEP"))
	if err != nil {
		panic(err)
	}
	l := &layer{}
	s := p.open(panics{}, l)
	opened := l.steps
	l.before = func(step int, _ string) fault {
		if step != opened+at {
			return fault{}
		}
		return fault{kill: killSelf}
	}
	if name == "recover" {
		_, err = s.Recover()
	} else {
		for _, a := range acts() {
			if a.name == name {
				err = a.do(p, s, panics{})
			}
		}
	}
	if err != nil {
		panic(err)
	}
}

// killSelf does what a SIGKILL from outside would, at this very operation.
func killSelf() {
	self, err := os.FindProcess(os.Getpid())
	if err == nil {
		err = self.Kill()
	}
	if err != nil {
		panic(err)
	}
	select {}
}

// panics is the child's stand-in for testing.T.
type panics struct{}

func (panics) Helper()                   {}
func (panics) Fatal(args ...any)         { panic(fmt.Sprint(args...)) }
func (panics) Fatalf(f string, a ...any) { panic(fmt.Sprintf(f, a...)) }

// die runs a child that kills itself at the given operation; finished is true
// when the act was over before.
func die(t *testing.T, p project, name string, step int) (finished bool) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(context.Background(), self)
	c.Env = append(os.Environ(), victimEnv+"="+name, victimEnv+"_ROOT="+p.root, victimEnv+"_STATE="+p.state, victimEnv+"_STEP="+strconv.Itoa(step))
	out, err := c.CombinedOutput()
	if err == nil {
		return true
	}
	exit, ok := errors.AsType[*exec.ExitError](err)
	if !ok || exit.Exited() && exit.ExitCode() == 2 || len(out) > 0 {
		t.Fatalf("%s, to be killed at operation %d: %v\n%s", name, step, err, out)
	}
	return false
}

// killAndSettle kills the act at one operation, then recovery at each of the
// others in turn, and demands a whole tree after a recovery that is left alone.
// survived is true when the last recovery was over before its end could come.
func killAndSettle(t *testing.T, a act, step int, recovery []int, before, after tree) (survived bool) {
	t.Helper()
	p := rebuild(t)
	a.ready(t, p)
	finished := die(t, p, a.name, step)
	for _, r := range recovery {
		survived = die(t, p, "recover", r)
	}
	when := fmt.Sprintf("%s killed at operation %d, recovery at %v", a.name, step, recovery)
	s := p.open(t, nil)
	defer s.Close()
	report, err := s.Recover()
	if err != nil || len(report.Edited) > 0 {
		t.Fatalf("%s: %+v, %v", when, report, err)
	}
	got := mustTree(t, p.root)
	if finished || got["compose.yml"] == after["compose.yml"] {
		sameTree(t, got, after, when)
	} else {
		sameTree(t, got, before, when)
		if err := a.do(p, s, t); err != nil {
			t.Fatalf("%s: and then it does not work again: %v", when, err)
		}
		sameTree(t, mustTree(t, p.root), after, when+", again")
	}
	if left := p.leftovers(t); len(left) > 0 {
		t.Fatalf("%s: leftovers %v", when, left)
	}
	return survived
}

// By default a set of every kind of change dies at every operation of apply, and
// at every fourth of undo and redo; recovery dies too, at an operation that moves
// along. -kills=N adds N deaths at random.
func TestAKilledSetIsThereCompletelyOrNotAtAll(t *testing.T) {
	const recoverySteps = 60
	type known struct {
		act
		steps         int
		before, after tree
	}
	var all []known
	for i, a := range acts() {
		steps, before, after := a.outcomes(t)
		all = append(all, known{a, steps, before, after})
		stride := 1
		if i > 0 && *kills == 0 {
			stride = 4
		}
		for n := 1; n <= steps; n += stride {
			var recovery []int
			if n%2 == 0 {
				recovery = []int{1 + n*7%recoverySteps}
			}
			killAndSettle(t, a, n, recovery, before, after)
		}
	}
	seed := uint64(os.Getpid())
	random := rand.New(rand.NewPCG(seed, seed))
	for died := 0; died < *kills; {
		k := all[random.IntN(len(all))]
		recovery := make([]int, random.IntN(4))
		for i := range recovery {
			recovery[i] = 1 + random.IntN(recoverySteps)
		}
		killAndSettle(t, k.act, 1+random.IntN(k.steps), recovery, k.before, k.after)
		died += 1 + len(recovery)
	}
}

// Recovery of a set that died right before its commit, the longest there is, dies
// at every operation.
func TestAKilledRecoveryIsFinishedByTheNext(t *testing.T) {
	for _, a := range acts()[:2] {
		_, before, after := a.outcomes(t)
		p := rebuild(t)
		a.ready(t, p)
		l := &layer{}
		s := p.open(t, l)
		opened, commit := l.steps, 0
		l.before = func(step int, op string) fault {
			if op == "remove" {
				commit = step - opened
			}
			return fault{}
		}
		if err := a.do(p, s, t); err != nil {
			t.Fatal(err)
		}
		mustClose(t, s)
		for r := 1; ; r++ {
			if survived := killAndSettle(t, a, commit, []int{r}, before, after); survived {
				break
			}
		}
	}
}
