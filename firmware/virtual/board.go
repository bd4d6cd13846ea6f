package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"time"

	"hob/internal/chip"
	"hob/internal/image"
)

// bootHold is how long BOOT must be held to open adoption.
const bootHold = 5 * time.Second

var errStopped = errors.New("the board process is stopping")

// job is something to be done on a board's goroutine.
type job struct {
	do   func()
	done chan struct{}
}

// board is one virtual board: the core, and what would be soldered around it.
//
// Its goroutine, run, is the only one that calls into the core. Others hand it
// jobs of two sorts: calls are what a processor would do (a message came), and
// wait while the board is frozen; orders are what happens to the board (power,
// freeze, questions about it), and never wait.
type board struct {
	id        string
	eng       *engine
	core      coreOptions
	log       *slog.Logger
	pins      *pinBank
	flash     *flash
	slots     *slots
	net       *network
	clock     *clock
	hands     *hands
	around    *surroundings
	announcer *announcer // nil: nothing is announced
	cable     *cable     // nil: there is none

	calls   chan job
	orders  chan job
	stopped chan struct{} // closed when run takes no more jobs

	// Of run's goroutine from here on.
	running     *core // nil without power
	peers       [coreConns]*peer
	boots       int32
	frozen      bool
	blocked     bool
	deaf        bool // the firmware that runs never comes to the network
	bootDown    bool
	bootDownMS  uint64 // uptime at which BOOT went down
	wantRestart bool
	wantPublish bool
	longest     time.Duration // longest turn since the last stats
}

// boardOptions says what to build a board of.
type boardOptions struct {
	core      coreOptions // pins, flash and host are filled in
	eng       *engine
	stateDir  string
	keepEdges int
	seed      uint64
	links     *linkServer
	around    *surroundings
	announcer *announcer
	cable     *cable
	log       *slog.Logger
}

// run is the board's life, from switching it on until ctx ends. ready gets nil
// or the reason for which it cannot start, once.
func (b *board) run(ctx context.Context, listen string, ready chan<- error) {
	defer b.shutDown()
	if b.announcer != nil {
		go b.announcer.run() // ended by shutDown
	}
	if b.cable != nil {
		go b.cable.run(b) // ended by shutDown
	}
	err := b.powerOn(listen, resetPowerOn)
	ready <- err
	if err != nil {
		return
	}
	timer := time.NewTimer(0)
	defer timer.Stop()
	for b.turn(ctx, timer) {
	}
}

// turn waits for the next thing and does it. It gives false when ctx has ended.
func (b *board) turn(ctx context.Context, timer *time.Timer) bool {
	calls, wake, due := b.calls, b.pins.wake, timer.C
	if b.frozen {
		calls, wake, due = nil, nil, nil
	}
	select {
	case <-ctx.Done():
		return false
	case j := <-b.orders:
		b.work(timer, j)
	case j := <-calls:
		b.work(timer, j)
	case <-wake:
		b.work(timer, job{})
	case <-due:
		b.work(timer, job{})
	}
	return true
}

// work does one job, if there is one, and all that follows from it. Only then is
// the job done.
func (b *board) work(timer *time.Timer, j job) {
	start := time.Now()
	if j.do != nil {
		// What happened before it comes before it.
		b.takeEdges()
		b.afterCut()
		j.do()
		defer close(j.done)
	}
	timer.Reset(b.settle())
	b.longest = max(b.longest, time.Since(start))
}

// settle brings the core up to date with its pins and the time, does what it
// asked for meanwhile, and gives the time until it wants to be called again.
func (b *board) settle() time.Duration {
	for {
		b.afterCut()
		if b.running == nil || b.frozen {
			return time.Hour // nothing happens by itself
		}
		b.takeEdges()
		b.checkBootButton()
		next := b.running.tick(b.clock.now())
		if b.wantRestart {
			b.restartItself()
			continue
		}
		if b.wantPublish {
			b.publish()
		}
		if b.flash.hasPower() {
			return b.untilNext(next)
		}
	}
}

// takeEdges tells the core of every edge at its inputs, with the time it had:
// however busy this computer is, a press stays as long as it was.
func (b *board) takeEdges() {
	if b.running == nil || b.frozen {
		return
	}
	for _, edge := range b.pins.takeChanged() {
		b.running.inputEdge(edge, b.clock.now())
	}
}

// untilNext is the time until the core or the BOOT button is due.
func (b *board) untilNext(coreMS uint32) time.Duration {
	wait := time.Duration(coreMS) * time.Millisecond
	if b.bootDown {
		held := time.Duration(b.clock.now()-b.bootDownMS) * time.Millisecond
		wait = min(wait, bootHold-held)
	}
	return wait
}

func (b *board) checkBootButton() {
	now := b.clock.now()
	if !b.bootDown || now < b.bootDownMS+uint64(bootHold.Milliseconds()) {
		return
	}
	b.bootDown = false
	if err := b.running.bootButtonHeld(now); err != nil {
		b.log.Warn("BOOT held", "board", b.id, "err", err)
	}
}

// ---- power ----

// powerOn starts a fresh instance of the core, listening on an address ("" is
// the one from before). Outputs first, network last.
func (b *board) powerOn(listen string, reset resetReason) error {
	b.net.reset() // what the peers of before still believe in
	if err := b.boot(reset); err != nil {
		return err
	}
	if !b.flash.hasPower() {
		return nil // cut in the middle of its first write
	}
	if b.blocked || b.deaf {
		return nil
	}
	if err := b.net.open(listen); err != nil {
		b.dropPower()
		return err
	}
	b.running.setNetwork(true, b.clock.now())
	b.publish()
	return nil
}

// boot starts a fresh instance of the core.
func (b *board) boot(reset resetReason) error {
	b.boots++
	b.clock.restart()
	b.flash.setPower(true)
	b.pins.powerOn(b.boots)
	runs, err := b.slots.boot()
	if err != nil {
		return nil //nolint:nilerr // the power went while it chose: afterCut does the rest
	}
	b.deaf = runs.fault == faultDeaf
	if runs.fault == faultCrash {
		return b.boot(resetPanic) // as long as the bootloader lets it
	}
	opt := b.core
	opt.pins, opt.flash, opt.slots, opt.host = b.pins, b.flash, b.slots, b
	opt.fw, opt.security, opt.slot = runs.FW, runs.Security, b.slots.record.slot+1
	running, err := startCore(b.eng, opt, reset, b.clock.now())
	if err != nil {
		b.dropPower()
		return err
	}
	b.running = running
	b.sayCode()
	return nil
}

// restartItself is a restart that the core asked for. It has closed its sessions
// with a reason, so their sockets may take their time to end.
func (b *board) restartItself() {
	b.dropPower()
	wasDeaf := b.deaf
	if err := b.boot(resetRestart); err != nil {
		b.log.Error("restart", "board", b.id, "err", err)
		return
	}
	if !b.flash.hasPower() {
		return
	}
	if err := b.hearAgain(wasDeaf); err != nil {
		b.log.Error("restart", "board", b.id, "err", err)
	}
	b.running.setNetwork(b.reachable(), b.clock.now())
	b.publish()
}

// reachable says whether the board is on the network.
func (b *board) reachable() bool { return !b.blocked && !b.deaf }

// hearAgain brings the network to where the firmware that was just booted has it.
func (b *board) hearAgain(wasDeaf bool) error {
	switch {
	case b.blocked || b.deaf == wasDeaf:
		return nil
	case b.deaf:
		b.net.cut()
		b.net.reset()
		return nil
	}
	return b.net.restore()
}

// cutPower takes everything away at once. Nobody is told: with reset, the peers'
// sockets are reset (as when a proxy is in between); otherwise they hang.
func (b *board) cutPower(reset bool) {
	b.dropPower()
	b.net.cut()
	if reset {
		b.net.reset()
	}
}

// dropPower is the part of a power cut that concerns the board alone.
func (b *board) dropPower() {
	b.pins.powerOff()
	b.flash.setPower(false)
	if b.running != nil {
		b.running.free()
		b.running = nil
	}
	b.peers = [coreConns]*peer{}
	b.frozen, b.bootDown, b.wantRestart, b.wantPublish = false, false, false, false
	if b.announcer != nil {
		b.announcer.silence()
	}
}

// afterCut does the rest of a power cut that came during a write.
func (b *board) afterCut() {
	if b.running != nil && !b.flash.hasPower() {
		b.cutPower(false)
	}
}

// shutDown ends the board as whoever stops the process would have it: sessions
// are closed with a reason, and the announcement is taken back.
func (b *board) shutDown() {
	if b.running != nil && !b.frozen {
		b.running.shutdown(b.clock.now())
	}
	close(b.stopped)
	if b.cable != nil {
		b.cable.end()
		<-b.cable.ended // it gives the board nothing to do any more
	}
	if b.announcer != nil {
		b.announcer.end(b.running == nil || b.blocked)
	}
	b.net.finish(closePatience / 2)
	b.net.close()
	b.pins.powerOff()
	if b.running != nil {
		b.running.free()
	}
	if err := b.flash.close(); err != nil {
		b.log.Warn("close settings", "board", b.id, "err", err)
	}
}

func (b *board) publish() {
	b.wantPublish = false
	if b.announcer != nil && b.running != nil && b.reachable() {
		b.announcer.announce(b.net.address(), b.running.status(b.clock.now()).stateName())
	}
}

// ---- jobs ----

// order has something done at once, frozen or not.
func (b *board) order(do func()) error { return b.give(b.orders, do) }

// call has something done that takes the board's processor.
func (b *board) call(do func()) error { return b.give(b.calls, do) }

func (b *board) give(to chan<- job, do func()) error {
	j := job{do: do, done: make(chan struct{})}
	select {
	case to <- j:
	case <-b.stopped:
		return errStopped
	}
	<-j.done
	return nil
}

// newBoard puts a board together; nothing happens until run.
func newBoard(opt boardOptions) (*board, error) {
	chipType, ok := chip.Lookup(opt.core.chip)
	if !ok {
		return nil, fmt.Errorf("no chip %q", opt.core.chip)
	}
	settings, err := openFlash(opt.stateDir)
	if err != nil {
		return nil, err
	}
	uptime := &clock{}
	firmware := &slots{flash: settings, factory: image.Facts{Chip: opt.core.chip, FW: opt.core.fw, Security: opt.core.security}}
	b := &board{
		id: opt.core.id, eng: opt.eng, core: opt.core, log: opt.log,
		pins: newPinBank(chipType, uptime, opt.keepEdges), flash: settings, slots: firmware, clock: uptime,
		around: opt.around, announcer: opt.announcer, cable: opt.cable,
		calls: make(chan job), orders: make(chan job), stopped: make(chan struct{}),
	}
	b.net = newNetwork(func(l net.Listener) { opt.links.serve(b, l) })
	b.hands = newHands(b.pins, opt.seed)
	b.around.watch(b)
	if b.core.sensors == nil {
		b.core.sensors = boardSensors{b}
	}
	return b, nil
}
