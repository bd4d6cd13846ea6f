// Package command takes commands from browsers, the API, the command line,
// button bindings and rules, sees each one through to its end, and tells the
// asker: confirmed, refused, failed or expired, exactly once.
//
// hub, api and automation call it. It owns the deadlines; what is true is the
// registry's, and the way to the board is the link's. A Router may be used from
// any goroutine.
package command

import (
	"errors"
	"strconv"
	"sync"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
)

// Defaults of Options.
const (
	DefaultTimeout = 5 * time.Second
	defaultKeep    = 1000
	defaultMost    = 1024
)

// grace is how long after its deadline a command is still waited for: the
// board refuses it by itself, and its answer is better than our silence.
const grace = time.Second

// House is what the router needs of the registry.
type House interface {
	Accept(registry.Request) (registry.Accepted, error)
	Ended(entity.ID, []entity.Result, entity.Cause)
	Finish(entity.ID, entity.CommandID, *entity.Failure)
	WhenStored(id entity.ID, mark uint64, done func(error)) (stop func())
}

// Options configures New.
type Options struct {
	House   House
	Now     func() time.Time // time.Now when nil
	Timeout time.Duration    // until a board must have begun; DefaultTimeout when 0
	Keep    int              // ended commands that Find still knows; 1000 when 0
	Most    int              // unfinished commands at once; 1024 when 0
}

// Request is a wish to change one entity.
type Request struct {
	Entity entity.ID
	Action entity.Action
	Cause  entity.Cause
	// Pressed is the button that a finger, not a command, has just used; or "".
	Pressed entity.ID
	// MayOpen says that the rule that asks may open this garage door. Only the driver
	// of rules sets it: nothing that a client sends comes here.
	MayOpen bool

	depth  int  // how many scenes and buttons this is a task of
	byRule bool // and whether a rule began with it
}

// Result is how a command stands or ended.
type Result = entity.Result

// Router sees commands through. Make one with New and Close it.
type Router struct {
	house   House
	now     func() time.Time
	timeout time.Duration
	keep    int
	most    int

	mu      sync.Mutex
	last    uint64
	running map[entity.CommandID]*running
	ended   map[entity.CommandID]Result
	order   []entity.CommandID // of ended, oldest first
	closed  bool
}

// running is one unfinished command.
type running struct {
	result Result
	target string
	board  entity.BoardName
	limit  time.Duration // until it is due; grace comes on top
	done   func(Result)
	timer  *time.Timer
	cancel func() // nil until it is known
	// cancelled says that somebody has called it off, perhaps before that.
	cancelled bool
	// noted says that what follows is known; a board may answer sooner.
	noted    bool
	early    *registry.BoardResult // an answer from before that
	queues   bool                  // what the board does not take now it gets later
	later    bool                  // and it will have to be later
	mark     uint64                // what must be stored before its end is told
	refused  error                 // why it is refused when that is stored; nil for a command that is confirmed
	settling bool                  // all but that is over
	unwait   func()                // ends the wait for the store; nil while there is none
}

// New returns a Router.
func New(o Options) *Router {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	if o.Keep == 0 {
		o.Keep = defaultKeep
	}
	if o.Most == 0 {
		o.Most = defaultMost
	}
	return &Router{house: o.House, now: o.Now, timeout: o.Timeout, keep: o.Keep, most: o.Most,
		running: map[entity.CommandID]*running{}, ended: map[entity.CommandID]Result{}}
}

// Submit begins a command. done is called exactly once with the final result:
// before Submit returns when the command was refused at once (an attempt that
// counts is stored first), otherwise at the
// latest two seconds after its deadline, from another goroutine. done must not
// block; nil is allowed.
func (r *Router) Submit(req Request, done func(Result)) entity.CommandID {
	if done == nil {
		done = func(Result) {}
	}
	c, refused := r.begin(req, done)
	if refused != nil {
		done(*refused)
		return refused.Command
	}
	id := c.result.Command
	accepted, err := r.house.Accept(registry.Request{
		Command: id, Entity: req.Entity, Action: req.Action, Cause: req.Cause, Pressed: req.Pressed,
		ByRule: req.byRule, MayOpen: req.MayOpen,
		Until: r.now().Add(r.timeout),
		Done:  func(b registry.BoardResult) { r.answered(id, b) },
	})
	if err != nil {
		r.refuse(c, err, accepted.Mark)
		return id
	}
	r.note(c, accepted)
	switch order := accepted.Order; {
	case len(order.Tasks) > 0:
		r.runTasks(c, req, order.Tasks)
	case !accepted.Sent:
		r.settle(id)
	}
	return id
}

// refuse refuses a command, when what the attempt has left behind is stored.
func (r *Router) refuse(c *running, err error, mark uint64) {
	r.mu.Lock()
	c.refused, c.mark, c.noted = err, mark, true
	r.mu.Unlock()
	r.settle(c.result.Command)
}

// note keeps what the command has come to, and then takes an answer that came sooner.
func (r *Router) note(c *running, a registry.Accepted) {
	r.mu.Lock()
	c.target, c.board = a.Order.Target, a.Order.Point.Board
	c.queues, c.later, c.mark, c.noted = a.Order.Queued, a.Queued, a.Mark, true
	early := c.early
	if p := a.Order.Pulse; p != nil && r.running[c.result.Command] == c {
		c.limit += p.Lasts()
		c.timer.Reset(c.limit + grace)
	}
	if len(a.Order.Tasks) > 0 {
		c.timer.Stop() // each of them ends in its time
	}
	r.mu.Unlock()
	r.cancelBy(c, a.Cancel)
	if early != nil {
		r.answered(c.result.Command, *early)
	}
}

// cancelBy keeps how a command is called off, and does it if somebody has asked already.
func (r *Router) cancelBy(c *running, cancel func()) {
	r.mu.Lock()
	c.cancel = cancel
	asked := c.cancelled
	r.mu.Unlock()
	if asked && cancel != nil {
		cancel()
	}
}

// begin registers the command, or says why it cannot even be tried.
func (r *Router) begin(req Request, done func(Result)) (*running, *Result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.last++
	id := entity.CommandID(strconv.FormatUint(r.last, 16))
	c := &running{done: done, limit: r.timeout, result: Result{Command: id, Entity: req.Entity,
		Action: req.Action.Verb, Status: entity.StatusAccepted}}
	if req.depth > mostDepth {
		c.result.Status, c.result.Code = entity.StatusRefused, entity.CodeInvalid
		c.result.Said = entity.Say("tasks_too_deep", "Scenes and buttons that lead to each other go too far")
		r.remember(c.result)
		return nil, &c.result
	}
	if r.closed || len(r.running) >= r.most {
		c.result.Status, c.result.Code = entity.StatusRefused, entity.CodeBusy
		c.result.Said = entity.Say("too_many_commands", "{count} commands are unfinished; try again", "count", len(r.running))
		if r.closed {
			c.result.Said = stopping()
		}
		r.remember(c.result)
		return nil, &c.result
	}
	r.running[id] = c
	c.timer = time.AfterFunc(c.limit+grace, func() { r.expire(id) })
	return c, nil
}

func (r *Router) expire(id entity.CommandID) {
	r.mu.Lock()
	c := r.running[id]
	if c == nil {
		r.mu.Unlock()
		return
	}
	why := entity.Say("no_end", "No reply within {_limit}", "seconds", c.limit.Seconds(), "_limit", c.limit)
	if c.board != "" {
		why = registry.NoReply(string(c.board), c.limit)
	}
	r.mu.Unlock()
	r.answered(id, registry.BoardResult{Status: entity.StatusExpired, Code: entity.CodeTimeout, Said: why})
}

func stopping() entity.Said { return entity.Say("server_stopping", "The server is stopping") }

// answered takes how the board's part of a command went.
func (r *Router) answered(id entity.CommandID, b registry.BoardResult) {
	r.mu.Lock()
	c := r.running[id]
	switch {
	case c == nil || c.settling:
		r.mu.Unlock()
		return
	case !c.noted:
		c.early = &b
		r.mu.Unlock()
		return
	}
	later := c.queues && (b.Code == entity.CodeLinkLost || b.Code == entity.CodeTimeout)
	c.later = c.later || later
	plain := c.mark == 0 && !c.later
	r.mu.Unlock()
	switch {
	case b.Status == entity.StatusConfirmed && plain: // nothing to be stored, as with most
		r.end(id, entity.StatusConfirmed, "", entity.Said{})
	case b.Status == entity.StatusConfirmed || later:
		r.settle(id)
	default:
		r.end(id, b.Status, b.Code, b.Said)
	}
}

// refusal is what an error of Accept means to the asker.
func refusal(err error) (entity.Code, entity.Said) {
	var why *entity.Refusal
	if errors.As(err, &why) {
		return why.Code, why.Said
	}
	return entity.CodeInvalid, entity.Said{Message: err.Error()}
}

// end ends a command, unless it has ended: the first word counts.
func (r *Router) end(id entity.CommandID, status entity.Status, code entity.Code, why entity.Said) {
	r.mu.Lock()
	c := r.running[id]
	if c == nil {
		r.mu.Unlock()
		return
	}
	delete(r.running, id)
	c.timer.Stop()
	c.result.Status, c.result.Code, c.result.Said = status, code, why
	r.remember(c.result)
	target, unwait := c.target, c.unwait
	r.mu.Unlock()

	if unwait != nil {
		unwait()
	}
	var failure *entity.Failure
	if status != entity.StatusConfirmed {
		failure = &entity.Failure{Command: id, Action: c.result.Action, Target: target, Status: status,
			Code: code, Said: why, At: r.now().UnixMilli()}
	}
	r.house.Finish(c.result.Entity, id, failure)
	c.done(c.result)
}

// remember keeps the newest ended commands for Find.
func (r *Router) remember(res Result) {
	r.ended[res.Command] = res
	r.order = append(r.order, res.Command)
	if len(r.order) > r.keep {
		delete(r.ended, r.order[0])
		r.order = r.order[1:]
	}
}

// Cancel asks for an unfinished command to be dropped. How it ended is told to
// its asker as always: the board may have done it already. It reports whether
// the command was unfinished.
func (r *Router) Cancel(id entity.CommandID) bool {
	r.mu.Lock()
	c := r.running[id]
	if c == nil {
		r.mu.Unlock()
		return false
	}
	c.cancelled = true
	cancel := c.cancel
	r.mu.Unlock()
	if cancel != nil {
		cancel()
	}
	return true
}

// Find returns an unfinished command, or one of the newest ended ones.
func (r *Router) Find(id entity.CommandID) (Result, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if c := r.running[id]; c != nil {
		return c.result, true
	}
	res, ok := r.ended[id]
	return res, ok
}

// Close refuses new commands and ends the unfinished ones as failed.
func (r *Router) Close() {
	r.mu.Lock()
	r.closed = true
	ids := make([]entity.CommandID, 0, len(r.running))
	for id := range r.running {
		ids = append(ids, id)
	}
	r.mu.Unlock()
	for _, id := range ids {
		r.end(id, entity.StatusFailed, entity.CodeLinkLost, stopping())
	}
}
