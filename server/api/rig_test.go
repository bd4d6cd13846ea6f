package api

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"hob/internal/command"
	"hob/internal/entity"
	"hob/internal/registry"
)

const (
	hallID    = entity.BoardID("hob-7c9ebd")
	goodToken = "correct-horse-battery"
	policy    = "default-src 'none'"
)

// session is a board that does at once what it is told, or says nothing.
type session struct {
	att    *registry.Attachment
	silent bool
}

func (b *session) Send(c registry.BoardCommand) (func(), error) {
	if b.silent {
		return func() {}, nil
	}
	go func() {
		v := entity.Value{On: c.Do == entity.VerbOn}
		if c.Level != nil {
			v.Level, v.HasLevel = *c.Level, true
		}
		_ = b.att.Report([]registry.PointReport{{Point: c.Point, Value: v, Cause: c.Cause, At: time.Now()}})
		c.Done(registry.BoardResult{Status: entity.StatusConfirmed})
	}()
	return func() {}, nil
}

// fakeBoards notes what it is asked and answers with err.
type fakeBoards struct {
	mu    sync.Mutex
	asked []string
	err   error
	told  bool
}

func (f *fakeBoards) note(what string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.asked = append(f.asked, what)
	return f.err
}

func (f *fakeBoards) Link(id entity.BoardID) *entity.LinkInfo {
	if id != hallID {
		return nil
	}
	return &entity.LinkInfo{Boot: "b1", Points: 3}
}

func (f *fakeBoards) Adopt(_ context.Context, id entity.BoardID, code string, replace bool) error {
	if replace {
		code += " replace"
	}
	return f.note("adopt " + string(id) + " " + code)
}
func (f *fakeBoards) Provision(_ context.Context, id entity.BoardID, replace bool) (entity.ProvisionedKey, error) {
	what := "provision " + string(id)
	if replace {
		what += " replace"
	}
	return entity.ProvisionedKey{Board: id, Key: "c0ffee"}, f.note(what)
}
func (f *fakeBoards) Rotate(_ context.Context, id entity.BoardID) error {
	return f.note("rotate " + string(id))
}
func (f *fakeBoards) Revoke(_ context.Context, id entity.BoardID) (bool, error) {
	return f.told, f.note("revoke " + string(id))
}
func (f *fakeBoards) Identify(_ context.Context, id entity.BoardID) error {
	return f.note("identify " + string(id))
}
func (f *fakeBoards) Update(_ context.Context, id entity.BoardID, image []byte) error {
	return f.note(fmt.Sprintf("update %s %d", id, len(image)))
}
func (f *fakeBoards) Progress(id entity.BoardID) *entity.UpdateInfo {
	if id != hallID {
		return nil
	}
	return &entity.UpdateInfo{Firmware: "0.2.0", Stage: "sending", Done: 2048, Size: 4096}
}
func (f *fakeBoards) Restart(_ context.Context, id entity.BoardID) error {
	return f.note("restart " + string(id))
}

func house() *entity.House {
	return &entity.House{Name: "Test", Timezone: "UTC", Units: "metric",
		Boards: []entity.Board{{Name: "hall", ID: hallID, Chip: "esp32"}, {Name: "shed", ID: "hob-a0b765", Chip: "esp32c3"}},
		Areas:  []entity.Area{{ID: "hall", Name: "Hall"}},
		Entities: []entity.Entity{
			{ID: "porch", Name: "Porch", Area: "hall", Spec: &entity.Switch{Output: entity.Output{Board: "hall", Pin: 16}}},
			{ID: "stairs", Name: "Stairs", Spec: &entity.Light{Output: entity.Output{Board: "hall", Pin: 19}, Drive: entity.DrivePWM}},
			{ID: "pump", Name: "Pump", Spec: &entity.Switch{Output: entity.Output{Board: "shed", Pin: 4}}},
		}}
}

// rig is an API over a real registry and router; the hall is online, the shed is not.
type rig struct {
	t       *testing.T
	api     *API
	reg     *registry.Registry
	router  *command.Router
	board   *session
	boards  *fakeBoards
	history *fakeHistory
	notices *fakeNotices
	rules   *fakeRules
	log     *bytes.Buffer
	causes  chan entity.Cause // of live sessions that were let in
}

func newRig(t *testing.T, change ...func(*Options)) *rig {
	t.Helper()
	r := &rig{t: t, reg: registry.New(registry.Options{Epoch: "e1"}), board: &session{}, boards: &fakeBoards{}, history: &fakeHistory{}, notices: &fakeNotices{}, rules: newFakeRules(),
		log: &bytes.Buffer{}, causes: make(chan entity.Cause, 1)}
	r.reg.Apply(house())
	r.router = command.New(command.Options{House: r.reg})
	t.Cleanup(r.router.Close)
	var err error
	r.board.att, err = r.reg.Attach(hallID, "192.0.2.7:80", "0.1.0", r.board, []registry.PointReport{
		{Point: "gpio16"}, {Point: "gpio19", Value: entity.Value{HasLevel: true}}})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{House: r.reg, Commands: r.router, Boards: r.boards, History: r.history, Notices: r.notices, Rules: r.rules, Policy: policy, Token: goodToken, Version: "1.2.3",
		Live: func(w http.ResponseWriter, _ *http.Request, who Asker) {
			r.causes <- who.Cause
			w.WriteHeader(http.StatusTeapot)
		},
		Dashboard: fstest.MapFS{"index.html": {Data: []byte("<!doctype html>home")}, "assets/a-1b2c.js": {Data: []byte("go()")}, "manifest.webmanifest": {Data: []byte("{}")}},
		Log:       slog.New(slog.NewTextHandler(r.log, nil))}
	for _, f := range change {
		f(&o)
	}
	r.api = New(o)
	return r
}

// ask is a request as the tests write it: "POST /path", a body, headers "Name: value".
func ask(line, body string, headers ...string) *http.Request {
	method, path, _ := strings.Cut(line, " ")
	var b io.Reader
	if body != "" {
		b = strings.NewReader(body)
	}
	req := httptest.NewRequest(method, path, b)
	req.Host = "127.0.0.1:8420"
	if body != "" {
		req.Header.Set("Content-Type", "application/json")
	}
	for _, h := range headers {
		name, value, _ := strings.Cut(h, ": ")
		if name == "Host" {
			req.Host = value
			continue
		}
		req.Header.Set(name, value)
	}
	return req
}

func (r *rig) on(trust Trust, req *http.Request) *httptest.ResponseRecorder {
	r.t.Helper()
	rec := httptest.NewRecorder()
	r.api.Handler(trust).ServeHTTP(rec, req)
	return rec
}

// do asks on the loopback listener.
func (r *rig) do(line, body string, headers ...string) *httptest.ResponseRecorder {
	r.t.Helper()
	return r.on(TrustLoopback, ask(line, body, headers...))
}

func read[T any](t *testing.T, rec *httptest.ResponseRecorder) T {
	t.Helper()
	var v T
	d := json.NewDecoder(rec.Body)
	d.DisallowUnknownFields()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%v in %d %s", err, rec.Code, rec.Body)
	}
	return v
}

// wantProblem checks an answer's status and that it is a problem that says why.
func wantProblem(t *testing.T, rec *httptest.ResponseRecorder, status int, says string) {
	t.Helper()
	if rec.Code != status || rec.Header().Get("Content-Type") != "application/problem+json" {
		t.Fatalf("got %d %s %s, want the problem %d", rec.Code, rec.Header().Get("Content-Type"), rec.Body, status)
	}
	var p struct {
		Status int    `json:"status"`
		Title  string `json:"title"`
		Detail string `json:"detail"`
	}
	if err := json.Unmarshal(rec.Body.Bytes(), &p); err != nil {
		t.Fatalf("%v in %s", err, rec.Body)
	}
	if p.Status != status || p.Title == "" || !strings.Contains(rec.Body.String(), says) {
		t.Errorf("got %s, want status %d and %q", rec.Body, status, says)
	}
}

var errBroken = errors.New("disk on fire")
