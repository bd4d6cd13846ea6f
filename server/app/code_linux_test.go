package app

import (
	"context"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestOnlyPagesThatAreAsInTheFileAreLetGo(t *testing.T) {
	const smaps = `00400000-010ac000 r-xp 00000000 fe:00 10994003                           /usr/bin/hob
Size:              12976 kB
Anonymous:             0 kB
VmFlags: rd ex mr mw me
010ac000-01cee000 r--p 00cac000 fe:00 10994003                           /usr/bin/hob
Anonymous:             4 kB
01cee000-01d96000 rw-p 018ee000 fe:00 10994003                           /usr/bin/hob
Anonymous:             0 kB
02000000-02001000 r--p 00cac000 fe:00 10994003                           /usr/bin/hob (deleted)
Anonymous:             0 kB
1df256400000-1df257000000 rw-p 00000000 00:00 0
Anonymous:             0 kB
7fdad67c0000-7fdad6940000 r-xp 00000000 fe:00 77                         /usr/lib/libc.so.6
Anonymous:             0 kB
`
	want := []memoryRange{{0x400000, 0x10ac000}, {0x2000000, 0x2001000}}
	if got := codeOf("/usr/bin/hob", strings.NewReader(smaps)); !reflect.DeepEqual(got, want) {
		t.Errorf("got %x, want %x", got, want)
	}
}

func TestTheProgramRunsOnWithoutThePagesThatItLetGo(t *testing.T) {
	for range 3 {
		if n, err := letGoOfCode(); err != nil || n < 1<<20 {
			t.Fatalf("let go of %d bytes, %v", n, err)
		}
		TestOnlyPagesThatAreAsInTheFileAreLetGo(t)
	}
}

func TestCodeIsLetGoWhenMoreThanWhatIsInUseIsThereAndEverMoreRarely(t *testing.T) {
	const mb = 1 << 20
	begun := time.Now()
	c := code{rest: 10 * time.Second}
	for _, step := range []struct {
		at     time.Duration
		mapped int64
		want   bool
	}{
		{0, 24 * mb, true},
		{10 * time.Second, 7 * mb, false},  // a little more than is in use
		{20 * time.Second, 14 * mb, true},  // many have come
		{30 * time.Second, 14 * mb, false}, // so soon again
		{40 * time.Second, 14 * mb, true},
		{70 * time.Second, 14 * mb, false},
		{80 * time.Second, 14 * mb, true},
	} {
		if got := c.worth(step.mapped, begun.Add(step.at)); got != step.want {
			t.Errorf("after %v, %d MB: %v", step.at, step.mapped/mb, got)
		}
		c.used = 4 * mb
	}
}

func TestALookAtTheCodeFindsHowMuchIsInUse(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel() // nothing is waited for
	// However little of the program is mapped, which other tests decide, it is worth it.
	c := code{rest: time.Second, used: -codeLeast}
	if err := c.look(ctx, time.Now()); err != nil || c.used <= 0 || c.again.IsZero() {
		t.Errorf("%d bytes are in use, again at %v, %v", c.used, c.again, err)
	}
	used := c.used
	if err := c.look(ctx, time.Now()); err != nil || c.used != used {
		t.Errorf("it let go again at once: %d bytes, then %d, %v", used, c.used, err)
	}
}
