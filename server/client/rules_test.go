package client

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

var restExample = regexp.MustCompile("(?ms)^```json rest\n(.*?)^```")

// TestTheShapesOfRulesAreThoseOfTheDocs: decoded and encoded again, the examples
// of docs/api.md that are about rules are the same.
func TestTheShapesOfRulesAreThoseOfTheDocs(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(doc), "\n## Rules\n")
	part, _, _ = strings.Cut(part, "\n## ")
	shapes := []any{new(Rule), new(Run), new(Run), new(Why), new(WhyNot)}
	found := restExample.FindAllStringSubmatch(part, -1)
	if len(found) != len(shapes) {
		t.Fatalf("%d examples, want %d", len(found), len(shapes))
	}
	for i, m := range found {
		d := json.NewDecoder(strings.NewReader(m[1]))
		d.DisallowUnknownFields()
		if err := d.Decode(shapes[i]); err != nil {
			t.Errorf("%T: %v in %s", shapes[i], err, m[1])
			continue
		}
		b, err := json.Marshal(shapes[i])
		if err != nil {
			t.Fatal(err)
		}
		var was, is any
		if json.Unmarshal([]byte(m[1]), &was) != nil || json.NewDecoder(bytes.NewReader(b)).Decode(&is) != nil || !reflect.DeepEqual(was, is) {
			t.Errorf("%T says\n%s\nthe docs say\n%s", shapes[i], b, m[1])
		}
	}
}

func TestWhatIsAskedOfRulesGoesToTheirAddresses(t *testing.T) {
	var asked []string
	c := speaking(t, "", func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Method+" "+r.URL.RequestURI())
		body := "{}"
		if r.URL.Path == "/api/rules" {
			body = "[]"
		}
		_, _ = io.WriteString(w, body)
	})
	ctx := t.Context()
	at := time.Date(2026, 11, 25, 16, 12, 3, 0, time.FixedZone("", 3600))
	for _, do := range []func() error{
		func() error { _, err := c.Rules(ctx); return err },
		func() error { _, err := c.Rule(ctx, "dusk"); return err },
		func() error { _, err := c.Runs(ctx, "dusk", 7); return err },
		func() error { _, err := c.Run(ctx, "dusk", "dusk-1"); return err },
		func() error { _, err := c.RunRule(ctx, "dusk"); return err },
		func() error { _, err := c.ResumeRule(ctx, "a/b?c"); return err },
		func() error { _, err := c.Why(ctx, "porch", 3); return err },
		func() error { _, err := c.WhyNot(ctx, "dusk", time.Time{}); return err },
		func() error { _, err := c.WhyNot(ctx, "dusk", at); return err },
	} {
		if err := do(); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"GET /api/rules", "GET /api/rules/dusk", "GET /api/rules/dusk/runs?limit=7", "GET /api/rules/dusk/runs/dusk-1",
		"POST /api/rules/dusk/run", "POST /api/rules/a%2Fb%3Fc/resume", "GET /api/entities/porch/why?limit=3", "GET /api/rules/dusk/why-not",
		"GET /api/rules/dusk/why-not?at=2026-11-25T16%3A12%3A03%2B01%3A00"}
	if !slices.Equal(asked, want) {
		t.Errorf("asked\n%s\nwant\n%s", strings.Join(asked, "\n"), strings.Join(want, "\n"))
	}
}
