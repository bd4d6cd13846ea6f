package automation

import (
	"slices"
	"sync"

	"hob/internal/entity"
	"hob/internal/registry"
)

// diary notes how entities change.
type diary struct {
	mu   sync.Mutex
	sub  *registry.Subscription
	last map[entity.ID]string
	out  []string
}

func newDiary(reg *registry.Registry) *diary {
	d := &diary{last: map[entity.ID]string{}}
	d.mu.Lock()
	defer d.mu.Unlock()
	snap, sub := reg.Subscribe(d.read)
	d.sub = sub
	for _, rec := range snap.Entities {
		d.last[rec.ID] = rec.State
	}
	return d
}

func (d *diary) read() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for {
		events, err := d.sub.Take(nil)
		if err != nil {
			panic(err)
		}
		if len(events) == 0 {
			return
		}
		for _, e := range events {
			if e.Entity == nil || e.Entity.Kind == entity.KindSensor || e.Entity.Kind == entity.KindButton || d.last[e.ID] == e.Entity.State {
				continue
			}
			d.last[e.ID] = e.Entity.State
			d.out = append(d.out, stateOf(e.At, e.ID, e.Entity.State))
		}
	}
}

func (d *diary) states() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Clone(d.out)
}
