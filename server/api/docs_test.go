package api

import (
	"bytes"
	"encoding/json"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"hob/internal/entity"
)

var block = regexp.MustCompile("(?ms)^```(json \\w+)\n(.*?)^```")

// TestEveryRESTExampleOfTheDocsIsWhatTheServerSays replays docs/api.md: decoded
// into the type that it shows and encoded again, an example is the same.
func TestEveryRESTExampleOfTheDocsIsWhatTheServerSays(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	// Which type an example shows follows from a member that only it has.
	types := map[string]func() any{
		"features": func() any {
			r := entity.Record{Attributes: &entity.LightAttributes{}}
			return &r
		},
		"declared": func() any { return new(entity.BoardRecord) },
		"status":   func() any { return new(entity.Result) },
	}
	seen := map[reflect.Type]bool{}
	for _, m := range block.FindAllStringSubmatch(string(doc), -1) {
		if m[1] != "json rest" {
			continue
		}
		v := matching(m[2], types)
		if v == nil {
			t.Errorf("no type for the example %s", m[2])
			continue
		}
		seen[reflect.TypeOf(v)] = true
		d := json.NewDecoder(strings.NewReader(m[2]))
		d.DisallowUnknownFields()
		if err := d.Decode(v); err != nil {
			t.Errorf("%v in %s", err, m[2])
			continue
		}
		again, err := json.Marshal(v)
		if err != nil {
			t.Fatal(err)
		}
		if !sameJSON(t, again, []byte(m[2])) {
			t.Errorf("the server says\n%s\nthe docs say\n%s", again, m[2])
		}
	}
	if len(seen) != len(types) {
		t.Errorf("examples of %d types, want %d", len(seen), len(types))
	}
}

func matching(example string, types map[string]func() any) any {
	var members map[string]any
	if json.Unmarshal([]byte(example), &members) != nil {
		return nil
	}
	for _, member := range []string{"features", "declared", "status"} {
		if _, ok := members[member]; ok {
			return types[member]()
		}
	}
	return nil
}

func sameJSON(t *testing.T, a, b []byte) bool {
	t.Helper()
	var x, y any
	for _, s := range []struct {
		text []byte
		into *any
	}{{a, &x}, {b, &y}} {
		d := json.NewDecoder(bytes.NewReader(s.text))
		d.UseNumber()
		if err := d.Decode(s.into); err != nil {
			t.Fatalf("%v in %s", err, s.text)
		}
	}
	return reflect.DeepEqual(x, y)
}

var route = regexp.MustCompile("`(?:(GET|POST|DELETE) )?(/[^`]*)`")

// TestTheRESTTableIsTheRoutes keeps docs/api.md and the routes together.
func TestTheRESTTableIsTheRoutes(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## REST\n")
	table, _, _ = strings.Cut(table, "## Live")
	described := openAPI(t, newRig(t)).Paths
	n := 0
	for _, m := range route.FindAllStringSubmatch(table, -1) {
		if m[1] == "" {
			continue
		}
		n++
		path := strings.NewReplacer("{entity}", "{id}").Replace(m[2])
		if _, ok := described[path][strings.ToLower(m[1])]; !ok {
			t.Errorf("the docs tell of %s %s, which there is not", m[1], path)
		}
		delete(described[path], strings.ToLower(m[1]))
	}
	if n < 10 {
		t.Errorf("found %d routes in the docs", n)
	}
	delete(described["/api/boards/{board}/restart"], "post") // "…/restart" in the row of identify
	for path, methods := range described {
		for method := range methods {
			t.Errorf("the docs do not tell of %s %s", strings.ToUpper(method), path)
		}
	}
}
