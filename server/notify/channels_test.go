package notify

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/leaktest"
	"hob/internal/logtest"
)

func TestMain(m *testing.M) { leaktest.Main(m) }

// patience is how long a test waits for what must come.
const patience = 30 * time.Second

// desk is a server that takes messages; it answers as it is told.
type desk struct {
	*httptest.Server
	mu     sync.Mutex
	got    []string // "METHOD path body" each
	heads  []http.Header
	answer func(n int, w http.ResponseWriter) // of request n, from 1; nil is 200
	came   chan struct{}
}

func newDesk(t *testing.T, answer func(n int, w http.ResponseWriter)) *desk {
	t.Helper()
	d := &desk{answer: answer, came: make(chan struct{}, 1000)}
	d.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		d.mu.Lock()
		d.got, d.heads = append(d.got, fmt.Sprintf("%s %s %s", r.Method, r.URL.Path, body)), append(d.heads, r.Header)
		n := len(d.got)
		d.mu.Unlock()
		if d.answer != nil {
			d.answer(n, w)
		}
		d.came <- struct{}{}
	}))
	t.Cleanup(func() {
		d.Close()
		http.DefaultClient.CloseIdleConnections() // the library's
	})
	return d
}

// await waits until so many requests have come, and gives them.
func (d *desk) await(t *testing.T, n int) []string {
	t.Helper()
	limit := time.After(patience)
	for {
		d.mu.Lock()
		got := slices.Clone(d.got)
		d.mu.Unlock()
		if len(got) >= n {
			return got
		}
		select {
		case <-d.came:
		case <-limit:
			t.Fatalf("%d of %d requests: %q", len(got), n, got)
		}
	}
}

// channel is the address of the desk for the library, with a token in it.
func (d *desk) channel(path string) entity.Channel {
	return entity.Channel{URL: entity.NewSecret(fmt.Sprintf("generic+%s/%s?disabletls=yes", d.URL, path))}
}

func status(code int) func(int, http.ResponseWriter) {
	return func(_ int, w http.ResponseWriter) { w.WriteHeader(code) }
}

func running(t *testing.T, c *Channels) (stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() { ended <- c.Run(ctx) }()
	return func() {
		cancel()
		select {
		case err := <-ended:
			if err != nil {
				t.Error(err)
			}
		case <-time.After(patience):
			t.Error("it does not stop")
		}
	}
}

func channelsOf(log io.Writer, users ...entity.User) *Channels {
	c := NewChannels(slog.New(slog.NewTextHandler(log, nil)))
	c.rests = []time.Duration{time.Millisecond, time.Millisecond}
	c.SetUsers(users)
	return c
}

func TestAMessageGoesToTheChannelsOfWhomItIsFor(t *testing.T) {
	d := newDesk(t, nil)
	c := channelsOf(io.Discard,
		entity.User{ID: "anna", Notify: []entity.Channel{{Dashboard: true}, d.channel("anna"), d.channel("phone")}},
		entity.User{ID: "leo", Notify: []entity.Channel{d.channel("leo")}},
		entity.User{ID: "tablet", Notify: []entity.Channel{{Dashboard: true}}})
	c.Tell("anna", "before it runs")
	defer running(t, c)()
	d.await(t, 2)
	c.Tell("", "The garage has been open for 10 minutes")
	c.Tell("tablet", "nowhere")
	got := d.await(t, 5)
	slices.Sort(got)
	want := []string{"POST /anna The garage has been open for 10 minutes", "POST /anna before it runs",
		"POST /leo The garage has been open for 10 minutes",
		"POST /phone The garage has been open for 10 minutes", "POST /phone before it runs"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestAMessageThatFailsIsTriedAgainInOrderAndThenGivenUp(t *testing.T) {
	var log logtest.Buffer
	d := newDesk(t, func(n int, w http.ResponseWriter) {
		if n != 3 { // the first message fails twice, the second always
			w.WriteHeader(http.StatusBadGateway)
		}
	})
	c := channelsOf(&log, entity.User{ID: "anna", Notify: []entity.Channel{d.channel("anna")}})
	c.Tell("anna", "one")
	c.Tell("anna", "two")
	stop := running(t, c)
	got := d.await(t, 6)
	stop()
	if want := slices.Concat(slices.Repeat([]string{"POST /anna one"}, 3), slices.Repeat([]string{"POST /anna two"}, 3)); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	if said := log.String(); strings.Count(said, "did not get through\"") != 1 || strings.Count(said, "tried again") != 2 {
		t.Errorf("it says: %s", said)
	}
}

func TestAChannelThatHangsHoldsUpNoOtherAndKeepsABoundedNumber(t *testing.T) {
	let := make(chan struct{})
	slow := newDesk(t, func(int, http.ResponseWriter) { <-let })
	quick := newDesk(t, nil)
	c := channelsOf(io.Discard, entity.User{ID: "anna", Notify: []entity.Channel{slow.channel("slow"), quick.channel("quick")}})
	stop := running(t, c)
	for i := range mostQueued + 20 {
		c.Tell("anna", fmt.Sprint(i))
		quick.await(t, i+1)
	}
	close(let)
	got := slow.await(t, mostQueued+1)
	if last := got[len(got)-1]; last != fmt.Sprintf("POST /slow %d", mostQueued+19) {
		t.Errorf("the newest is sent last: %q", last)
	}
	stop()
}

func TestAChannelThatIsTakenAwayGetsNothingMore(t *testing.T) {
	d := newDesk(t, nil)
	c := channelsOf(io.Discard, entity.User{ID: "anna", Notify: []entity.Channel{d.channel("old")}})
	c.Tell("anna", "never sent")
	c.SetUsers([]entity.User{{ID: "anna", Notify: []entity.Channel{d.channel("new")}}})
	defer running(t, c)()
	c.Tell("anna", "sent")
	if got := d.await(t, 1); got[0] != "POST /new sent" {
		t.Errorf("got %q", got)
	}
}

func TestNoLineOfTheLogTellsAnAddress(t *testing.T) {
	var log logtest.Buffer
	d := newDesk(t, status(http.StatusForbidden))
	closed := httptest.NewServer(nil)
	closed.Close()
	const token = "s3cr3tT0ken"
	urls := []string{
		"generic+" + d.URL + "/" + token + "?disabletls=yes&@authorization=" + token,
		"generic+" + closed.URL + "/hooks/" + token + "?disabletls=yes",
		"generic://user:" + token + "@[bad/",
		"gotify://" + strings.TrimPrefix(closed.URL, "http://") + "/A" + token + "?disabletls=yes",
		"telegram://" + token + "@telegram?chats=" + token,
		"pushover://shoutrrr:" + token + "@" + token + "/",
		"nosuchservice://" + token + "/x",
		"discord://" + token + "@x",
	}
	user := entity.User{ID: "anna"}
	for _, u := range urls {
		user.Notify = append(user.Notify, entity.Channel{URL: entity.NewSecret(u)})
	}
	c := channelsOf(&log, user)
	c.rests = nil
	for _, u := range []string{urls[0], urls[1], urls[3]} { // those that reach nobody outside
		b := &outbox{name: box{"anna", entity.NewSecret(u)}}
		if err := b.send("hello"); err == nil || strings.Contains(strings.ToLower(err.Error()), strings.ToLower(token)) {
			t.Errorf("%s: %v", scheme(b.name.url), err)
		}
	}
	c.users = []entity.User{{ID: "anna", Notify: []entity.Channel{{URL: entity.NewSecret(urls[0])}}}}
	stop := running(t, c)
	c.Tell("anna", "hello")
	d.await(t, 2)
	stop()
	said := log.String()
	if strings.Contains(strings.ToLower(said), strings.ToLower(token)) {
		t.Errorf("the log tells the token: %s", said)
	}
	for _, want := range []string{"service=nosuchservice", "service=generic", "403"} {
		if !strings.Contains(said, want) {
			t.Errorf("the log does not say %q: %s", want, said)
		}
	}
}

func TestWhateverAnErrorSaysOfAnAddressIsTakenOut(t *testing.T) {
	const address = "slack://hook:WNA3PBYV6-F20DUQND3RQ-Webc4MAvoacrpPakR8phF0zi@webhook?botname=cosy+bot#frag+ment"
	for _, text := range []string{
		`Post "https://hooks.slack.com/services/WNA3PBYV6/F20DUQND3RQ/Webc4MAvoacrpPakR8phF0zi": EOF`,
		"token WNA3PBYV6 is revoked",
		"bad: wna3pbyv6-f20duqnd3rq",
		"parse " + address + ": no",
		"cosy+bot and cosy bot and cosy%20bot",
		"frag+ment",
		"F20DUQND3RQ",
	} {
		got := strings.ToLower(scrub(errors.New(text), address))
		for _, part := range []string{"wna3pbyv6", "f20duqnd3rq", "webc4mavoacrppakr8phf0zi", "cosy", "frag"} {
			if strings.Contains(got, part) {
				t.Errorf("%q becomes %q", text, got)
			}
		}
	}
	if got := scrub(errors.New("dial tcp 10.0.0.1:443: connection refused"), address); got != "dial tcp 10.0.0.1:443: connection refused" {
		t.Errorf("what is no secret stays: %q", got)
	}
	if got := scrub(errors.New(strings.Repeat("ä", 1000)), address); len(got) > mostSaid+3 {
		t.Errorf("%d bytes of somebody else's words", len(got))
	}
}
