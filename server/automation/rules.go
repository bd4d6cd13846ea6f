package automation

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/rules"
)

// RuleHouse is what Rules needs of the registry.
type RuleHouse interface {
	Watch
	Snapshot() registry.Snapshot
}

// RuleStore is where rules remember. The batch is stored whole or not at all.
type RuleStore interface {
	LoadRules(ctx context.Context) ([]rules.Saved, error)
	// KeepRules returns when the batch survives the death of the process, or a power
	// cut if it is to be durable.
	KeepRules(saved []rules.Saved, runs []rules.Run, durable bool) error
}

// Teller shows a notice and takes it to the users that it is for.
type Teller interface {
	Tell(entity.Notice)
}

// Caller asks other programs for something. Its errors are sentences for people
// and hold no secret.
type Caller interface {
	Call(ctx context.Context, call *entity.Call) error
}

// RulesOptions configures NewRules. All are needed but Clock and Patience.
type RulesOptions struct {
	House    RuleHouse
	Commands Commands
	Store    RuleStore
	Teller   Teller
	Caller   Caller
	Clock    func() rules.Now // the computer's clocks when nil
	// Patience is how long what a rule does is held back until it is stored; 1 s when
	// 0. A disk that is slower costs records, and not the light in the hall.
	Patience time.Duration
	Log      *slog.Logger
}

const (
	// settling is how long the rules wait for the boards after a start, at most.
	// What was due meanwhile, or triggers by the start itself, would else find a
	// house of which nothing is known and no board that could do anything.
	settling = 10 * time.Second
	// usedSettling is for how much longer they wait once somebody has used a button. It
	// is well within registry.PressLife.
	usedSettling = time.Second
	// boardGrace is how long after a start a board that was not there so far is not
	// said to be offline: every restart would set off whatever waits for that.
	boardGrace = time.Minute
	// clockMoved is by how much a clock has to be set for the log to say so.
	clockMoved = time.Second
)

// Errors of what is asked of Rules.
var (
	ErrNoRule   = errors.New("there is no such rule")
	ErrNotReady = errors.New("the rules have ended; try again in a moment")
)

// Rules runs the house's rules: it tells the engine what happens and how late it
// is, stores what the engine wants stored, and only then does what it wants done.
//
// One goroutine, that of Run, owns the engine; every other method leaves it
// something to do. Stopping it is for the engine what a power cut is: what is
// under way is taken up by the next run of the server.
type Rules struct {
	o     RulesOptions
	log   *slog.Logger
	keep  *ruleKeeper
	awake chan struct{}
	asked chan func(now rules.Now)
	begun chan struct{} // the house has settled, and there is an engine
	ended chan struct{} // Run has ended
	some  atomic.Bool   // there are rules: else nothing is followed
	blind atomic.Bool   // there were none for a while, so the engine has not seen what has happened
	// latest is the newest program, which may not be in force yet.
	latest atomic.Pointer[rules.Program]

	engine *rules.Engine // nil before the house has settled
	start  rules.Now
	offset time.Duration // between the clocks, as last seen
	fed    entity.Revision
	met    map[entity.BoardName]bool // boards that have been there since the start
	graced bool                      // boardGrace is over, and the engine knows
	heard  []actEnd                  // how acts have ended that the engine is to be told of

	doing   sync.WaitGroup // calls under way
	calls   context.Context
	asking  map[rules.RunID]context.CancelFunc // the newest call of each run that goes on
	tell    chan entity.Notice
	telling sync.WaitGroup

	mu      sync.Mutex
	program *rules.Program // to be in force; nil: the one that is
	results []actEnd
	hooked  []entity.Secret
}

// actEnd is how an act has ended.
type actEnd struct {
	run    rules.RunID
	step   int
	result rules.Result
}

const (
	mostHooked = 64  // webhooks that have come and are not dealt with
	mostTold   = 100 // notices that wait to be told
	mostUsed   = 100 // uses of buttons, the newest, that wait for the rules to begin
)

// NewRules returns a driver without any rules: Reload it, and Run it.
func NewRules(o RulesOptions) *Rules {
	if o.Clock == nil {
		began := time.Now()
		o.Clock = func() rules.Now {
			t := time.Now()
			return rules.Now{Wall: t.Round(0), Up: t.Sub(began)}
		}
	}
	if o.Patience == 0 {
		o.Patience = keepLimit
	}
	return &Rules{o: o, log: o.Log, keep: newRuleKeeper(o.Store, o.Log), awake: make(chan struct{}, 1), asked: make(chan func(rules.Now)),
		begun: make(chan struct{}), ended: make(chan struct{}), asking: map[rules.RunID]context.CancelFunc{}, met: map[entity.BoardName]bool{}, tell: make(chan entity.Notice, mostTold)}
}

// Reload has the rules of a house be in force. It returns at once; an error, which
// a house that config accepts does not have, leaves things as they are.
func (r *Rules) Reload(h *entity.House) error {
	p, err := rules.Compile(h)
	if err != nil {
		return err
	}
	some := len(h.Rules) > 0
	if had := r.some.Swap(some); !had || !some {
		r.blind.Store(true)
	}
	r.mu.Lock()
	r.program = p
	r.mu.Unlock()
	r.latest.Store(p)
	r.wake()
	return nil
}

func (r *Rules) wake() {
	select {
	case r.awake <- struct{}{}:
	default: // it is awake already
	}
}

// Run runs the rules until ctx is done.
func (r *Rules) Run(ctx context.Context) error {
	defer close(r.ended)
	defer r.telling.Wait()
	defer close(r.tell)
	r.telling.Add(1)
	go r.tellAll()

	kept, keep := context.WithCancel(context.WithoutCancel(ctx))
	keeping := make(chan struct{})
	go func() {
		defer close(keeping)
		r.keep.run(kept)
	}()
	defer func() {
		keep()
		<-keeping
	}()

	var stop context.CancelFunc
	r.calls, stop = context.WithCancel(ctx)
	defer r.doing.Wait()
	defer stop()

	r.start = r.o.Clock()
	r.offset = offsetOf(r.start)
	f := followOn(r.o.House, r.wants, r.awake)
	defer f.close()
	if r.settle(ctx, f) {
		close(r.begun)
		r.loop(ctx, f)
	}
	return nil
}

// loop is what the engine lives in.
func (r *Rules) loop(ctx context.Context, f *follower) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for ctx.Err() == nil {
		now := r.now()
		r.replace(now)
		// What an act has changed was published before its end was told. So whatever has
		// ended by now, all that came of it is there to be followed first.
		r.hearEnds()
		busy, all := r.follow(f, now)
		if all {
			busy = r.takeEnds() || busy
		}
		busy = r.takeHooks(now) || busy
		r.grace(now)
		if busy {
			select { // whatever happens in the house, people get their answers
			case do := <-r.asked:
				do(r.now())
			default:
			}
			continue
		}
		timer.Reset(r.next())
		select {
		case <-r.awake:
		case <-timer.C:
			r.take(r.engine.Wake(r.now()))
		case do := <-r.asked:
			do(r.now())
		case <-ctx.Done():
			return
		}
	}
}

// next is how long to wait for the engine's sake. A clock that is set is noticed
// by looking at it.
func (r *Rules) next() time.Duration {
	now := r.now()
	wait := lookAgain
	if w, ok := r.engine.Next(now); ok {
		wait = min(wait, max(w, time.Millisecond))
	}
	if !r.graced {
		wait = min(wait, max(r.start.Up+boardGrace-now.Up, time.Millisecond))
	}
	return wait
}

// now looks at the clocks, and says when one was set. The engine sees it by itself.
func (r *Rules) now() rules.Now {
	now := r.o.Clock()
	offset := offsetOf(now)
	if moved := offset - r.offset; moved.Abs() >= clockMoved {
		r.log.Warn("the clock was set, or the computer slept; rules by time follow it", "by", moved.Round(time.Millisecond))
		r.offset = offset
	}
	return now
}

// offsetOf is by how much the clocks differ: it changes only when one is set.
func offsetOf(n rules.Now) time.Duration { return time.Duration(n.Wall.UnixNano()) - n.Up }

// take does what an answer of the engine comes to: stores first, then acts.
func (r *Rules) take(out rules.Output) {
	if len(out.Runs)+len(out.Keep) > 0 {
		done := r.keep.put(out)
		if len(out.Acts) > 0 || out.Durable {
			r.keep.await(done, r.o.Patience)
		}
	}
	for _, run := range out.Runs {
		r.say(&run)
		if stop := r.asking[run.ID]; stop != nil && run.Ended != 0 {
			stop() // a run that was given up does not go on asking
			delete(r.asking, run.ID)
		}
	}
	for _, a := range out.Acts {
		r.act(a)
	}
}

// say has the log tell of runs that went wrong.
func (r *Rules) say(run *rules.Run) {
	level, words := slog.LevelDebug, "a rule"
	switch run.Outcome {
	case rules.Failed, rules.Refused, rules.Interrupted:
		level = slog.LevelWarn
	case rules.Paused:
		level, words = ofPause(run)
	}
	r.log.Log(context.Background(), level, words, "rule", run.Rule, "outcome", run.Outcome, "reason", run.Reason, "run", run.ID)
}

// ofPause is how loud the log tells of a pause: that it begins is trouble, that it is
// over is not, and each firing that comes to nothing meanwhile is neither.
func ofPause(run *rules.Run) (slog.Level, string) {
	switch {
	case run.Ended != run.At:
		return slog.LevelInfo, "a rule's pause is over"
	case run.More > 0:
		return slog.LevelDebug, "a rule that is paused"
	}
	return slog.LevelWarn, "a rule runs too often"
}

// replace goes on with the rules of a changed house.
func (r *Rules) replace(now rules.Now) {
	p := r.newProgram()
	if p == nil {
		return
	}
	blind := r.blind.Swap(false)
	if blind && len(r.engine.Status(now)) == 0 { // what was not followed is no news to the first rule
		r.feed(r.house(), now)
		blind = false
	}
	r.take(r.engine.Replace(p, now))
	// New triggers have to hear how things are. Not how they are by now, which is
	// news that is still to come in its order: how the engine has seen them last.
	snap := r.o.House.Snapshot()
	known := make([]rules.Event, 0, len(snap.Boards)+len(snap.Entities))
	for i := range snap.Boards {
		if name := snap.Boards[i].Name; name != "" {
			known = append(known, rules.Event{Board: name, Link: r.engine.Board(name)})
		}
	}
	for _, e := range snap.Entities {
		known = append(known, rules.Event{Entity: e.ID, Seen: r.engine.Entity(e.ID), Cause: e.Cause})
	}
	r.take(r.engine.Happened(known, now))
	if blind { // rules that went and came back before this goroutine looked
		r.feed(r.house(), now)
	}
}

func (r *Rules) newProgram() *rules.Program {
	r.mu.Lock()
	defer r.mu.Unlock()
	p := r.program
	r.program = nil
	return p
}

// hearEnds takes up which acts have ended, which the engine is told by takeEnds.
func (r *Rules) hearEnds() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.heard = append(r.heard, r.results...)
	r.results = nil
}

func (r *Rules) takeEnds() bool {
	ends := r.heard
	r.heard = nil
	for _, e := range ends {
		r.take(r.engine.Ended(e.run, e.step, e.result, r.now()))
	}
	return len(ends) > 0
}

// Hook sets off the rules that wait for a webhook of this name. known says whether
// there are any; busy that too many have just come, so this one does nothing.
func (r *Rules) Hook(name string) (known, busy bool) {
	secret := entity.NewSecret(name)
	p := r.latest.Load()
	if name == "" || p == nil || !p.Hooked(secret) {
		return false, false
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if len(r.hooked) >= mostHooked {
		return true, true
	}
	r.hooked = append(r.hooked, secret)
	r.wake()
	return true, false
}

func (r *Rules) takeHooks(now rules.Now) bool {
	r.mu.Lock()
	hooked := r.hooked
	r.hooked = nil
	r.mu.Unlock()
	if len(hooked) == 0 {
		return false
	}
	events := make([]rules.Event, 0, len(hooked))
	for _, name := range hooked {
		events = append(events, rules.Event{Webhook: name})
	}
	r.take(r.engine.Happened(events, now))
	return true
}

// RunNow runs a rule because somebody asks for it, and gives the run as it is then.
func (r *Rules) RunNow(ctx context.Context, id entity.RuleID, by entity.Cause) (run rules.Run, err error) {
	asked := r.ask(ctx, id, func(now rules.Now) {
		name, out, ok := r.engine.Ask(id, by, now)
		if !ok {
			err = ErrNoRule
			return
		}
		if i := slices.IndexFunc(out.Runs, func(one rules.Run) bool { return one.ID == name }); i >= 0 {
			run = out.Runs[i]
		} else { // it is paused, and that run was recorded before
			run = rules.Run{ID: name, Rule: id, Outcome: rules.Paused, Reason: "the rule is paused", Steps: []rules.StepTrace{}}
		}
		r.take(out)
	})
	return run, errors.Join(asked, err)
}

// Resume ends the pause of a rule that has run too often.
func (r *Rules) Resume(ctx context.Context, id entity.RuleID) (err error) {
	asked := r.ask(ctx, id, func(now rules.Now) {
		out, ok := r.engine.Resume(id, now)
		if !ok {
			err = ErrNoRule
		}
		r.take(out)
	})
	return errors.Join(asked, err)
}

// Status is how each rule is, in the file's order.
func (r *Rules) Status(ctx context.Context) (all []rules.Status, err error) {
	err = r.ask(ctx, "", func(now rules.Now) { all = r.engine.Status(now) })
	return all, err
}

// Judge is how a rule stands now, trigger by trigger.
func (r *Rules) Judge(ctx context.Context, id entity.RuleID) (judged rules.Judged, err error) {
	asked := r.ask(ctx, id, func(now rules.Now) {
		var ok bool
		if judged, ok = r.engine.Judge(id, now.Wall); !ok {
			err = ErrNoRule
		}
	})
	return judged, errors.Join(asked, err)
}

// Program is the rules as they were declared last, to be judged in other worlds
// than that of now; nil before the first Reload.
func (r *Rules) Program() *rules.Program { return r.latest.Load() }

// ask has Run's goroutine do something with the engine, and waits for it, and before
// that for the rules to begin: who asks is to get an answer, and not to ask again. That
// there is no such rule is known at any time.
func (r *Rules) ask(ctx context.Context, id entity.RuleID, do func(rules.Now)) error {
	if p := r.Program(); id != "" && p != nil && !slices.Contains(p.Rules(), id) {
		return ErrNoRule
	}
	begun, done := r.begun, make(chan struct{})
	var asked chan<- func(rules.Now) // nil until then
	for {
		select {
		case <-begun:
			begun, asked = nil, r.asked
		case asked <- func(now rules.Now) { defer close(done); do(now) }:
			<-done
			return nil
		case <-r.ended:
			return ErrNotReady
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// act has one thing done. How it ends comes back as a result.
func (r *Rules) act(a rules.Act) {
	switch {
	case a.Do != nil:
		r.o.Commands.Submit(command.Request{Entity: a.Do.Target, Action: a.Do.Action, MayOpen: a.Opens,
			Cause: entity.Cause{Kind: entity.CauseRule, By: string(a.Rule)}}, func(res command.Result) { r.done(a, resultOf(res)) })
	case a.Call != nil:
		ctx, stop := context.WithCancel(r.calls)
		if before := r.asking[a.Run]; before != nil {
			before() // it has ended
		}
		r.asking[a.Run] = stop
		r.doing.Add(1)
		go func() {
			defer r.doing.Done()
			if err := r.o.Caller.Call(ctx, a.Call); err != nil {
				r.done(a, rules.Result{Outcome: rules.Failed, Said: entity.Said{Message: err.Error()}})
				return
			}
			r.done(a, rules.Result{Outcome: rules.Ran})
		}()
	case a.Notify != nil:
		select {
		case r.tell <- entity.Notice{Text: a.Notify.Text, Detail: a.Said.Detail, Params: a.Said.Params, User: a.Notify.User, Rule: a.Rule}:
		default:
			r.log.Warn("too many notices at once; one is left out", "rule", a.Rule)
		}
	}
}

func (r *Rules) done(a rules.Act, res rules.Result) {
	r.mu.Lock()
	r.results = append(r.results, actEnd{a.Run, a.Step, res}) // one for each act, which are few
	r.mu.Unlock()
	r.wake()
}

// tellAll tells people one after the other: to show a notice is to store it.
func (r *Rules) tellAll() {
	defer r.telling.Done()
	for n := range r.tell {
		r.o.Teller.Tell(n)
	}
}

// resultOf is what the end of a command means to a rule.
func resultOf(res command.Result) rules.Result {
	out := rules.Result{Outcome: rules.Failed, Said: res.Said}
	switch res.Status {
	case entity.StatusConfirmed:
		out.Outcome = rules.Ran
	case entity.StatusRefused:
		out.Outcome = rules.Refused
	}
	return out
}
