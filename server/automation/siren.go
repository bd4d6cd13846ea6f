package automation

import (
	"context"
	"log/slog"
	"maps"
	"slices"
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
	Tell(entity.ID, entity.Signal, entity.Cause)
}

// Siren has the siren on from the moment at which the alarm goes off until
// somebody disarms it.
//
// It asks until the siren's board has confirmed, also if that comes back hours
// later. From then on a hand decides: whoever switches the siren off while the
// alarm is still triggered has heard it, and so has an output's own limit
// (max_on); it is not switched on again before the alarm goes off anew. A server
// that starts while the alarm is triggered asks once more, because it cannot
// know what became of the first time.
//
// A siren that this driver may have switched on is switched off as soon as it
// should not sound any more: the alarm is disarmed, or a reload takes the alarm
// away or gives it another siren. Before it is asked to sound the alarm notes it
// (entity.Sounding), and keeps that until the siren's board has confirmed that it
// is off; so a server that is killed in between goes on where the last one was.
type Siren struct {
	source   Alarmed
	commands Commands
	log      *slog.Logger

	house   *entity.House
	alarm   *entity.Alarm           // of house; nil when there is none
	renamed map[entity.ID]entity.ID // by house, from what they were
	learned bool                    // what an earlier run of the server left is in horns

	sounds entity.ID // the siren of an alarm that is triggered; "" while it is not
	horns  map[entity.ID]*sounder
	asked  int // counts the commands
	// follows are the sirens of which something is wanted: they may become available.
	follows atomic.Pointer[[]entity.ID]

	mu    sync.Mutex
	ended map[int]command.Result
}

// NewSiren returns a driver; Run it.
func NewSiren(s Alarmed, c Commands, log *slog.Logger) *Siren {
	return &Siren{source: s, commands: c, log: log, horns: map[entity.ID]*sounder{}, ended: map[int]command.Result{}}
}

// Run drives the siren until ctx is done.
func (s *Siren) Run(ctx context.Context) error {
	f := follow(s.source, func(e *registry.Event) bool {
		follows := s.follows.Load()
		return e.ID == entity.AlarmID || follows != nil && slices.Contains(*follows, e.ID)
	})
	defer f.close()
	for {
		now := time.Now()
		events, _ := f.take() // whatever it was, all that counts is how things are
		s.declared()
		s.takeEnds(now)
		s.look()
		s.note()
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
	s.house, s.alarm, s.renamed = h, nil, map[entity.ID]entity.ID{}
	for _, e := range h.Entities {
		if a, ok := e.Spec.(*entity.Alarm); ok {
			s.alarm = a
		}
		if e.Was != "" {
			s.renamed[e.Was] = e.ID
		}
	}
	for id, horn := range s.horns {
		if is := s.nowCalled(id); is != id {
			delete(s.horns, id)
			s.horns[is] = horn
		}
	}
}

// nowCalled is the id of what had this one, which another may have by now.
func (s *Siren) nowCalled(id entity.ID) entity.ID {
	if _, still := s.source.Entity(id); still {
		return id
	}
	if is, ok := s.renamed[id]; ok {
		return is
	}
	return id
}

// look turns how the alarm is into what the sirens are to do.
func (s *Siren) look() {
	sounds := entity.ID("")
	if s.alarm != nil {
		if rec, ok := s.source.Entity(entity.AlarmID); ok {
			s.learn(rec)
			if s.alarm.Sounds(rec.State) {
				sounds = s.alarm.Siren
			}
		}
	}
	if sounds != "" && sounds != s.sounds {
		s.horn(sounds).want(wantOn)
	}
	for id, h := range s.horns {
		switch {
		case id == sounds:
		case !h.touched:
			delete(s.horns, id)
		case h.wants != wantOff:
			h.want(wantOff)
		}
	}
	s.sounds = sounds
}

// learn takes over what an earlier run of the server has left on.
func (s *Siren) learn(alarm entity.Record) {
	a, ok := alarm.Attributes.(entity.AlarmAttributes)
	if !ok || s.learned {
		return
	}
	s.learned = true
	for _, id := range entity.IDsOf(a.Sirens) {
		s.horn(s.nowCalled(id)).touched = true
	}
}

// note has the alarm keep which sirens may be on because of it.
func (s *Siren) note() {
	rec, _ := s.source.Entity(entity.AlarmID)
	a, ok := rec.Attributes.(entity.AlarmAttributes)
	if !ok {
		return
	}
	var ids []entity.ID
	for _, id := range slices.Sorted(maps.Keys(s.horns)) {
		if s.horns[id].touched {
			ids = append(ids, id)
		}
	}
	if entity.ListOf(ids) != a.Sirens {
		s.source.Tell(entity.AlarmID, entity.Sounding{Sirens: ids}, entity.Cause{Kind: entity.CauseAlarm, By: string(entity.AlarmID)})
	}
}

func (s *Siren) horn(id entity.ID) *sounder {
	h := s.horns[id]
	if h == nil {
		h = &sounder{}
		s.horns[id] = h
	}
	return h
}

// act asks for what is wanted, and gives how long nothing needs to be done.
func (s *Siren) act(now time.Time, wake func()) time.Duration {
	// First they are followed, and then looked at: the board of one may come in between.
	var follows []entity.ID
	for id, h := range s.horns {
		if h.wants != wantNothing && !h.waiting {
			follows = append(follows, id)
		}
	}
	s.follows.Store(&follows)
	next := lookAgain
	for _, id := range follows {
		h := s.horns[id]
		rec, ok := s.source.Entity(id)
		if !ok { // a reload has taken it away, and its board has switched off the output
			delete(s.horns, id)
			continue
		}
		switch {
		case !rec.Available:
			h.retry = time.Time{} // at once when its board is back
		case now.Before(h.retry):
			next = min(next, h.retry.Sub(now))
		default:
			s.ask(id, h, wake)
		}
	}
	s.note()
	return next
}

func (s *Siren) ask(id entity.ID, h *sounder, wake func()) {
	s.asked++
	number := s.asked
	h.asked, h.waiting = number, true
	if h.wants == wantOn {
		h.touched = true
		s.note() // first: what is not known to be on is not switched off
	}
	s.commands.Submit(command.Request{Entity: id, Action: entity.Action{Verb: entity.Verb(h.wants)},
		Cause: entity.Cause{Kind: entity.CauseAlarm, By: string(entity.AlarmID)}}, func(r command.Result) {
		s.mu.Lock()
		s.ended[number] = r
		s.mu.Unlock()
		wake()
	})
}

// takeEnds takes how the commands ended. Of each siren the newest alone matters.
func (s *Siren) takeEnds(now time.Time) {
	s.mu.Lock()
	ended := s.ended
	s.ended = map[int]command.Result{}
	s.mu.Unlock()
	for id, h := range s.horns {
		r, ok := ended[h.asked]
		switch {
		case !ok || !h.waiting:
		case r.Status == entity.StatusConfirmed:
			h.done()
		default:
			h.failed(now)
			s.log.Warn("the siren does not do as it is told; trying again", "siren", id, "action", string(h.wants),
				"status", string(r.Status), "message", r.Message)
		}
	}
}
