package api

import (
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"time"
)

const hook = "POST /api/hooks/4f3a9c-doorbell"

// hooked is a webhook's request from an address.
func hooked(from, line, body string, headers ...string) *http.Request {
	req := ask(line, body, headers...)
	req.RemoteAddr = from
	return req
}

func TestAWebhookNeedsNoTokenForItsNameIsOne(t *testing.T) {
	for _, trust := range []Trust{TrustNobody, TrustLoopback, TrustSocket} {
		r := newRig(t)
		for _, body := range []string{"", `{"any":"thing"}`, "a=form", "\x00\x01"} {
			if rec := r.on(trust, hooked("192.0.2.9:4711", hook, body, "Content-Type: text/plain")); rec.Code != 204 || rec.Body.Len() != 0 {
				t.Errorf("%v with %q: %d %s", trust, body, rec.Code, rec.Body)
			}
		}
		wantProblem(t, r.on(trust, ask("POST /api/hooks/4f3a9c-doorbel", "")), 404, "no such webhook")
		r.rules.busy = true
		wantProblem(t, r.on(trust, ask(hook, "")), 503, "does nothing")
	}
}

func TestAWebhookOpensNothingElse(t *testing.T) {
	r := newRig(t)
	for line, status := range map[string]int{
		"POST /api/hooks":                            401,
		"POST /api/hooks/":                           404,
		"POST /api/hooks/a/b":                        404,
		"POST /api/hooks/../rules/dusk/run":          404,
		"POST /api/hooks/..%2frules%2fdusk":          404,
		"POST /api/hooks%2f..%2frules/dusk/run":      404,
		"POST /api/hooks/" + strings.Repeat("a", 65): 404,
		"POST /api/hooks/a%20b":                      404,
		"GET /api/hooks/../rules":                    405,
		"GET /api/hooks/..%2frules":                  405,
		"DELETE /api/hooks/../boards/hall/key":       405,
	} {
		wantProblem(t, r.on(TrustNobody, ask(line, "")), status, "")
	}
	if len(r.rules.asked) != 0 {
		t.Errorf("asked: %v", r.rules.asked)
	}
	for status, header := range map[int]string{403: "Origin: http://evil.example", 421: "Host: evil.example"} {
		wantProblem(t, r.on(TrustNobody, ask(hook, "", header)), status, "")
	}
	wantProblem(t, r.on(TrustNobody, ask(hook, "", "Sec-Fetch-Site: cross-site")), 403, "")
	wantProblem(t, r.on(TrustNobody, ask(hook, strings.Repeat("x", 70<<10))), 413, "")
	if len(r.rules.asked) != 0 {
		t.Errorf("asked: %v", r.rules.asked)
	}
}

// A browser's address bar, or a phone that can only GET, is told what is wrong, and
// whether there is such a webhook it is not told.
func TestAWebhookIsAskedForWithPostAndTheAnswerTellsNothingOfItsName(t *testing.T) {
	r := newRig(t)
	for _, method := range []string{"GET", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"} {
		var answers []string
		for _, name := range []string{"4f3a9c-doorbell", "4f3a9c-doorbel", strings.Repeat("a", 65)} {
			rec := r.on(TrustNobody, ask(method+" /api/hooks/"+name, "", "Content-Type: application/json"))
			if rec.Code != http.StatusMethodNotAllowed || rec.Header().Get("Allow") != "POST" {
				t.Errorf("%s %s: %d, %v", method, name, rec.Code, rec.Header())
			}
			answers = append(answers, fmt.Sprint(rec.Header(), rec.Body))
		}
		if answers[0] != answers[1] || answers[0] != answers[2] {
			t.Errorf("%s tells them apart: %q", method, answers)
		}
	}
	if len(r.rules.asked) != 0 {
		t.Errorf("asked: %v", r.rules.asked)
	}
}

// The line of the guide, as somebody copies it, with the name of the rig's webhook.
func TestTheGuidesCurlLineWorks(t *testing.T) {
	guide, err := os.ReadFile("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile(`(?m)^curl -X (\S+) (http://\S+)$`).FindAllStringSubmatch(string(guide), -1)
	if len(lines) != 1 {
		t.Fatalf("%d lines with curl", len(lines))
	}
	u, err := url.Parse(lines[0][2])
	if err != nil {
		t.Fatal(err)
	}
	const name = "k3yTh4tN0b0dyKn0ws"
	if !strings.Contains(string(guide), "webhook: "+name) || path.Base(u.Path) != name {
		t.Fatalf("%s does not ask for the webhook of the example, %s", u, name)
	}
	r := newRig(t)
	line := lines[0][1] + " " + strings.Replace(u.Path, name, "4f3a9c-doorbell", 1)
	if rec := r.on(TrustNobody, ask(line, "", "Host: "+u.Host)); rec.Code != 204 {
		t.Errorf("%d %s", rec.Code, rec.Body)
	}
}

func TestTheNameOfAWebhookIsInNoLogAndNoAnswer(t *testing.T) {
	r := newRig(t)
	var said strings.Builder
	for range hookBurst + 5 {
		said.WriteString(r.on(TrustNobody, ask(hook, "")).Body.String())
		said.WriteString(r.on(TrustNobody, ask("POST /api/hooks/secret_guess", "")).Body.String())
	}
	for _, name := range []string{"4f3a9c", "secret_guess"} {
		if strings.Contains(r.log.String(), name) || strings.Contains(said.String(), name) {
			t.Errorf("%s is told: %s %s", name, r.log, &said)
		}
	}
}

func TestARemoteThatAsksTooOftenIsToldWhenItMayAgain(t *testing.T) {
	r := newRig(t)
	var last *http.Response
	asked := 0
	for ; last == nil && asked < 50*hookBurst; asked++ { // a busy computer may get through more than the burst
		rec := r.on(TrustNobody, hooked("192.0.2.9:1", "POST /api/hooks/guess", ""))
		if rec.Code == http.StatusTooManyRequests {
			wantProblem(t, rec, 429, "too often")
			last = rec.Result()
		}
	}
	if asked <= hookBurst || last == nil || last.Header.Get("Retry-After") == "" {
		t.Fatalf("after %d came %+v", asked, last)
	}
	if rec := r.on(TrustNobody, hooked("192.0.2.10:1", hook, "")); rec.Code != 204 {
		t.Errorf("another remote: %d %s", rec.Code, rec.Body)
	}
}

func TestTheLimiterBoundsEachRemoteAndAllOfThem(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	allowed := func(remote string, times int) (n int) {
		for range times {
			if _, ok := l.allow(remote); ok {
				n++
			}
		}
		return n
	}
	if n := allowed("a", 100); n != hookBurst {
		t.Errorf("a may %d times at once, want %d", n, hookBurst)
	}
	if wait, ok := l.allow("a"); ok || wait <= 0 || wait > hookEvery {
		t.Errorf("then it waits %v: %v", wait, ok)
	}
	now = now.Add(3 * hookEvery)
	if n := allowed("a", 100); n != 3 {
		t.Errorf("3 intervals later it may %d times", n)
	}
	now = now.Add(time.Hour)
	total := 0
	for i := range 20 {
		total += allowed(fmt.Sprint("r", i), 10)
	}
	if total != allHookBurst {
		t.Errorf("all together may %d times at once, want %d", total, allHookBurst)
	}
}

func TestWhatTheLimiterRemembersIsBounded(t *testing.T) {
	now := time.Unix(1_000_000, 0)
	l := newLimiter(func() time.Time { return now })
	for i := range 5 * mostRemotes {
		now = now.Add(allHookEvery) // what all may do for ever
		l.allow(fmt.Sprint(i))
		if len(l.remotes) > mostRemotes {
			t.Fatalf("it remembers %d remotes", len(l.remotes))
		}
	}
	if _, ok := l.allow("one more"); !ok {
		t.Error("those who have not asked for long are not forgotten")
	}
}

func TestARemoteIsAnAddressOrTheNetworkOfOneHost(t *testing.T) {
	for from, want := range map[string]string{"192.0.2.9:4711": "192.0.2.9", "[::ffff:192.0.2.9]:80": "192.0.2.9",
		"[2001:db8::1:2]:80": "2001:db8::/64", "[2001:db8::9]:80": "2001:db8::/64", "[fe80::1%eth0]:80": "fe80::/64", "@": ""} {
		if got := remoteOf(&http.Request{RemoteAddr: from}); got != want {
			t.Errorf("%s is %s, want %s", from, got, want)
		}
	}
}
