package command

import (
	"testing"

	"hob/internal/entity"
	"hob/internal/registry"
)

// prompt is a board that has always just done the last thing it was told.
type prompt struct {
	attachment *registry.Attachment
	last       registry.BoardCommand
	reports    [1]registry.PointReport
}

func (p *prompt) Send(c registry.BoardCommand) (func(), error) {
	p.last = c
	return func() {}, nil
}

// answer reports what the last command has led to, and then that it is done.
func (p *prompt) answer(b *testing.B) {
	p.reports[0] = registry.PointReport{Point: p.last.Point, Value: entity.Value{On: p.last.Do == entity.VerbOn}, Cause: p.last.Cause}
	if err := p.attachment.Report(p.reports[:]); err != nil {
		b.Fatal(err)
	}
	p.last.Done(registry.BoardResult{Status: entity.StatusConfirmed})
}

// BenchmarkSwitch is all that happens to a command of a switch between its
// asker and its board, and back.
func BenchmarkSwitch(b *testing.B) {
	reg := registry.New(registry.Options{})
	reg.Apply(&entity.House{Boards: []entity.Board{{Name: "hall", ID: hallID}}, Entities: []entity.Entity{
		{ID: "porch", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}}}})
	hall := &prompt{}
	var err error
	if hall.attachment, err = reg.Attach(hallID, "", "", hall, []registry.PointReport{{Point: "gpio16"}}); err != nil {
		b.Fatal(err)
	}
	r := New(Options{House: reg})
	defer r.Close()
	req := on("porch")
	confirmed := 0
	done := func(x Result) {
		if x.Status == entity.StatusConfirmed {
			confirmed++
		}
	}
	verbs := [2]entity.Verb{entity.VerbOn, entity.VerbOff}
	asked := 0
	b.ReportAllocs()
	for b.Loop() {
		req.Action.Verb = verbs[asked%2]
		asked++
		r.Submit(req, done)
		hall.answer(b)
	}
	if confirmed != asked {
		b.Errorf("%d of %d were confirmed", confirmed, asked)
	}
}
