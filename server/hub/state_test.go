package hub

import (
	"bytes"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"hob/internal/command"
	"hob/internal/entity"
)

// stateMessage is the message `state` of docs/api.md, its members in their order.
type stateMessage struct {
	Type        string              `json:"type"`
	Revision    entity.Revision     `json:"revision"`
	ID          entity.ID           `json:"id"`
	State       string              `json:"state"`
	Attributes  any                 `json:"attributes,omitempty"`
	Available   *bool               `json:"available,omitempty"`
	Unavailable *entity.Unavailable `json:"unavailable,omitempty"`
	Pending     *entity.Pending     `json:"pending,omitempty"`
	Failure     *entity.Failure     `json:"failure,omitempty"`
	Changed     int64               `json:"changed"`
	Cause       entity.Cause        `json:"cause"`
}

// reflected is the state frame as reflection makes it.
func reflected(rec *entity.Record) []byte {
	m := stateMessage{Type: "state", Revision: rec.Revision, ID: rec.ID, State: rec.State,
		Unavailable: rec.Unavailable, Pending: rec.Pending, Failure: rec.Failure,
		Changed: rec.Changed, Cause: rec.Cause}
	if rec.Attributes != (entity.NoAttributes{}) {
		m.Attributes = rec.Attributes
	}
	if !rec.Available {
		m.Available = new(bool)
	}
	return text(m)
}

// awkward is any text: plain, or in need of escapes, or not even UTF-8.
func awkward() *rapid.Generator[string] {
	return rapid.OneOf(rapid.StringMatching(`[a-z0-9_]{0,40}`), rapid.String(),
		rapid.StringMatching(`[<>&"\\\\a]{0,8}`),
		rapid.Map(rapid.SliceOfN(rapid.Byte(), 0, 8), func(b []byte) string { return string(b) }))
}

// anySaid is a sentence with a name and values, or words that have none.
func anySaid(t *rapid.T, what string) entity.Said {
	words := awkward().Draw(t, what)
	if !rapid.Bool().Draw(t, what+" named") {
		return entity.Said{Message: words}
	}
	return entity.Say("no_entity", "There is no entity {entity:q}", "entity", words, "count", rapid.Int().Draw(t, what+" count"))
}

func perhaps[T any](t *rapid.T, what string, make func() *T) *T {
	if rapid.Bool().Draw(t, what) {
		return make()
	}
	return nil
}

func TestAStateFrameIsTheOneThatReflectionMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(what string) string { return awkward().Draw(t, what) }
		said := func(what string) entity.Said { return anySaid(t, what) }
		rec := &entity.Record{ID: entity.ID(word("id")), State: word("state"), Attributes: entity.NoAttributes{},
			Revision: entity.Revision(rapid.Uint64().Draw(t, "revision")), Changed: rapid.Int64().Draw(t, "changed"),
			Available: rapid.Bool().Draw(t, "available"),
			Cause:     entity.Cause{Kind: entity.CauseKind(word("kind")), By: word("by")}}
		if rapid.Bool().Draw(t, "attributes") {
			rec.Attributes = entity.ButtonAttributes{}
		}
		rec.Unavailable = perhaps(t, "unavailable", func() *entity.Unavailable {
			return &entity.Unavailable{Reason: entity.BoardOffline, Said: said("message"), Since: 1}
		})
		rec.Pending = perhaps(t, "pending", func() *entity.Pending {
			return &entity.Pending{Command: entity.CommandID(word("command")), Action: entity.Verb(word("action")), Target: word("target"),
				Origin: entity.CauseKind(word("origin")), By: word("pending by"),
				Since: rapid.Int64().Draw(t, "since"), Until: rapid.Int64().Draw(t, "until")}
		})
		rec.Failure = perhaps(t, "failure", func() *entity.Failure { return &entity.Failure{Said: said("failed")} })
		if got, want := stateFrame(rec), reflected(rec); !bytes.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

// resultMessage is the message `result` of docs/api.md.
type resultMessage struct {
	Type string `json:"type"`
	ID   string `json:"id"`
	command.Result
}

func TestAResultFrameIsTheOneThatReflectionMakes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		word := func(what string) string { return awkward().Draw(t, what) }
		id := word("id")
		r := command.Result{Command: entity.CommandID(word("command")), Entity: entity.ID(word("entity")), Action: entity.Verb(word("action")),
			Status: entity.Status(word("status")), Code: entity.Code(word("code")), Said: anySaid(t, "message")}
		if got, want := resultFrame(id, &r), text(resultMessage{"result", id, r}); !bytes.Equal(got, want) {
			t.Fatalf("got  %q\nwant %q", got, want)
		}
	})
}

func TestAStateFrameOfAnyLengthHasItsHead(t *testing.T) {
	for n := range 140 {
		long(t, n)
	}
	for n := 65_400; n < 65_540; n++ {
		long(t, n)
	}
}

func long(t *testing.T, n int) {
	t.Helper()
	rec := &entity.Record{State: strings.Repeat("x", n), Attributes: entity.NoAttributes{}, Available: true}
	if got, want := stateFrame(rec), reflected(rec); !bytes.Equal(got, want) {
		t.Fatalf("with a state of %d bytes: %.20q, want %.20q", n, got, want)
	}
}
