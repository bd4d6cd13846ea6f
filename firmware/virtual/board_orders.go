package main

import (
	"context"
	"errors"
	"time"
)

// What the control socket asks of a board, for use by any goroutine. Every one
// of these has taken effect when it returns.

// boardInfo is a board as the ready line and the control socket show it.
type boardInfo struct {
	ID           string `json:"id"`
	Chip         string `json:"chip"`
	Firmware     string `json:"fw"`
	Trial        bool   `json:"trial,omitempty"` // the firmware is on trial
	Address      string `json:"address"`
	State        string `json:"state"` // "new", "adopted"; "" without power
	SetupCode    string `json:"setup_code"`
	AdoptionOpen bool   `json:"adoption_open"`
	Power        bool   `json:"power"`
	Frozen       bool   `json:"frozen"`
	Network      bool   `json:"network"`
	Session      bool   `json:"session"`
	Config       string `json:"config"`
	Boot         int32  `json:"boot"`
	BootID       string `json:"boot_id"`
	UpMS         uint64 `json:"up"`
}

func (b *board) info() (info boardInfo, err error) {
	err = b.order(func() {
		info = boardInfo{
			ID: b.id, Chip: b.core.chip, Firmware: b.slots.running.FW, Trial: b.slots.onTrial(), Address: b.net.address().String(),
			Power: b.running != nil, Frozen: b.frozen, Network: !b.blocked, Boot: b.boots,
		}
		if b.running == nil {
			return
		}
		info.UpMS = b.clock.now()
		s := b.running.status(info.UpMS)
		info.State, info.SetupCode, info.AdoptionOpen = s.stateName(), s.setupCode, s.adoptionOpen
		info.Session, info.Config, info.BootID = s.session, s.config, s.bootID
		if s.adopted && !s.adoptionOpen {
			info.SetupCode = ""
		}
	})
	return info, err
}

// powered does something to a board that has power.
func (b *board) powered(do func() error) error {
	var failure error
	stopped := b.order(func() {
		if b.running == nil {
			failure = errPowerOff
			return
		}
		failure = do()
	})
	return errors.Join(stopped, failure)
}

func (b *board) orderPowerCut(reset bool) error {
	return b.powered(func() error {
		b.cutPower(reset)
		return nil
	})
}

func (b *board) orderPowerOn(listen string) error {
	var failure error
	stopped := b.order(func() {
		if b.running != nil {
			failure = errors.New("the board has power already")
			return
		}
		if b.blocked && listen != "" {
			failure = errors.New("the network is blocked: the board cannot move now")
			return
		}
		failure = b.powerOn(listen, resetPowerOn)
	})
	return errors.Join(stopped, failure)
}

// orderReset resets the chip: a power cut that ends at once.
func (b *board) orderReset(reason resetReason) error {
	if _, ok := reason.code(); !ok {
		return errors.New("reset is one of power_on, restart, watchdog, brownout, panic, unknown")
	}
	return b.powered(func() error {
		b.cutPower(false)
		return b.powerOn("", reason)
	})
}

// orderCutWrite arranges a power cut in the middle of the writes to come.
func (b *board) orderCutWrite(bytes int) error {
	return b.powered(func() error {
		b.flash.cutAfter(bytes, func() {
			b.pins.powerOff()
			b.net.cut()
		})
		return nil
	})
}

func (b *board) orderFreeze(frozen bool) error {
	return b.powered(func() error {
		if b.frozen && !frozen {
			b.pins.takeChanged() // a processor that stood still has noted none
		}
		b.frozen = frozen
		b.networkChanged() // it may have missed one
		return nil
	})
}

func (b *board) orderAdvance(d time.Duration) error {
	return b.powered(func() error {
		b.around.advance(d)
		b.clock.advance(d)
		return nil
	})
}

// orderDropLink resets every connection to the board.
func (b *board) orderDropLink() error {
	return b.powered(func() error {
		b.net.reset()
		return nil
	})
}

func (b *board) orderBlock() error {
	return b.order(func() {
		if b.blocked {
			return
		}
		b.blocked = true
		b.net.cut()
		if b.announcer != nil {
			b.announcer.silence()
		}
		b.networkChanged()
	})
}

func (b *board) orderUnblock() error {
	var failure error
	stopped := b.order(func() {
		if !b.blocked {
			return
		}
		if b.running != nil && !b.deaf {
			if failure = b.net.restore(); failure != nil {
				return
			}
		}
		b.blocked = false
		b.networkChanged()
		b.publish()
	})
	return errors.Join(stopped, failure)
}

func (b *board) networkChanged() {
	if b.running != nil && !b.frozen {
		b.running.setNetwork(b.reachable(), b.clock.now())
	}
}

// pressBoot holds the BOOT button for a time.
func (b *board) pressBoot(ctx context.Context, held time.Duration) error {
	err := b.powered(func() error {
		b.bootDown, b.bootDownMS = true, b.clock.now()
		return nil
	})
	if err != nil {
		return err
	}
	if err := wait(ctx, held); err != nil {
		return err
	}
	return b.order(func() {
		if b.running != nil && !b.frozen {
			b.checkBootButton()
		}
		b.bootDown = false
	})
}
