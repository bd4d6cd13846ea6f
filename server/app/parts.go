package app

import (
	"context"
	"errors"
)

// parts are what runs, in the order of their start. One goroutine owns them.
type parts struct {
	running []*part
	ended   chan struct{} // one of them ended by itself
}

type part struct {
	cancel context.CancelFunc
	done   chan struct{}
	err    error // once done is closed
}

// start runs one. It outlives ctx: the parts end in their own order.
func (p *parts) start(ctx context.Context, run func(context.Context) error) {
	if p.ended == nil {
		p.ended = make(chan struct{}, 1)
	}
	ctx, cancel := context.WithCancel(context.WithoutCancel(ctx))
	this := &part{cancel: cancel, done: make(chan struct{})}
	p.running = append(p.running, this)
	go func() {
		defer close(this.done)
		this.err = run(ctx)
		select {
		case p.ended <- struct{}{}:
		default: // one is enough to know
		}
	}()
}

// await waits until ctx is done or a part has ended.
func (p *parts) await(ctx context.Context) {
	select {
	case <-ctx.Done():
	case <-p.ended:
	}
}

// stop ends all parts, the last one first, and waits for each.
func (p *parts) stop() error {
	var errs []error
	for len(p.running) > 0 {
		errs = append(errs, p.stopLast())
	}
	return errors.Join(errs...)
}

// stopLast ends the part that was started last, and waits for it.
func (p *parts) stopLast() error {
	last := len(p.running) - 1
	this := p.running[last]
	p.running = p.running[:last]
	this.cancel()
	<-this.done
	return this.err
}
