package api

import (
	"slices"
	"time"

	"hob/internal/entity"
	"hob/internal/store"
)

// atOnce is how far apart a contact's line and the alarm's may be that came of it: the
// one has the time of its board's report, the other that of its taking effect.
const atOnce = time.Second

// alarm is why the alarm changed by itself: what it watches, or a time that was over.
func (x *explainer) alarm(l *store.Change) (steps []whyStep, next *store.Change) {
	if l.Cause.Kind == entity.CauseBoard {
		if seen := x.seenByAlarm(l); seen != nil {
			return nil, seen
		}
		return []whyStep{origin(l, originWords(l.Cause))}, nil
	}
	words := originWords(l.Cause)
	switch l.State {
	case entity.AlarmTriggered:
		words = "nobody had disarmed it in time"
	case entity.AlarmArmedAway, entity.AlarmArmedHome:
		words = "the time to leave was over"
	}
	return []whyStep{origin(l, words)}, x.before(entity.AlarmID, time.UnixMilli(l.At), 0, func(c *store.Change) bool {
		return c.What == store.LineState && c.State != l.State && c.At < l.At
	})
}

// seenByAlarm is the contact's change that the alarm's came of; nil if the log has none.
func (x *explainer) seenByAlarm(l *store.Change) *store.Change {
	at := time.UnixMilli(l.At)
	lines, _, err := x.history.Changes(x.ctx, store.Filter{From: at.Add(-atOnce), To: at.Add(atOnce), Limit: store.MaxLines})
	if err != nil {
		x.err = err
		return nil
	}
	sees := func(c *store.Change) bool {
		return c.What == store.LineState && c.Cause.Kind == entity.CauseBoard && slices.Contains([]string{"open", "detected"}, c.State)
	}
	for _, by := range []int64{l.At, at.Add(atOnce).UnixMilli()} { // see runOf
		for i := range lines {
			if lines[i].At <= by && sees(&lines[i]) {
				return &lines[i]
			}
		}
	}
	return nil
}

// began is the line with which a state of the alarm began. The ones after it tell that
// something it watches has changed, or that the siren is off, and not why it is so.
func (x *explainer) began(l *store.Change) *store.Change {
	if l.Entity != entity.AlarmID || l.What != store.LineState || x.err != nil {
		return l
	}
	lines, _, err := x.history.Changes(x.ctx, store.Filter{Entities: []entity.ID{l.Entity}, To: time.UnixMilli(l.At).Add(time.Millisecond), Limit: store.MaxLines})
	if err != nil {
		x.err = err
		return l
	}
	for i := range lines {
		if lines[i].At > l.At || lines[i].What != store.LineState {
			continue
		}
		if lines[i].State != l.State {
			break
		}
		l = &lines[i]
	}
	return l
}
