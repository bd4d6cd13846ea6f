package automation

import (
	"context"
	"log/slog"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/rules"
)

const (
	// keepLimit is Patience unless it is given.
	keepLimit = time.Second
	// keepRest is how long a store that has failed is left alone.
	keepRest = 5 * time.Second
	// mostUnkept is how many runs wait for a store that takes nothing; the oldest
	// give way. What rules remember is one thing for each rule, and always waits.
	mostUnkept = 1000
)

// ruleKeeper takes to the store what rules remember and how their runs are. What
// comes while it stores is stored together, the newest of each.
type ruleKeeper struct {
	store RuleStore
	log   *slog.Logger
	woken chan struct{}

	mu   sync.Mutex
	next *keepBatch // never nil

	// Those of the goroutine of run.
	failing bool
	retry   time.Time
	lost    int // runs that gave way while it fails
}

// keepBatch is what is stored in one piece.
type keepBatch struct {
	saved   map[entity.RuleID]rules.Saved
	runs    map[rules.RunID]rules.Run
	order   []rules.RunID // of runs, the oldest first
	durable bool
	done    chan struct{} // closed when it was stored, or could not be
}

func newBatch() *keepBatch {
	return &keepBatch{saved: map[entity.RuleID]rules.Saved{}, runs: map[rules.RunID]rules.Run{}, done: make(chan struct{})}
}

func newRuleKeeper(s RuleStore, log *slog.Logger) *ruleKeeper {
	return &ruleKeeper{store: s, log: log, woken: make(chan struct{}, 1), next: newBatch()}
}

// put leaves what is to be stored. done is closed when that was done or has failed.
func (k *ruleKeeper) put(out rules.Output) (done <-chan struct{}) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for _, s := range out.Keep {
		k.next.saved[s.Rule] = s
	}
	for _, run := range out.Runs {
		k.next.add(run)
	}
	k.next.durable = k.next.durable || out.Durable
	select {
	case k.woken <- struct{}{}:
	default: // it is awake already
	}
	return k.next.done
}

func (b *keepBatch) add(run rules.Run) {
	if _, known := b.runs[run.ID]; !known {
		b.order = append(b.order, run.ID)
	}
	b.runs[run.ID] = run
}

// await waits for what was put, but not for long.
func (k *ruleKeeper) await(done <-chan struct{}, most time.Duration) {
	limit := time.NewTimer(most)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
		k.log.Warn("the store is slow; a rule goes on without waiting for it")
	}
}

// run stores until ctx is done, and then what is left.
func (k *ruleKeeper) run(ctx context.Context) {
	for {
		var again <-chan time.Time
		if k.failing {
			again = time.After(max(time.Until(k.retry), 0))
		}
		select {
		case <-k.woken:
		case <-again:
		case <-ctx.Done():
			k.retry = time.Time{}
			k.keep()
			return
		}
		k.keep()
	}
}

// keep stores what there is. What cannot be stored waits for better times, and
// nobody waits for it.
func (k *ruleKeeper) keep() {
	k.mu.Lock()
	b := k.next
	k.next = newBatch()
	k.mu.Unlock()
	defer close(b.done)
	if len(b.saved)+len(b.runs) == 0 {
		return
	}
	if k.failing && time.Now().Before(k.retry) {
		k.giveBack(b)
		return
	}
	saved := make([]rules.Saved, 0, len(b.saved))
	for _, s := range b.saved {
		saved = append(saved, s)
	}
	runs := make([]rules.Run, 0, len(b.runs))
	for _, id := range b.order {
		runs = append(runs, b.runs[id])
	}
	err := k.store.KeepRules(saved, runs, b.durable)
	switch {
	case err == nil && k.failing:
		k.log.Info("what rules remember is stored again", "lost_runs", k.lost)
		k.failing, k.lost = false, 0
	case err != nil:
		if !k.failing {
			k.log.Error("what rules remember cannot be stored; they run all the same, and a restart of the server would not know", "error", err)
		}
		k.failing, k.retry = true, time.Now().Add(keepRest)
		k.giveBack(b)
	}
}

// giveBack has a batch stored with the next one, where that has nothing newer.
func (k *ruleKeeper) giveBack(b *keepBatch) {
	k.mu.Lock()
	defer k.mu.Unlock()
	n := k.next
	for id, s := range b.saved {
		if _, newer := n.saved[id]; !newer {
			n.saved[id] = s
		}
	}
	for _, id := range n.order {
		b.add(n.runs[id])
	}
	n.runs, n.order, n.durable = b.runs, b.order, n.durable || b.durable
	for len(n.order) > mostUnkept {
		delete(n.runs, n.order[0])
		n.order = n.order[1:]
		k.lost++
	}
}
