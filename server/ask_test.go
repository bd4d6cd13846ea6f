package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"hob/internal/entity"
	"hob/server/client"
)

// playedHouse answers for two entities: a door and an alarm with a code.
func playedHouse(t *testing.T) *client.Client {
	t.Helper()
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api/entities/left":
			_, _ = io.WriteString(w, `{"id":"left","kind":"garage_door","name":"Left door","state":"open","attributes":{}}`)
		case "/api/entities/alarm":
			_, _ = io.WriteString(w, `{"id":"alarm","kind":"alarm","name":"Alarm","state":"armed_away","attributes":{"code":true}}`)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(srv.Close)
	cl, err := client.New(client.Options{URL: srv.URL})
	if err != nil {
		t.Fatal(err)
	}
	return cl
}

func TestADoorMovesOnlyIfSomebodySaysThatTheySeeIt(t *testing.T) {
	for _, c := range []struct {
		name   string
		id     entity.ID
		verb   entity.Verb
		yes    bool
		tty    bool
		answer string
		sent   bool // the action says confirm
		exit   int  // 0: it goes on
	}{
		{"yes is given", "left", entity.VerbClose, true, false, "", true, 0},
		{"they answer yes", "left", entity.VerbClose, false, true, "Yes\n", true, 0},
		{"they answer nothing", "left", entity.VerbClose, false, true, "\n", false, exitFailed},
		{"they are gone", "left", entity.VerbOpen, false, true, "", false, exitFailed},
		{"they answer something else", "left", entity.VerbPulse, false, true, "yep\n", false, exitFailed},
		{"nobody is there to be asked", "left", entity.VerbPulse, false, false, "y\n", false, exitUsage},
		{"it does not move", "left", entity.VerbOff, false, false, "", false, 0},
		{"it is no door", "alarm", entity.VerbOpen, false, false, "", false, 0},
		{"there is no such thing", "right", entity.VerbOpen, false, false, "", false, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			var asked bytes.Buffer
			hob := &cli{stdout: io.Discard, stderr: &asked}
			a := entity.Action{Verb: c.verb}
			err := hob.confirm(context.Background(), playedHouse(t), c.id, &a, c.yes,
				person{in: strings.NewReader(c.answer), tty: c.tty})
			got := 0
			if err != nil {
				got = codeOf(err)
			}
			if got != c.exit || a.Confirm != c.sent {
				t.Errorf("exit %d (%v), confirm %v", got, err, a.Confirm)
			}
			if c.tty && !strings.Contains(asked.String(), "Left door is a garage door, and open.") {
				t.Errorf("asked %q", asked.String())
			}
		})
	}
}

func TestTheCodeIsAskedForUnseenAndOnlyWhenNeeded(t *testing.T) {
	unseen := func() (string, error) { return "4711", nil }
	for _, c := range []struct {
		name  string
		id    entity.ID
		verb  entity.Verb
		given string
		tty   bool
		want  string
	}{
		{"typed", "alarm", entity.VerbDisarm, "", true, "4711"},
		{"on standard input", "alarm", entity.VerbDisarm, "-", false, "0815"},
		{"on the command line", "alarm", entity.VerbDisarm, "1234", true, "1234"},
		{"nobody is there", "alarm", entity.VerbDisarm, "", false, ""},
		{"arming needs none", "alarm", entity.VerbArmAway, "", true, ""},
		{"no alarm", "left", entity.VerbDisarm, "", true, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			var shown bytes.Buffer
			hob := &cli{stdout: &shown, stderr: &shown}
			a := entity.Action{Verb: c.verb}
			err := hob.code(context.Background(), playedHouse(t), c.id, &a, c.given,
				person{in: strings.NewReader("0815\n"), tty: c.tty, hush: unseen})
			if err != nil || a.Code.Reveal() != c.want {
				t.Errorf("%q, %v", a.Code.Reveal(), err)
			}
			if c.want != "" && strings.Contains(shown.String(), c.want) {
				t.Errorf("shown: %q", shown.String())
			}
		})
	}
	hob := &cli{stderr: io.Discard}
	broken := errors.New("terminal is gone")
	err := hob.code(context.Background(), playedHouse(t), "alarm", &entity.Action{Verb: entity.VerbDisarm}, "",
		person{tty: true, hush: func() (string, error) { return "", broken }})
	if !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
