package client

import (
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hob/internal/entity"
)

var block = regexp.MustCompile("(?ms)^```json server\n(.*?)^```")

// told are the server's messages in docs/api.md, in the order of the page.
func told(t *testing.T) []Message {
	t.Helper()
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	var out []Message
	for _, b := range block.FindAllStringSubmatch(string(doc), -1) {
		out = append(out, message(t, b[1]))
	}
	if len(out) < 10 {
		t.Fatalf("only %d messages", len(out))
	}
	return out
}

func message(t *testing.T, s string) Message {
	t.Helper()
	var m Message
	d := json.NewDecoder(strings.NewReader(s))
	if err := d.Decode(&m); err != nil {
		t.Fatalf("%v in %s", err, s)
	}
	return m
}

func apply(t *testing.T, v *View, m Message) Change {
	t.Helper()
	ch, err := v.Apply(m)
	if err != nil {
		t.Fatalf("%s %d: %v", m.Type, m.Revision, err)
	}
	return ch
}

const stairs = `{"type":"entity","revision":43,"entity":{"id":"stairs","kind":"light","name":"Stairs","area":"hall","icon":"",` +
	`"board":"hall","features":["brightness"],"state":"off","attributes":{},"available":true,"unavailable":null,` +
	`"pending":null,"failure":null,"changed":1795363200000,"cause":{"kind":"boot","by":""},"revision":43}}`

func TestAViewFollowsTheExamplesOfTheDocs(t *testing.T) {
	var v View
	counts := map[string]int{}
	for _, m := range told(t) {
		if v.Epoch == "" && m.Type != "snapshot" {
			continue // an example of one kind, before the house of the later ones is told
		}
		counts[m.Type]++
		ch := apply(t, &v, m)
		switch m.Type {
		case "snapshot":
			porch := v.Entities["porch"]
			if v.Epoch != "6b1f0c2e" || v.Revision != 42 || v.House.Name != "Lindenweg" || porch == nil || porch.State != "on" ||
				v.Boards["hob-7c9ebd"] == nil {
				t.Fatalf("after the snapshot: %+v", v)
			}
			apply(t, &v, message(t, stairs)) // the docs speak of it without having declared it
		case "state":
			if ch.Entity == nil || ch.Entity.Revision != m.Revision || ch.Entity.State != m.State || v.Entities[ch.Entity.ID] != ch.Entity {
				t.Errorf("revision %d: %+v", m.Revision, ch.Entity)
			}
		case "entity":
			if ch.Entity == nil || ch.Entity.ID != "bell" || !reflect.DeepEqual(ch.Entity.Features, []string{"press"}) {
				t.Errorf("entity: %+v", ch.Entity)
			}
		case "board":
			if ch.Board == nil || ch.Board.Status != entity.BoardOffline || ch.Board.Name != "shed" {
				t.Errorf("board: %+v", ch.Board)
			}
		}
	}
	for _, kind := range []string{"snapshot", "resumed", "state", "entity", "removed", "board", "board_removed", "house", "notice", "notice_removed", "result", "pong", "error"} {
		if counts[kind] == 0 {
			t.Errorf("the docs show no %s", kind)
		}
	}
	if v.Revision != 52 || v.Entities["bell"] != nil || len(v.Boards) != 2 {
		t.Errorf("in the end: revision %d, bell %+v, boards %v", v.Revision, v.Entities["bell"], v.Boards)
	}
	s := v.Entities["stairs"]
	if s.Available || s.Unavailable == nil || s.Unavailable.Reason != entity.BoardOffline || s.Pending != nil ||
		s.Failure == nil || s.Failure.Code != entity.CodeLinkLost || s.Cause.Kind != entity.CauseBoot {
		t.Errorf("the stairs: %+v", s)
	}
	if p := v.Entities["porch"]; p.State != "off" || p.Cause.By != "hall_button" || !p.Available || p.Pending != nil {
		t.Errorf("the porch: %+v", p)
	}
	var order []entity.ID
	for _, e := range v.List() {
		order = append(order, e.ID)
	}
	if !reflect.DeepEqual(order, []entity.ID{"porch", "stairs"}) {
		t.Errorf("order %v", order)
	}
}

func TestWhatAStateLeavesOutHasItsDefault(t *testing.T) {
	var v View
	for _, m := range told(t) {
		if m.Type == "snapshot" {
			apply(t, &v, m)
		}
	}
	apply(t, &v, message(t, stairs))
	for _, m := range told(t) {
		if m.Type == "state" && m.Name() == "stairs" {
			apply(t, &v, m)
		}
	}
	ch := apply(t, &v, message(t, `{"type":"state","revision":60,"id":"stairs","state":"off","changed":5,"cause":{"kind":"boot","by":""}}`))
	e := ch.Entity
	if !e.Available || e.Unavailable != nil || e.Pending != nil || e.Failure != nil || !reflect.DeepEqual(e.Attributes, map[string]any{}) {
		t.Errorf("got %+v", e)
	}
	if e.Name != "Stairs" || e.Kind != entity.KindLight {
		t.Errorf("what was declared is gone: %+v", e)
	}
}

func TestWhatTheProtocolDoesNotAllowIsAnErrorAndNoPanic(t *testing.T) {
	for _, s := range []string{
		`{"type":"state","revision":1,"id":"porch","state":"on"}`,
		`{"type":"entity","revision":1,"entity":{"id":"porch"}}`,
		`{"type":"board","revision":1,"board":{"id":"hob-7c9ebd"}}`,
		`{"type":"house","revision":1,"order":[]}`,
		`{"type":"resumed","revision":1}`,
	} {
		var v View
		if _, err := v.Apply(message(t, s)); err == nil {
			t.Errorf("taken before a snapshot: %s", s)
		}
	}
	v := View{}
	apply(t, &v, message(t, `{"type":"snapshot","epoch":"e","revision":1}`))
	for _, s := range []string{
		`{"type":"state","revision":2,"id":"attic","state":"on"}`,
		`{"type":"state","revision":2,"id":7,"state":"on"}`,
		`{"type":"entity","revision":2,"entity":"porch"}`,
		`{"type":"entity","revision":2}`,
	} {
		if _, err := v.Apply(message(t, s)); err == nil {
			t.Errorf("taken: %s", s)
		}
	}
	apply(t, &v, message(t, `{"type":"something_new","revision":3}`)) // what it does not know it ignores
}

func TestAnEntityThatWasGoneAndIsBackIsListedOnce(t *testing.T) {
	var v View
	apply(t, &v, message(t, `{"type":"snapshot","epoch":"e","revision":1}`))
	apply(t, &v, message(t, stairs))
	apply(t, &v, message(t, `{"type":"removed","revision":44,"id":"stairs"}`))
	if len(v.List()) != 0 {
		t.Errorf("gone, and listed: %v", v.List())
	}
	apply(t, &v, message(t, strings.ReplaceAll(stairs, "stairs", "bell")))
	apply(t, &v, message(t, stairs))
	apply(t, &v, message(t, stairs))
	if l := v.List(); len(l) != 2 || l[0].ID != "bell" || l[1].ID != "stairs" {
		t.Errorf("listed: %+v", l)
	}
}

func TestASnapshotReplacesEverything(t *testing.T) {
	var v View
	apply(t, &v, message(t, `{"type":"snapshot","epoch":"e1","revision":90,"boards":[{"id":"hob-ffffff"}]}`))
	apply(t, &v, message(t, stairs))
	apply(t, &v, message(t, `{"type":"snapshot","epoch":"e2","revision":1}`))
	if v.Epoch != "e2" || v.Revision != 1 || len(v.List()) != 0 || len(v.BoardList()) != 0 {
		t.Errorf("got %+v", v)
	}
}

func TestDeclaredBoardsAreListedByNameThenTheOthersById(t *testing.T) {
	var v View
	apply(t, &v, message(t, `{"type":"snapshot","epoch":"e","revision":1,"boards":[{"id":"hob-ffffff"},{"id":"hob-aaaaaa"},`+
		`{"id":"hob-000002","name":"shed","declared":true},{"id":"hob-000003","name":"hall","declared":true}]}`))
	var got []entity.BoardID
	for _, b := range v.BoardList() {
		got = append(got, b.ID)
	}
	if want := []entity.BoardID{"hob-000003", "hob-000002", "hob-aaaaaa", "hob-ffffff"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
