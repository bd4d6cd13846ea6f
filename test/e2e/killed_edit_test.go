//go:build e2e

package e2e

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"hob/internal/entity"
)

// houseOf is a house that says of every part of it which version it belongs to.
func houseOf(n int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "home: {name: Version %d}\nboards: {}\npeople:\n  spare: {name: Version %d}\n", n, n)
	for i := range 40 {
		fmt.Fprintf(&b, "  # %s\n  p%d: {name: Version %d}\n", strings.Repeat("a comment that makes the file longer ", 20), i, n)
	}
	return b.String()
}

func renamed(text string) string {
	return strings.Replace(text, "  spare: {", "  other: {was: spare, ", 1)
}

// killed is a house whose server, or whoever edits its file, is killed again and again.
type killed struct {
	*house
	version int
	took    time.Duration // by the last edit that nobody killed
	counts  map[string]int
}

// TestAKillAtAnyMomentLeavesOneWholeVersion kills the server while it writes a file
// for the dashboard, `hob rename` while it edits it, and an editor in the middle of
// saving. The file and the house that runs are one whole version at any time.
func TestAKillAtAnyMomentLeavesOneWholeVersion(t *testing.T) {
	t.Parallel()
	rounds := 20
	if os.Getenv("HOB_CAMPAIGN") != "" {
		rounds = 500
	}
	k := &killed{house: bareHouse(t, houseOf(0)), counts: map[string]int{}}
	stop := k.observe()
	for round := range rounds {
		switch round % 4 {
		case 0, 1:
			k.killServer()
		case 2:
			k.killRename()
		case 3:
			k.killEditor()
		}
		if t.Failed() {
			break
		}
	}
	stop()
	t.Logf("%v", k.counts)
}

// moment is within an edit, as long as such a one takes, or shortly after it.
func (k *killed) moment() time.Duration { return rand.N(max(k.took, 2*time.Millisecond) * 5 / 4) }

// ask speaks to the server through its socket; false where it is not there, or goes.
func (k *killed) ask(method, path string, body, out any) bool {
	text, err := json.Marshal(body)
	if err != nil {
		k.t.Error(err)
	}
	req, err := http.NewRequest(method, "http://localhost"+path, bytes.NewReader(text))
	if err != nil {
		k.t.Error(err)
		return false
	}
	req.Header.Set("Content-Type", "application/json")
	c := http.Client{Transport: &http.Transport{DialContext: toSocket(k.state), DisableKeepAlives: true}, Timeout: patience}
	res, err := c.Do(req)
	if err != nil {
		return false
	}
	defer res.Body.Close()
	return json.NewDecoder(res.Body).Decode(out) == nil
}

// put has the server write a text, and tells whether it has said that it did.
func (k *killed) put(text string) bool {
	var now struct{ Version string }
	var answer struct{ Written bool }
	return k.ask(http.MethodGet, "/api/config", struct{}{}, &now) &&
		k.ask(http.MethodPut, "/api/config", map[string]string{"text": text, "version": now.Version}, &answer) && answer.Written
}

// running is the version that every part of the running house is of, -1 where the
// server is not there. Parts of two versions fail the test.
func (k *killed) running() int {
	var parts []entity.Record
	if !k.ask(http.MethodGet, "/api/entities", struct{}{}, &parts) {
		return -1
	}
	names := map[string]bool{}
	for _, e := range parts {
		names[e.Name] = true
	}
	if len(names) != 1 || len(parts) != 41 {
		k.t.Errorf("the house is of %v, with %d parts", names, len(parts))
		return -1
	}
	n := -1
	if _, err := fmt.Sscanf(parts[0].Name, "Version %d", &n); err != nil {
		k.t.Error(err)
	}
	return n
}

// observe looks at the running house all the time, until it is told to stop.
func (k *killed) observe() (stop func()) {
	var over atomic.Bool
	done := make(chan struct{})
	go func() {
		defer close(done)
		for !over.Load() && !k.t.Failed() {
			k.running()
			time.Sleep(2 * time.Millisecond) // leave the others something of the processor
		}
	}()
	return func() { over.Store(true); <-done }
}

func (k *killed) file() string {
	k.t.Helper()
	data, err := os.ReadFile(k.config)
	if err != nil {
		k.t.Fatal(err)
	}
	return string(data)
}

// settle waits until the house is of the version that the file is of.
func (k *killed) settle(n int) {
	k.t.Helper()
	eventually(k.t, fmt.Sprintf("version %d runs", n), func() bool { return k.running() == n || k.t.Failed() })
}

// killServer kills it while it is asked to write the next version.
func (k *killed) killServer() {
	k.t.Helper()
	next := k.version + 1
	if k.took == 0 { // once without, to learn how long it takes
		begin := time.Now()
		if !k.put(houseOf(next)) {
			k.t.Fatal("nothing is written")
		}
		k.took, k.version = time.Since(begin), next
		next++
	}
	written := make(chan bool, 1)
	go func() { written <- k.put(houseOf(next)) }()
	time.Sleep(k.moment()) // where in the edit the kill falls is the point
	k.server.kill()
	said := <-written
	switch got := k.file(); {
	case got == houseOf(next):
		k.version = next
		k.counts["server: after"]++
	case got == houseOf(k.version) && !said:
		k.counts["server: before"]++
	default:
		k.t.Errorf("said %v, and the file is neither version %d nor %d:\n%.200s", said, k.version, next, got)
	}
	k.serve()
	if now := k.running(); now != k.version && !k.t.Failed() {
		k.t.Errorf("the file is version %d, the house %d", k.version, now)
	}
}

// killRename kills `hob rename` while the server looks on.
func (k *killed) killRename() {
	k.t.Helper()
	cmd := exec.Command(bin(k.t, "hob"), "rename", "spare", "other", "--config", k.config)
	if err := cmd.Start(); err != nil {
		k.t.Fatal(err)
	}
	time.Sleep(rand.N(80 * time.Millisecond)) // to start takes most of it
	_ = cmd.Process.Kill()
	_ = cmd.Wait()
	before := houseOf(k.version)
	switch k.file() {
	case before:
		k.counts["rename: before"]++
	case renamed(before):
		k.counts["rename: after"]++
		eventually(k.t, "the new name is there", func() bool {
			var e entity.Record
			return k.ask(http.MethodGet, "/api/entities/other", struct{}{}, &e) && e.ID == "other"
		})
	default:
		k.t.Errorf("the file is neither:\n%.200s", k.file())
	}
	k.version++ // and back to the old name
	if err := os.WriteFile(k.config, []byte(houseOf(k.version)), 0o600); err != nil {
		k.t.Fatal(err)
	}
	k.settle(k.version)
}

// killEditor has an editor die in the middle of writing in place: a half file is
// none, and the house goes on until it is whole. The server is killed there, too.
func (k *killed) killEditor() {
	k.t.Helper()
	text := houseOf(k.version + 1)
	half := text[:rand.IntN(len(text))]
	if err := os.WriteFile(k.config, []byte(half+"\n  broken: ["), 0o600); err != nil {
		k.t.Fatal(err)
	}
	eventually(k.t, "the mistakes are told", func() bool {
		var h struct{ Config *entity.ConfigStatus }
		return k.ask(http.MethodGet, "/api/house", struct{}{}, &h) && h.Config != nil && !h.Config.OK
	})
	if now := k.running(); now != k.version && !k.t.Failed() {
		k.t.Errorf("with a half file the house is version %d, not %d", now, k.version)
	}
	k.counts["editor"]++
	k.version++
	if err := os.WriteFile(k.config, []byte(text), 0o600); err != nil {
		k.t.Fatal(err)
	}
	time.Sleep(rand.N(200 * time.Millisecond)) // in the watcher's pause, while it reads, or afterwards
	if rand.IntN(2) == 0 {
		k.server.kill()
		k.serve()
	}
	k.settle(k.version)
}
