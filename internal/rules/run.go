package rules

import "hob/internal/entity"

// RunID names a run of a rule, over restarts.
type RunID string

// Outcome is how a firing of a rule ended.
type Outcome string

// Values of Outcome.
const (
	Running     Outcome = "running"     // not ended yet
	Ran         Outcome = "ran"         // every step did
	Failed      Outcome = "failed"      // a step did not; the others may have
	Refused     Outcome = "refused"     // no action was accepted
	Skipped     Outcome = "skipped"     // it did not begin: condition, cooldown, mode
	Missed      Outcome = "missed"      // it was due at a time at which it could not run
	Stopped     Outcome = "stopped"     // it was given up: restart mode, the rule was changed
	Interrupted Outcome = "interrupted" // the server ended during a step, and nobody knows how that went
	Paused      Outcome = "paused"      // the rule runs too often, and does not for a while
)

// Run is one firing of a rule: what set it off, what came of it, and every step.
// It is JSON in the store, the API and the simulator. Times are unix milliseconds.
type Run struct {
	ID      RunID         `json:"id"`
	Rule    entity.RuleID `json:"rule"`
	At      int64         `json:"at"`    // when it fired
	Ended   int64         `json:"ended"` // 0 while it runs
	Outcome Outcome       `json:"outcome"`
	Reason  string        `json:"reason"`           // a sentence; "" when there is nothing to say
	Detail  entity.Detail `json:"detail,omitempty"` // names it; "" where it is made of what steps or conditions say
	Params  entity.Params `json:"params,omitempty"`
	Trigger Fired         `json:"trigger"`
	If      *Trace        `json:"if,omitempty"` // how its condition was judged; nil when it has none or none was asked
	Steps   []StepTrace   `json:"steps"`        // what was done, in order
	More    int           `json:"more,omitempty"`
	// More is how many firings this record stands for beside itself: missed ones
	// beyond MostMissed, or those of a pause.
}

// because gives the run its reason.
func (r *Run) because(why entity.Said) {
	r.Reason, r.Detail, r.Params = why.Message, why.Detail, why.Params
}

// Actions are what the run has asked for, in the words of config.yaml.
func (r *Run) Actions() []string {
	out := []string{}
	for _, s := range r.Steps {
		if s.Kind.acts() {
			out = append(out, s.What)
		}
	}
	return out
}

// Fired is what set a rule off.
type Fired struct {
	Kind   TriggerKind   `json:"kind"`
	Text   string        `json:"text"`             // the trigger in words: "sunset-20m", "left open for 10m"
	Due    int64         `json:"due,omitempty"`    // by time: when it was due
	Entity entity.ID     `json:"entity,omitempty"` // by an entity: which
	From   string        `json:"from,omitempty"`   // and how it was before,
	To     string        `json:"to,omitempty"`     // and then
	Board  string        `json:"board,omitempty"`
	Cause  *entity.Cause `json:"cause,omitempty"` // why the entity changed, or who asked
}

// TriggerKind is what sort of trigger it was.
type TriggerKind string

// Values of TriggerKind.
const (
	KindTime    TriggerKind = "time" // clock times, cron, sun, every
	KindState   TriggerKind = "state"
	KindLevel   TriggerKind = "level"
	KindButton  TriggerKind = "button"
	KindBoard   TriggerKind = "board"
	KindWebhook TriggerKind = "webhook"
	KindStartup TriggerKind = "startup"
	KindAsked   TriggerKind = "asked" // somebody has asked for a run
)

// StepTrace is one step of a run.
type StepTrace struct {
	What    string        `json:"what"` // in words: "porch on", "delay 10m"
	Kind    StepKind      `json:"kind"`
	Entity  entity.ID     `json:"entity,omitempty"`  // of StepDo: what was asked to do it
	At      int64         `json:"at"`                // when it began
	TookMS  int64         `json:"took_ms"`           // on the clock that never jumps; over a restart, on that on the wall
	Outcome Outcome       `json:"outcome"`           // running, ran, failed, refused, interrupted, stopped
	Message string        `json:"message,omitempty"` // what went wrong; of a choice which way it went, of a wait how it ended
	Detail  entity.Detail `json:"detail,omitempty"`  // names the sentence, where it is one of the server's
	Params  entity.Params `json:"params,omitempty"`
	If      *Trace        `json:"if,omitempty"` // of a choice or a wait: how its condition was judged
}

// StepKind is what sort of step it was.
type StepKind string

// Values of StepKind.
const (
	StepDo     StepKind = "do"
	StepNotify StepKind = "notify"
	StepCall   StepKind = "webhook"
	StepDelay  StepKind = "delay"
	StepWait   StepKind = "wait"
	StepChoose StepKind = "if"
	StepStop   StepKind = "stop"
)

func (k StepKind) acts() bool { return k == StepDo || k == StepNotify || k == StepCall }

// Verdict is how a condition stands.
type Verdict string

// Values of Verdict.
const (
	Yes     Verdict = "yes"
	No      Verdict = "no"
	Unknown Verdict = "unknown"
)

// Trace is how a condition was judged, and its parts. Text is the condition in
// words, Value what was seen, Why a sentence where it did not hold.
type Trace struct {
	Text    string  `json:"text"`
	Verdict Verdict `json:"verdict"`
	Value   string  `json:"value,omitempty"`
	Why     string  `json:"why,omitempty"`
	Parts   []Trace `json:"parts,omitempty"`
}

// Act is something to be done for a run: one of Do, Notify and Call is set. How a
// Do or a Call ended is told with Engine.Ended; a Notify is not awaited.
type Act struct {
	Run    RunID
	Rule   entity.RuleID
	Step   int            // index into Run.Steps
	Do     *entity.Task   // for the command router, by CauseRule and Rule
	Opens  bool           // the rule may open this garage door
	Notify *entity.Notify // for the dashboard and the user's channels
	Call   *entity.Call   // a web service
	Said   entity.Said    // Notify in words that can be translated: the engine itself speaks
}

// Result is how an Act ended.
type Result struct {
	Outcome     Outcome // Ran, Failed or Refused
	entity.Said         // when it was not Ran
}

// Output is what an input to the engine comes to. Runs and Keep are to be stored,
// before Acts are done: on the disk if Durable, so that a run whose acts were
// begun is never forgotten and never begun again.
type Output struct {
	Acts    []Act
	Runs    []Run   // new, or in place of the one with the same ID
	Keep    []Saved // in place of what was stored for the rule
	Durable bool
}

// Saved is a rule's memory, which the next run of the server gets.
type Saved struct {
	Rule entity.RuleID
	Data []byte // JSON; nil: the rule is gone, forget it
}

// Status is how a rule is.
type Status struct {
	Rule        *entity.Rule
	Last        *Run  // nil: it has not fired as far as is remembered
	Next        int64 // unix ms: the next occurrence of its triggers by time; 0: there is none
	Running     int   // runs that have begun and not ended
	Queued      int
	PausedUntil int64 // unix ms; 0: it is not paused
	RestsUntil  int64 // unix ms: its cooldown; 0: it does not rest
}
