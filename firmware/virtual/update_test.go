package main

import (
	"crypto/ecdsa"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"testing"

	"hob/internal/image"
)

// workshop signs images, and knows who trusts it.
type workshop struct {
	t      *testing.T
	key    *ecdsa.PrivateKey
	public string
}

func newWorkshop(t *testing.T) *workshop {
	t.Helper()
	text, err := image.NewKey()
	must(t, err)
	key, err := image.ParseKey(text)
	must(t, err)
	public, err := image.PublicKey(key)
	must(t, err)
	return &workshop{t, key, public}
}

func (w *workshop) make(f image.Facts, fault string) *image.Signed {
	w.t.Helper()
	raw, err := image.Virtual(f, fault, 9000)
	must(w.t, err)
	s, err := image.Sign(raw, w.key)
	must(w.t, err)
	return s
}

func newFacts() image.Facts { return image.Facts{Chip: "esp32", FW: "0.9.0", Security: 1} }

// startUpdatable is a board with a key that takes updates of the workshop.
func startUpdatable(t *testing.T, w *workshop) (r *rig, key []byte) {
	t.Helper()
	r = startRig(t, "--update-key", w.public, "--security", "1")
	return r, adopt(t, r.ready.readyBoard)
}

func (s *session) offer(i *image.Signed) {
	s.t.Helper()
	s.write(frame{"t": "update_begin", "chip": i.Chip, "fw": i.FW, "security": i.Security, "size": len(i.Data),
		"sha256": hex.EncodeToString(i.SHA256[:]), "sig": hex.EncodeToString(i.Signature[:])})
}

// give offers an image and sends what is asked for, until the board says something
// else or the link ends.
func (s *session) give(i *image.Signed) (frame, error) {
	s.t.Helper()
	s.offer(i)
	return s.feed(i)
}

// feed sends what is asked for, of an image that was offered.
func (s *session) feed(i *image.Signed) (frame, error) {
	for {
		f, err := s.tryRead()
		if err != nil {
			return nil, err
		}
		switch {
		case f["t"] != "update" || f["stage"] == "wait" || f["stage"] == "checking":
			continue
		case f["stage"] != "receiving":
			return f, nil
		}
		at := int(f["next"].(float64))
		part := i.Data[at:min(at+2048, len(i.Data))]
		data := base64.StdEncoding.EncodeToString(part)
		if err := s.tryWrite(fmt.Appendf(nil, `{"t":"update_part","at":%d,"data":%q}`, at, data)); err != nil {
			return nil, err
		}
	}
}

func (s *session) mustGive(i *image.Signed) {
	s.t.Helper()
	f, err := s.give(i)
	must(s.t, err)
	if f["stage"] != "restarting" {
		s.t.Fatalf("%v", f)
	}
	s.wantClose(4007)
}

func (r *rig) runs(fw string, trial bool) {
	r.t.Helper()
	r.control.waitState(`{"cmd":"state"}`, func(b boardInfo) bool { return b.Power && b.Firmware == fw && b.Trial == trial })
}

func TestABoardRunsWhatItWasGivenAndKeepsItAfterASession(t *testing.T) {
	w := newWorkshop(t)
	r, key := startUpdatable(t, w)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustConfigure(theHouse()...)
	s.command("gpio16", "on", nil)
	s.mustGive(w.make(newFacts(), ""))
	r.runs("0.9.0", true)

	s = openSession(t, r.ready.Address, r.ready.ID, key)
	if s.hello["fw"] != "0.9.0" || s.hello["trial"] != true || s.hello["slot"] != 2.0 || s.hello["reset"] != "restart" {
		t.Fatalf("%v", s.hello)
	}
	r.control.do(`{"cmd":"advance","ms":10000}`)
	if f, _ := s.readUntil("update"); f["stage"] != "kept" {
		t.Fatalf("%v", f)
	}
	r.control.do(`{"cmd":"reboot"}`)
	r.runs("0.9.0", false)
	s = openSession(t, r.ready.Address, r.ready.ID, key)
	if s.hello["config"] != revision(t, theHouse()) {
		t.Error("the configuration is gone")
	}
}

func TestAFirmwareThatDoesNotComeUpIsTakenBack(t *testing.T) {
	w := newWorkshop(t)
	r, key := startUpdatable(t, w)
	for _, c := range []struct {
		fault string
		then  func()
	}{
		{faultCrash, func() {}},
		{faultDeaf, func() { r.runs("0.9.0", true); r.control.do(`{"cmd":"advance","ms":120000}`) }},
		{"", func() { r.runs("0.9.0", true); r.control.do(`{"cmd":"reboot","reset":"watchdog"}`) }},
		{"", func() { r.runs("0.9.0", true); r.control.do(`{"cmd":"power_cut"}`); r.control.do(`{"cmd":"power_on"}`) }},
		{"", func() { r.runs("0.9.0", true); r.control.do(`{"cmd":"advance","ms":120000}`) }},
	} {
		s := openSession(t, r.ready.Address, r.ready.ID, key)
		s.mustGive(w.make(newFacts(), c.fault))
		c.then()
		r.runs(version, false)
	}
	// And the board can be reached as before.
	openSession(t, r.ready.Address, r.ready.ID, key)
}

func TestWhatIsNotForABoardIsRefused(t *testing.T) {
	w, stranger := newWorkshop(t), newWorkshop(t)
	r, key := startUpdatable(t, w)
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	otherChip, older := newFacts(), newFacts()
	otherChip.Chip, older.Security = "esp32c3", 0
	changed := w.make(newFacts(), "")
	changed.FW = "0.9.1"
	for code, i := range map[string]*image.Signed{
		"wrong_chip":    w.make(otherChip, ""),
		"downgrade":     w.make(older, ""),
		"bad_signature": stranger.make(newFacts(), ""),
	} {
		if f, err := s.give(i); err != nil || f["stage"] != "failed" || f["code"] != code {
			t.Errorf("%s: %v, %v", code, f, err)
		}
	}
	if f, err := s.give(changed); err != nil || f["code"] != "bad_signature" {
		t.Errorf("another version than was signed: %v, %v", f, err)
	}
	spoilt := w.make(newFacts(), "")
	spoilt.Data[5000] ^= 1
	if f, err := s.give(spoilt); err != nil || f["code"] != "hash_mismatch" {
		t.Errorf("other bytes than were signed: %v, %v", f, err)
	}
	r.runs(version, false)
}

func TestABoardWithoutAKeyForUpdatesTakesNone(t *testing.T) {
	w := newWorkshop(t)
	r := startRig(t)
	s := openSession(t, r.ready.Address, r.ready.ID, adopt(t, r.ready.readyBoard))
	if f, err := s.give(w.make(newFacts(), "")); err != nil || f["code"] != "no_key" {
		t.Errorf("%v, %v", f, err)
	}
}

// A power cut in each part of the image, and at each byte of what says which slot
// is booted, however often: the board always comes up, and can then be updated.
func TestAPowerCutAtEveryPartOfAnUpdateLeavesABoardThatRuns(t *testing.T) {
	w := newWorkshop(t)
	r, key := startUpdatable(t, w)
	i := w.make(newFacts(), "")
	size := len(i.Data)
	cuts := []int{}
	for at := 0; at < size; at += 1024 { // in the middle of each part, and between parts
		cuts = append(cuts, at)
	}
	for at := size; at < size+recordLen; at++ { // what says which slot is booted next
		cuts = append(cuts, at)
	}
	happened := 0
	for _, cut := range cuts {
		s := openSession(t, r.ready.Address, r.ready.ID, key)
		r.control.do(fmt.Sprintf(`{"cmd":"cut_write","bytes":%d}`, cut))
		s.offer(i)
		given := make(chan struct{})
		go func() {
			defer close(given)
			_, _ = s.feed(i) // as far as it goes
		}()
		after := r.control.waitState(`{"cmd":"state"}`, func(b boardInfo) bool { return !b.Power || b.Trial })
		must(t, s.ws.Close()) // the board cannot any more
		<-given
		if !after.Power {
			happened++
			r.control.do(`{"cmd":"power_on"}`)
		}
		b := r.control.do(`{"cmd":"state"}`).Board
		if !b.Power || b.Firmware != version && b.Firmware != "0.9.0" || b.Firmware == version && b.Trial {
			t.Fatalf("cut after %d bytes: %+v", cut, b)
		}
		// Back to where it was: what is on trial has no session, and is taken back.
		r.control.do(`{"cmd":"reboot"}`)
		r.runs(version, false)
	}
	if happened != len(cuts) {
		t.Errorf("only %d of %d power cuts", happened, len(cuts))
	}
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.mustGive(i)
	r.runs("0.9.0", true)
}

// The bootloader's own record is cut at every byte, on the first start of what is on
// trial and on the way back: it always finds one of the two.
func TestAPowerCutWhileBootingLeavesABoardThatBoots(t *testing.T) {
	for _, state := range []bootState{stateNew, statePending} {
		for cut := range recordLen {
			f, err := openFlash(t.TempDir())
			must(t, err)
			s := &slots{flash: f, factory: image.Facts{Chip: "esp32", FW: "0.1.0"}}
			raw, err := image.Virtual(newFacts(), "", 1000)
			must(t, err)
			must(t, f.write(imageSlot+1, raw))
			must(t, s.save(1, state))
			f.cutAfter(cut, func() {})
			if _, err := s.boot(); err == nil {
				t.Fatalf("cut after %d bytes: it booted all the same", cut)
			}
			f.setPower(true)
			first, err := s.boot()
			must(t, err)
			if onTrial := s.onTrial(); onTrial != (first.FW == "0.9.0") {
				t.Errorf("state %d, cut after %d bytes: %s, on trial: %v", state, cut, first.FW, onTrial)
			}
			again, err := s.boot() // nobody has kept it
			must(t, err)
			if again.FW != "0.1.0" || s.onTrial() {
				t.Errorf("state %d, cut after %d bytes: then %s", state, cut, again.FW)
			}
			must(t, f.close())
		}
	}
}

func TestAnUpdateGoesOnWhereABrokenLinkLeftIt(t *testing.T) {
	w := newWorkshop(t)
	r, key := startUpdatable(t, w)
	i := w.make(newFacts(), "")
	s := openSession(t, r.ready.Address, r.ready.ID, key)
	s.offer(i)
	s.readUntil("update")
	s.write(frame{"t": "update_part", "at": 0, "data": base64.StdEncoding.EncodeToString(i.Data[:2048])})
	s.readUntil("update")
	r.control.do(`{"cmd":"drop_link"}`)
	s = openSession(t, r.ready.Address, r.ready.ID, key)
	s.offer(i)
	if f, _ := s.readUntil("update"); f["next"] != float64(2048) {
		t.Fatalf("%v", f)
	}
	s.mustGive(i)
	r.runs("0.9.0", true)
}
