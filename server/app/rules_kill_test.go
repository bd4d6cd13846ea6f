package app

import (
	"bufio"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/rules"
	"hob/internal/schedule"
	"hob/internal/store"
	"hob/server/automation"
)

// ruleVictim makes this test program a server of rules in that directory.
const ruleVictim = "HOB_RULES_VICTIM"

func TestMain(m *testing.M) {
	if dir := os.Getenv(ruleVictim); dir != "" {
		victim(dir)
		return
	}
	os.Exit(m.Run())
}

// busyRules come due several times a second, with a delay in their middle, and one
// follows a contact. enabled false lets what is under way end and nothing begin.
func busyRules(enabled bool) []entity.Rule {
	steps := []entity.Step{does("porch", "on"), entity.Delay{For: 20 * time.Millisecond}, does("porch", "off")}
	var out []entity.Rule
	for _, ms := range []int{90, 130, 210} {
		out = append(out, aRule(entity.RuleID(fmt.Sprintf("every_%d", ms)), entity.AtEvery{Every: schedule.Every(time.Duration(ms) * time.Millisecond)}, steps...))
	}
	out = append(out, aRule("window", entity.OnState{Entity: "window", To: "open"}, does("lamp", "on"), entity.Delay{For: 30 * time.Millisecond}, does("lamp", "off")))
	for i := range out {
		out[i].Enabled = enabled
	}
	out[1].Mode = entity.ModeQueued
	out[2].Missed = entity.Missed{Policy: entity.MissedRun, Within: time.Minute}
	return out
}

// witness stands between the driver and its store, and between the driver and the
// router: it says of everything that is done which stored step it is.
type witness struct {
	automation.RuleStore
	automation.Commands

	mu     sync.Mutex
	newest map[entity.RuleID]rules.Run // stored, and not ended
}

// KeepRules implements automation.RuleStore.
func (w *witness) KeepRules(saved []rules.Saved, runs []rules.Run, durable bool) error {
	err := w.RuleStore.KeepRules(saved, runs, durable)
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, run := range runs {
		if err == nil && run.Outcome == rules.Running && len(run.Steps) > 0 {
			w.newest[run.Rule] = run
		}
	}
	return err
}

// Submit implements automation.Commands.
func (w *witness) Submit(req command.Request, done func(command.Result)) entity.CommandID {
	w.mu.Lock()
	run, ok := w.newest[entity.RuleID(req.Cause.By)]
	w.mu.Unlock()
	if step := len(run.Steps) - 1; !ok || run.Steps[step].What != string(req.Entity)+" "+req.Action.String() {
		fmt.Printf("unstored %s %s\n", req.Cause.By, req.Action)
	} else {
		fmt.Printf("act %s %d\n", run.ID, step) // one write: a line is whole or not there
	}
	return w.Commands.Submit(req, done)
}

// victim runs busy rules until it is killed.
func victim(dir string) {
	r, w, err := witnessed(dir, busyRules(true))
	if err == nil {
		err = r.window(false)
	}
	if err != nil {
		fmt.Println("error", err)
		os.Exit(1)
	}
	_ = w
	go func() {
		for open := true; ; open = !open {
			time.Sleep(time.Duration(20+rand.IntN(40)) * time.Millisecond)
			if err := r.window(open); err != nil {
				fmt.Println("error", err)
			}
		}
	}()
	fmt.Println("end", r.rules.Run(context.Background()))
}

func witnessed(dir string, list []entity.Rule) (*ruling, *witness, error) {
	w := &witness{newest: map[entity.RuleID]rules.Run{}}
	r, err := rule(filepath.Join(dir, "hob.db"), ruledHouse(list...),
		func(s automation.RuleStore) automation.RuleStore { w.RuleStore = s; return w },
		func(c automation.Commands) automation.Commands { w.Commands = c; return w })
	return r, w, err
}

// TestNoRunIsLostOrDoubledWhenTheServerIsKilled kills servers at random moments and
// then reads what they have left, against what they did.
func TestNoRunIsLostOrDoubledWhenTheServerIsKilled(t *testing.T) {
	rounds := 20
	if os.Getenv("HOB_CAMPAIGN") != "" {
		rounds = 1000
	}
	dir := t.TempDir()
	acts := map[string]bool{}
	for round := range rounds {
		killAfter(t, dir, 1+rand.IntN(12), acts)
		wantStored(t, dir, round, acts)
		if t.Failed() {
			t.FailNow()
		}
	}
	finish(t, dir)
	s := openStore(t, dir)
	runs, err := runsOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	outcomes := map[rules.Outcome]int{}
	for i := range runs {
		outcomes[runs[i].Outcome]++
		if runs[i].Ended == 0 {
			t.Errorf("it never ended: %+v", runs[i])
		}
	}
	for _, want := range []rules.Outcome{rules.Ran, rules.Interrupted, rules.Missed} {
		if outcomes[want] == 0 {
			t.Errorf("none was %s, so this tests little: %v", want, outcomes)
		}
	}
	for _, ms := range []int64{90, 130, 210} {
		wantEachOnce(t, runs, entity.RuleID(fmt.Sprintf("every_%d", ms)), ms)
	}
	t.Logf("%d runs, %d acts: %v", len(runs), len(acts), outcomes)
}

// killAfter runs a victim, kills it after so many acts, and notes them.
func killAfter(t *testing.T, dir string, lines int, acts map[string]bool) {
	t.Helper()
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), ruleVictim+"="+dir)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Minute, func() { _ = cmd.Process.Kill() })
	defer stop.Stop()
	n := 0
	for in := bufio.NewScanner(out); in.Scan(); {
		act, ok := strings.CutPrefix(in.Text(), "act ")
		switch {
		case !ok:
			t.Errorf("the victim says %q", in.Text())
		case acts[act]:
			t.Errorf("done twice: %s", act)
		}
		acts[act] = true
		if n++; n == lines {
			if rand.IntN(2) == 0 { // also between acts, in the middle of delays
				time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
			}
			_ = cmd.Process.Kill()
		}
	}
	_ = cmd.Wait()
	if n < lines {
		t.Fatalf("the victim ended by itself after %d acts", n)
	}
}

func openStore(t *testing.T, dir string) *store.Store {
	t.Helper()
	s, err := store.Open(store.Options{Path: filepath.Join(dir, "hob.db")})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	if n := s.Notices(); len(n) != 0 {
		t.Fatalf("the store: %+v", n)
	}
	return s
}

// wantStored wants everything that was done to be on record.
func wantStored(t *testing.T, dir string, round int, acts map[string]bool) {
	t.Helper()
	s := openStore(t, dir)
	runs, err := runsOf(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	steps := map[rules.RunID]int{}
	for i := range runs {
		steps[runs[i].ID] = len(runs[i].Steps)
	}
	for act := range acts {
		var id rules.RunID
		var step int
		if _, err := fmt.Sscanf(act, "%s %d", &id, &step); err != nil || steps[id] <= step {
			t.Errorf("round %d: %s was done, and is not on record (%d steps are)", round, act, steps[id])
		}
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// finish lets everything end that is under way.
func finish(t *testing.T, dir string) {
	t.Helper()
	r, _, err := witnessed(dir, busyRules(false))
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- r.rules.Run(ctx) }()
	for limit := time.Now().Add(within); ; time.Sleep(10 * time.Millisecond) {
		status, err := r.rules.Status(ctx)
		running := 0
		for i := range status {
			running += status[i].Running + status[i].Queued
		}
		if err == nil && running == 0 {
			break
		}
		if time.Now().After(limit) {
			t.Fatalf("%d runs do not end: %v", running, err)
		}
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	r.router.Close()
	if err := r.store.Close(); err != nil {
		t.Error(err)
	}
}

// wantEachOnce wants every occurrence from the first to the last on record: one
// record each, or counted by one that stands for several.
func wantEachOnce(t *testing.T, runs []rules.Run, id entity.RuleID, period int64) {
	t.Helper()
	seen := map[int64]rules.Outcome{}
	var first, last, count int64
	for i := range runs {
		run := &runs[i]
		if run.Rule != id {
			continue
		}
		due := run.Trigger.Due
		if before, twice := seen[due]; twice {
			t.Errorf("%s was due at %d once, and is on record as %s and as %s", id, due, before, run.Outcome)
		}
		seen[due] = run.Outcome
		if first == 0 || due < first {
			first = due - int64(run.More)*period
		}
		last = max(last, due)
		count += 1 + int64(run.More)
	}
	if want := (last-first)/period + 1; count != want || count == 0 {
		t.Errorf("%s was due %d times, and %d are on record", id, want, count)
	}
}
