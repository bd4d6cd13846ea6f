// Package fakekind is a kind of entity for tests of those who run state machines:
// it has every side that a kind can have, does what the action's verb says, and
// shows in its attributes what it was told.
package fakekind

import (
	"encoding/json"
	"fmt"
	"time"

	"hob/internal/entity"
)

// Spec declares one.
type Spec struct {
	As     entity.Kind
	On     []entity.PointRef
	Sees   []entity.ID
	Tasks  []entity.Task
	After  time.Duration // an Elapsed is due so long after "say" and after a report; 0 is never
	Lasts  bool          // entity.Lasting
	Plans  bool          // entity.Planner, and Lasts
	Format int           // another one is another declaration
}

// Kind implements entity.Spec.
func (s *Spec) Kind() entity.Kind { return s.As }

// Points implements entity.Spec.
func (s *Spec) Points() []entity.PointRef { return s.On }

// Watches implements entity.Watcher.
func (s *Spec) Watches() []entity.ID { return s.Sees }

// Initial is entity.Initial that knows Spec too.
func Initial(e entity.Entity) entity.State {
	spec, ok := e.Spec.(*Spec)
	if !ok {
		return entity.Initial(e)
	}
	return wrap(state{spec: spec})
}

func wrap(s state) entity.State {
	switch {
	case s.spec.Plans:
		return planner{lasting{s}}
	case s.spec.Lasts:
		return lasting{s}
	}
	return s
}

// Attributes is what it was told.
type Attributes struct {
	Told  string `json:"told,omitempty"` // in order: "up", "down", and points as "gpio4=true"
	Seen  string `json:"seen,omitempty"` // newest observation: "door=open", "door=open?" when unavailable
	Tries int    `json:"tries,omitempty"`
	Ended string `json:"ended,omitempty"` // statuses of the tasks
}

type state struct {
	spec *Spec
	said string
	due  time.Time
	attr Attributes
}

func (s state) View() entity.View {
	if s.said == "" {
		return entity.View{State: entity.StateUnknown, Attributes: s.attr}
	}
	return entity.View{State: s.said, Attributes: s.attr}
}

func (s state) Step(in entity.Signal, now time.Time) entity.State { return wrap(s.step(in, now)) }

func (s state) step(in entity.Signal, now time.Time) state {
	switch in := in.(type) {
	case entity.Linked:
		s.attr.Told = "down"
		if in.Up {
			s.attr.Told = "up"
		}
	case entity.Reported:
		s.attr.Told += fmt.Sprintf(" %s=%v", in.Point.Point, in.Value.On)
		if !s.spec.Plans {
			s.said = "reported"
		}
		s.due = s.dueAfter(now)
	case entity.Observed:
		s.attr.Seen = fmt.Sprintf("%s=%s", in.Entity, in.State)
		if !in.Available {
			s.attr.Seen += "?"
		}
		if len(s.spec.On) == 0 {
			s.said = in.State
		}
	case entity.Elapsed:
		s.said, s.due = "elapsed", time.Time{}
	case entity.Ended:
		s.attr.Ended = ""
		for _, r := range in.Results {
			s.attr.Ended += string(r.Entity) + " " + string(r.Status) + ";"
		}
	}
	return s
}

func (s state) dueAfter(now time.Time) time.Time {
	if s.spec.After == 0 {
		return time.Time{}
	}
	return now.Add(s.spec.After)
}

// Due implements entity.Timed.
func (s state) Due() time.Time { return s.due }

// Resolve knows: "nothing"; "wrong", which is refused and counted; "tasks"; "on"
// and "pulse" (with a warning of 6 s) for its first point; "queue", a plan that
// may wait, and any other word, which becomes its state.
func (s state) Resolve(a entity.Action, asked entity.Asked) (entity.Order, error) {
	next := s
	next.said, next.due = string(a.Verb), s.dueAfter(asked.Now)
	o := entity.Order{Target: string(a.Verb)}
	if len(s.spec.On) > 0 {
		o.Point = s.spec.On[0]
	}
	switch verb := a.Verb; {
	case verb == "nothing":
	case verb == "wrong":
		next.said, next.attr.Tries = s.said, s.attr.Tries+1
		return entity.Order{Next: wrap(next)}, &entity.Refusal{Code: entity.CodeWrongCode, Said: entity.Said{Message: "The code is wrong"}}
	case verb == "tasks" || verb == entity.VerbPress:
		o.Tasks = s.spec.Tasks
	case len(s.spec.On) == 0:
		o.Next = wrap(next)
	case verb == entity.VerbOn:
		o.Do = entity.VerbOn
	case verb == entity.VerbPulse:
		o.Do, o.Pulse = entity.VerbPulse, &entity.Pulse{Width: time.Second, WarnFor: 6 * time.Second}
	case verb == "queue":
		o.Do, o.Plan, o.Queued, o.Next = entity.VerbPlan, &entity.Plan{ID: "queue"}, true, wrap(next)
	case verb == "next_on":
		o.Do, o.Next = entity.VerbOn, wrap(next)
	default:
		o.Next = wrap(next)
	}
	return o, nil
}

func (s state) With(spec entity.Spec) entity.State {
	s.spec = spec.(*Spec)
	return wrap(s)
}

type lasting struct{ state }

// Saved implements entity.Lasting.
func (s lasting) Saved() ([]byte, error) { return json.Marshal(s.said) }

// Restore implements entity.Lasting.
func (s lasting) Restore(saved []byte, _ time.Time) (entity.State, error) {
	if err := json.Unmarshal(saved, &s.said); err != nil {
		return nil, err
	}
	return wrap(s.state), nil
}

type planner struct{ lasting }

// Plan implements entity.Planner: its id is the state and the day.
func (s planner) Plan(now time.Time) entity.Plan {
	return entity.Plan{ID: fmt.Sprintf("%s-%d", s.said, now.UTC().YearDay()), End: now.Add(24 * time.Hour)}
}
