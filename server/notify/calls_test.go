package notify

import (
	"context"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
)

func newCalls(t *testing.T) *Calls {
	t.Helper()
	c := NewCalls()
	c.rest = func(int) time.Duration { return time.Millisecond }
	t.Cleanup(c.Close)
	return c
}

func post(url, body string, retries int) *entity.Call {
	return &entity.Call{URL: entity.NewSecret(url), Method: "POST", Body: body, Timeout: patience, Retries: retries}
}

func TestACallIsWhatTheStepSays(t *testing.T) {
	d := newDesk(t, status(http.StatusNoContent))
	c := newCalls(t)
	step := post(d.URL+"/hook?key=1", `{"open": true}`, 0)
	step.Headers = []entity.Header{{Name: "x-key", Value: entity.NewSecret("abc")}}
	for _, call := range []*entity.Call{step, post(d.URL+"/plain", "the door is open", 0),
		{URL: entity.NewSecret(d.URL + "/get"), Method: "GET", Timeout: patience}} {
		if err := c.Call(t.Context(), call); err != nil {
			t.Error(err)
		}
	}
	if got := d.await(t, 3); !slices.Equal(got, []string{`POST /hook {"open": true}`, "POST /plain the door is open", "GET /get "}) {
		t.Errorf("got %q", got)
	}
	for i, want := range []string{"application/json", "text/plain; charset=utf-8", ""} {
		if got := d.heads[i].Get("Content-Type"); got != want {
			t.Errorf("request %d is %q, want %q", i, got, want)
		}
	}
	if d.heads[0].Get("X-Key") != "abc" || d.heads[0].Get("User-Agent") != "Hob" {
		t.Errorf("headers: %v", d.heads[0])
	}
}

func TestACallIsTriedAgainWhereThatMakesSense(t *testing.T) {
	for _, c := range []struct {
		name    string
		codes   []int // of each attempt
		retries int
		want    string // of the error; "" is none
	}{
		{"at once", []int{200}, 2, ""},
		{"the third time", []int{503, 500, 200}, 2, ""},
		{"too often", []int{503, 503, 502}, 2, "127.0.0.1 answers 502 Bad Gateway (3 attempts)"},
		{"too many requests", []int{429, 204}, 1, ""},
		{"what is wrong stays wrong", []int{404}, 5, "127.0.0.1 answers 404 Not Found"},
		{"not asked to", []int{500}, 0, "127.0.0.1 answers 500 Internal Server Error"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t, func(n int, w http.ResponseWriter) { w.WriteHeader(c.codes[min(n, len(c.codes))-1]) })
			err := newCalls(t).Call(t.Context(), post(d.URL+"/x", "x", c.retries))
			if got := errText(err); got != c.want {
				t.Errorf("got %q, want %q", got, c.want)
			}
			if got := d.await(t, len(c.codes)); len(got) != len(c.codes) {
				t.Errorf("%d attempts, want %d", len(got), len(c.codes))
			}
		})
	}
}

func errText(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

func TestACallEndsInItsTimeAndWithTheServer(t *testing.T) {
	let := make(chan struct{})
	d := newDesk(t, func(int, http.ResponseWriter) { <-let })
	defer close(let)
	c := newCalls(t)
	call := post(d.URL+"/s3cr3t", "x", 0)
	call.Timeout = 50 * time.Millisecond
	if err := c.Call(t.Context(), call); errText(err) != "127.0.0.1 did not answer within 50ms" {
		t.Errorf("got %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	c.rest = func(int) time.Duration { cancel(); return time.Hour }
	call.Retries = 3
	if err := c.Call(ctx, call); !strings.Contains(errText(err), "the server stopped") {
		t.Errorf("got %v", err)
	}
	if err := c.Call(ctx, call); err == nil {
		t.Error("a call after the end has worked out")
	}
}

func TestARedirectIsFollowedOnTheSameHostOnly(t *testing.T) {
	other := newDesk(t, nil)
	var d *desk
	d = newDesk(t, func(n int, w http.ResponseWriter) {
		to := map[int]string{1: d.URL + "/there", 2: "", 3: other.URL + "/s3cr3t", 4: d.URL + "/round"}[min(n, 4)]
		if to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
	})
	c := newCalls(t)
	if err := c.Call(t.Context(), post(d.URL+"/here", "x", 0)); err != nil {
		t.Error(err)
	}
	if got := d.await(t, 2); got[1] != "POST /there x" {
		t.Errorf("got %q", got)
	}
	err := c.Call(t.Context(), post(d.URL+"/here", "x", 3))
	if errText(err) != "127.0.0.1: it sends us to another address, which is not followed" {
		t.Errorf("got %v", err)
	}
	if n := len(other.got); n != 0 {
		t.Errorf("%d requests went elsewhere", n)
	}
	if err := c.Call(t.Context(), post(d.URL+"/here", "x", 0)); !strings.Contains(errText(err), "more than 5 times") {
		t.Errorf("round in circles: %v", err)
	}
}

func TestALargeAnswerIsNotReadToItsEnd(t *testing.T) {
	d := newDesk(t, func(_ int, w http.ResponseWriter) {
		for range 64 {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return // it was not wanted
			}
		}
	})
	if err := newCalls(t).Call(t.Context(), post(d.URL, "x", 0)); err != nil {
		t.Error(err)
	}
}

func TestNoErrorOfACallTellsMoreThanItsHost(t *testing.T) {
	closed := httptest.NewServer(nil)
	closed.Close()
	const token = "s3cr3tT0ken"
	bad := post(closed.URL+"/"+token, "x", 0)
	bad.Headers = []entity.Header{{Name: "X-Key", Value: entity.NewSecret(token + "\n")}}
	method := post(closed.URL+"/"+token, "x", 0)
	method.Method = "NO SUCH"
	for _, call := range []*entity.Call{
		post(closed.URL+"/"+token+"?k="+token, "x", 1),
		post("http://user:"+token+"@"+strings.TrimPrefix(closed.URL, "http://")+"/", "x", 0),
		post("http://nowhere.invalid/"+token, "x", 0),
		post("ftp://127.0.0.1/"+token, "x", 0),
		post("http://["+token+"/", "x", 0),
		post("/"+token, "x", 0),
		post("http://127.0.0.1:"+token, "x", 0),
		bad, method,
	} {
		err := newCalls(t).Call(t.Context(), call)
		if err == nil || strings.Contains(strings.ToLower(err.Error()), strings.ToLower(token)) {
			t.Errorf("got %v", err)
		}
		t.Log(err)
	}
}
