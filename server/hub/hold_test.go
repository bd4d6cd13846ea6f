package hub

import "testing"

func TestOthersLearnOfACommandThatTheBoardDoesNotAnswer(t *testing.T) {
	r := newRig(t)
	r.board.silent = true
	a, b := r.dial("", hello), r.dial("", hello)
	a.until(kind("snapshot"))
	b.until(kind("snapshot"))
	a.say(`{"type":"command","id":"c1","entity":"porch","action":"on"}`)
	if m := b.next(); m["pending"] == nil {
		t.Fatalf("want pending: %v", m)
	}
	r.hub.mu.Lock()
	defer r.hub.mu.Unlock()
	if len(r.hub.commanders) != 1 {
		t.Error("the others had to wait for the end of the command")
	}
}
