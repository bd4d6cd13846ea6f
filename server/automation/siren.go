package automation

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

// Alarmed is what Siren needs of the registry.
type Alarmed interface {
	Watch
	House() *entity.House
	Entity(entity.ID) (entity.Record, bool)
}

// mostSirenRest is the longest pause before the siren is tried again.
const mostSirenRest = 15 * time.Second

// Siren has the siren on from the moment at which the alarm goes off until
// somebody disarms it.
//
// It asks until the siren's board has confirmed, also if that comes back hours
// later. From then on a hand decides: whoever switches the siren off while the
// alarm is still triggered has heard it, and so has an output's own limit
// (max_on); it is not switched on again before the alarm goes off anew. A server
// that starts while the alarm is triggered asks once more, because it cannot
// know what became of the first time. When the alarm is disarmed the siren is
// switched off, if it was this driver that may have switched it on.
type Siren struct {
	source   Alarmed
	commands Commands
	log      *slog.Logger

	alarm *entity.Alarm // of house; nil when there is none
	house *entity.House

	sounding bool      // the alarm is triggered
	wants    want      // what is to be brought about
	siren    entity.ID // that wants is about
	touched  entity.ID // that may be on because of us; "" is none
	failures int
	retry    time.Time // not before
	asked    int       // counts the commands; the newest alone matters
	waiting  bool      // for its end
	// follows is the siren while something is wanted of it: it may become available.
	follows atomic.Pointer[entity.ID]

	mu    sync.Mutex
	ended map[int]command.Result
}

// want is what the siren is to do.
type want entity.Verb

const (
	wantNothing want = ""
	wantOn           = want(entity.VerbOn)
	wantOff          = want(entity.VerbOff)
)

// NewSiren returns a driver; Run it.
func NewSiren(s Alarmed, c Commands, log *slog.Logger) *Siren {
	return &Siren{source: s, commands: c, log: log, ended: map[int]command.Result{}}
}

// Run drives the siren until ctx is done.
func (s *Siren) Run(ctx context.Context) error {
	f := follow(s.source, func(e *registry.Event) bool {
		siren := s.follows.Load()
		return e.ID == entity.AlarmID || siren != nil && e.ID == *siren
	})
	defer f.close()
	for {
		now := time.Now()
		events, _ := f.take() // whatever it was, all that counts is how things are
		s.declared()
		s.takeEnd(now)
		s.look()
		if next := s.act(now, f.wake); len(events) == 0 && !f.wait(ctx, next) {
			return nil
		}
	}
}

// declared follows the house.
func (s *Siren) declared() {
	h := s.source.House()
	if h == s.house {
		return
	}
	s.house, s.alarm = h, nil
	for _, e := range h.Entities {
		if a, ok := e.Spec.(*entity.Alarm); ok {
			s.alarm = a
		}
	}
}

// look turns how the alarm is into what the siren is to do.
func (s *Siren) look() {
	sounding, siren := false, entity.ID("")
	if s.alarm != nil {
		if rec, ok := s.source.Entity(entity.AlarmID); ok {
			sounding, siren = s.alarm.Sounds(rec.State), s.alarm.Siren
		}
	}
	switch {
	case sounding && siren != "" && (!s.sounding || siren != s.siren):
		s.want(wantOn, siren)
	case !sounding && s.sounding && s.touched != "":
		s.want(wantOff, s.touched)
	case !sounding && s.sounding:
		s.want(wantNothing, "")
	}
	s.sounding = sounding && siren != ""
}

func (s *Siren) want(w want, siren entity.ID) {
	s.wants, s.siren, s.failures, s.retry, s.waiting = w, siren, 0, time.Time{}, false
	s.follows.Store(nil)
	if w != wantNothing {
		s.follows.Store(&siren)
	}
}

// act asks for what is wanted, unless that is under way or has just failed. It
// gives how long nothing needs to be done.
func (s *Siren) act(now time.Time, wake func()) time.Duration {
	if s.wants == wantNothing || s.waiting {
		return lookAgain
	}
	rec, ok := s.source.Entity(s.siren)
	if !ok { // a reload has taken it away
		s.wants, s.touched = wantNothing, ""
		return lookAgain
	}
	if !rec.Available {
		s.retry = time.Time{} // at once when its board is back
		return lookAgain
	}
	if now.Before(s.retry) {
		return s.retry.Sub(now)
	}
	s.asked++
	number := s.asked
	s.waiting = true
	if s.wants == wantOn {
		s.touched = s.siren
	}
	s.commands.Submit(command.Request{Entity: s.siren, Action: entity.Action{Verb: entity.Verb(s.wants)},
		Cause: entity.Cause{Kind: entity.CauseAlarm, By: string(entity.AlarmID)}}, func(r command.Result) {
		s.mu.Lock()
		s.ended[number] = r
		s.mu.Unlock()
		wake()
	})
	return lookAgain
}

// takeEnd takes how the newest command ended.
func (s *Siren) takeEnd(now time.Time) {
	s.mu.Lock()
	r, ok := s.ended[s.asked]
	clear(s.ended)
	s.mu.Unlock()
	switch {
	case !ok || !s.waiting:
	case r.Status == entity.StatusConfirmed:
		if s.wants == wantOff {
			s.touched = ""
		}
		s.wants, s.waiting = wantNothing, false
	default:
		s.waiting = false
		s.failures++
		s.retry = now.Add(backoff(s.failures, mostSirenRest))
		s.log.Warn("the siren does not do as it is told; trying again", "siren", s.siren, "action", string(s.wants),
			"status", string(r.Status), "message", r.Message)
	}
}
