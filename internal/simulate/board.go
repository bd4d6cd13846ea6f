package simulate

import (
	"hob/internal/entity"
	"hob/internal/registry"
)

// board is a modelled board: it does what it is told at once, and reports. It
// goes on with what it does by itself while its link is down, as a real one.
type board struct {
	house  *House
	id     entity.BoardID
	link   *registry.Attachment // nil while it is away
	order  []entity.PointID     // of values, as they were put there
	values map[entity.PointID]entity.Value

	outputs map[entity.PointID]*output
	rank    []*output // in the file's order
	doors   map[entity.PointID]*door
	stats   map[entity.PointID]*thermostat

	underway map[int]func(registry.BoardResult) // commands that take their time
	count    int
}

func newBoard(h *House, b entity.Board) *board {
	return &board{house: h, id: b.ID, values: map[entity.PointID]entity.Value{}, outputs: map[entity.PointID]*output{},
		doors: map[entity.PointID]*door{}, stats: map[entity.PointID]*thermostat{}, underway: map[int]func(registry.BoardResult){}}
}

// put gives a point its value without a report.
func (b *board) put(p entity.PointID, v entity.Value) {
	if _, known := b.values[p]; !known {
		b.order = append(b.order, p)
	}
	b.values[p] = v
}

// attach brings the link up: the board tells all that it has.
func (b *board) attach() {
	if b.link != nil {
		return
	}
	var points []registry.PointReport
	for _, p := range b.order {
		points = append(points, registry.PointReport{Point: p, Value: b.values[p], Cause: entity.Cause{Kind: entity.CauseBoard}})
	}
	link, err := b.house.registry.Attach(b.id, "", "simulated", b, points)
	if err == nil { // else the house does not declare it, and then nobody has a link to bring up
		b.link = link
	}
}

// detach takes the link down. What it was doing for somebody has failed for them.
func (b *board) detach() {
	if b.link == nil {
		return
	}
	b.link.Detach(entity.BoardOffline, entity.Said{Message: "The test has taken it away"})
	b.link = nil
	for _, p := range b.order { // a warning ends with the link that asked for it
		if d := b.doors[p]; d != nil {
			d.callOff(linkLost())
		}
	}
	for n := range b.count + 1 {
		if done := b.underway[n]; done != nil {
			delete(b.underway, n)
			done(linkLost())
		}
	}
}

// report tells what points are now, as one frame.
func (b *board) report(points ...registry.PointReport) {
	for _, p := range points {
		b.put(p.Point, p.Value)
	}
	if b.link != nil {
		_ = b.link.Report(points) // it fails only for a link that is down
	}
}

// Send implements registry.Session: the command is done when the registry is
// ready to hear of it.
func (b *board) Send(c registry.BoardCommand) (cancel func(), err error) {
	b.house.soon = append(b.house.soon, func() { b.do(c) })
	return func() {}, nil
}

func (b *board) do(c registry.BoardCommand) {
	done := confirmed
	switch c.Do {
	case entity.VerbOn, entity.VerbOff, entity.VerbSet:
		if out := b.outputs[c.Point]; out != nil {
			out.command(c)
			return
		}
		if d := b.doors[c.Point]; d != nil {
			d.switchOff()
		}
	case entity.VerbPulse:
		if d := b.doors[c.Point]; d != nil {
			d.ask(c)
			return
		}
	case entity.VerbPlan:
		if t := b.stats[c.Point]; t != nil {
			t.take(*c.Plan)
		}
	}
	c.Done(done())
}

func confirmed() registry.BoardResult { return registry.BoardResult{Status: entity.StatusConfirmed} }

func linkLost() registry.BoardResult {
	return registry.BoardResult{Status: entity.StatusFailed, Code: entity.CodeLinkLost, Said: entity.Said{Message: "The link broke"}}
}

func refused(message string) registry.BoardResult {
	return registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeBoard, Said: entity.Said{Message: message}}
}

func superseded() registry.BoardResult {
	return registry.BoardResult{Status: entity.StatusRefused, Code: entity.CodeSuperseded, Said: entity.Said{Message: "Something newer was asked for"}}
}

// takesTime keeps a command that is not over yet; end is how it ends, unless the
// link has broken before.
func (b *board) takesTime(c registry.BoardCommand) (end func(registry.BoardResult)) {
	b.count++
	n := b.count
	b.underway[n] = c.Done
	return func(r registry.BoardResult) {
		if done := b.underway[n]; done != nil {
			delete(b.underway, n)
			done(r)
		}
	}
}

// press is a finger on a button: down, the gesture, and up again.
func (b *board) press(id entity.ID, spec *entity.Button, g entity.Gesture) {
	p := spec.Ref().Point
	by := entity.Cause{Kind: entity.CauseBoard}
	b.report(registry.PointReport{Point: p, Value: entity.Value{On: true}, Cause: by})
	for _, w := range spec.Bindings {
		if target := b.house.specs[w.Target]; w.On == g && spec.OnBoard(w, target) {
			out, _ := entity.OutputOf(target)
			b.outputs[out.Ref().Point].binding(w.Action, id)
		}
	}
	if b.link != nil {
		_ = b.link.Gesture(p, g, b.house.now) // as in report
	}
	b.report(registry.PointReport{Point: p, Value: entity.Value{}, Cause: by})
}
