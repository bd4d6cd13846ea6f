package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"hob/internal/entity"
	"hob/internal/registry"
	"hob/internal/store"
)

// fetch is an answer of a running server.
func fetch(t *testing.T, a *App, path string) string {
	t.Helper()
	resp, err := http.Get("http://" + a.Addr().String() + path)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	var b json.RawMessage
	if err := json.NewDecoder(resp.Body).Decode(&b); err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("%s: %d %s %v", path, resp.StatusCode, b, err)
	}
	return string(b)
}

func TestWhatABoardReportsIsInTheLogAndMakesACurveAlsoAfterARestart(t *testing.T) {
	state := t.TempDir()
	a := build(t, options(state))
	stop := run(t, a)
	att, err := a.registry.Attach(hallID, "192.0.2.7:80", "0.1.0", silent{make(chan registry.BoardCommand, 8)}, []registry.PointReport{{Point: "gpio16"}})
	if err != nil {
		t.Fatal(err)
	}
	if err := att.Report([]registry.PointReport{{Point: "gpio16", Value: entity.Value{On: true},
		Cause: entity.Cause{Kind: entity.CauseUser, By: "anna"}, At: time.Now()}}); err != nil {
		t.Fatal(err)
	}
	waitFor(t, a, "/api/changes?entity=porch", `"state":"on","cause":{"kind":"user","by":"anna"}`)
	waitFor(t, a, "/api/entities/porch/history", `"value":1}`)
	stop()
	a = build(t, options(state))
	run(t, a)
	waitFor(t, a, "/api/changes", `"what":"gap"`)
	if got := fetch(t, a, "/api/changes?entity=porch"); !strings.Contains(got, "anna") || strings.Contains(got, "unavailable") {
		t.Errorf("after a restart: %s", got)
	}
	if got := fetch(t, a, "/api/entities/porch/history"); !strings.Contains(got, `"value":1}`) || !strings.HasSuffix(got, `"value":null}]}]}`) {
		t.Errorf("after a restart: %s", got)
	}
}

// waitFor asks until the answer has what must come.
func waitFor(t *testing.T, a *App, path, part string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	for got := fetch(t, a, path); !strings.Contains(got, part); got = fetch(t, a, path) {
		select {
		case <-tick.C:
		case <-ctx.Done():
			t.Fatalf("%s has no %s: %s", path, part, got)
		}
	}
}

func TestTheRecordersStreamIsOfEntitiesAndTellsWhenItFellBehind(t *testing.T) {
	reg := registry.New(registry.Options{Events: 64})
	reg.Apply(house())
	seen, stream := recorder{registry: reg}.Subscribe(func() {})
	defer stream.Close()
	if len(seen) != 1 || seen[0].Entity != "porch" || seen[0].Kind != entity.KindSwitch || seen[0].Available {
		t.Fatalf("at first: %+v", seen)
	}
	for i := range 10 { // what is not of an entity does not end a Take
		reg.SetBoard(entity.BoardRecord{ID: entity.BoardID(fmt.Sprintf("hob-00000%d", i)), Status: entity.BoardUnknown})
	}
	reg.Apply(&entity.House{})
	got, err := stream.Take(make([]store.Seen, 0, 4))
	if err != nil || len(got) != 1 || !got[0].Gone || got[0].Entity != "porch" || got[0].At.IsZero() {
		t.Errorf("%+v %v", got, err)
	}
	for i := range 100 {
		reg.SetBoard(entity.BoardRecord{ID: "hob-000001", Status: entity.BoardUnknown, Address: fmt.Sprint(i)})
	}
	if _, err := stream.Take(make([]store.Seen, 0, 4)); err == nil {
		t.Error("it did not tell that it fell behind")
	}
}

func TestWhyKnowsWhatHappenedThisVerySecond(t *testing.T) {
	a := build(t, options(t.TempDir()))
	run(t, a)
	att, err := a.registry.Attach(hallID, "192.0.2.7:80", "0.1.0", silent{make(chan registry.BoardCommand, 8)}, []registry.PointReport{{Point: "gpio16"}})
	if err != nil {
		t.Fatal(err)
	}
	report := func(on bool, by string) {
		t.Helper()
		if err := att.Report([]registry.PointReport{{Point: "gpio16", Value: entity.Value{On: on},
			Cause: entity.Cause{Kind: entity.CauseUser, By: by}, At: time.Now()}}); err != nil {
			t.Fatal(err)
		}
	}
	report(true, "anna")
	waitFor(t, a, "/api/changes?entity=porch", `"state":"on"`) // what follows is recorded
	report(false, "leo")
	report(true, "anna")
	if got := fetch(t, a, "/api/entities/porch/why"); !strings.Contains(got, "porch went off") {
		t.Errorf("both changes should be told: %s", got)
	}
	report(false, "leo")
	if got := fetch(t, a, "/api/changes?entity=porch&limit=1"); !strings.Contains(got, `"state":"off"`) {
		t.Errorf("the log has %s", got)
	}
}
