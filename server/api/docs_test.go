package api

import (
	"bytes"
	"encoding/json"
	"go/ast"
	"go/parser"
	gotoken "go/token"
	"maps"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"hob/internal/entity"
	"hob/internal/rules"
)

var block = regexp.MustCompile("(?ms)^```(json \\w+)\n(.*?)^```")

// TestEveryRESTExampleOfTheDocsIsWhatTheServerSays replays docs/api.md: decoded
// into the type that it shows and encoded again, an example is the same, and it
// is as OpenAPI describes that type.
func TestEveryRESTExampleOfTheDocsIsWhatTheServerSays(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	// Which type an example shows follows from a member that only it has.
	types := map[string]func(example string) any{
		"features": func(example string) any { return &entity.Record{Attributes: attributesOf(t, example)} },
		"declared": func(string) any { return new(entity.BoardRecord) },
		"status":   func(string) any { return new(entity.Result) },
		"ok":       func(string) any { return new(entity.ConfigStatus) },
		"series":   func(string) any { return new(historyBody) },
		"changes":  func(string) any { return new(changesBody) },
		"text":     func(string) any { return new(entity.Notice) },
		"files":    func(string) any { return new(configBody) },
		"written":  func(string) any { return new(editBody) },
		"mode":     func(string) any { return new(ruleBody) },
		"trigger":  func(string) any { return new(rules.Run) },
		"gaps":     func(string) any { return new(whyBody) },
		"answer":   func(string) any { return new(whyNotBody) },
		"title":    func(string) any { return new(configProblem) },
	}
	seen := map[reflect.Type]bool{}
	valid := conforming(t)
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
		if err := valid(schemaOf(v), m[2]); err != nil {
			t.Errorf("OpenAPI does not know the example: %v", err)
		}
		if !sameJSON(t, again, []byte(m[2])) {
			t.Errorf("the server says\n%s\nthe docs say\n%s", again, m[2])
		}
	}
	if len(seen) != len(types) {
		t.Errorf("examples of %d types, want %d", len(seen), len(types))
	}
}

// conforming validates JSON by one of the schemas of OpenAPI.
func conforming(t *testing.T) func(schema, text string) error {
	t.Helper()
	const name = "openapi.json"
	c := jsonschema.NewCompiler()
	if err := c.AddResource(name, openAPI(t, newRig(t)).All); err != nil {
		t.Fatal(err)
	}
	return func(schema, text string) error {
		s, err := c.Compile(name + "#/components/schemas/" + schema)
		if err != nil {
			return err
		}
		v, err := jsonschema.UnmarshalJSON(strings.NewReader(text))
		if err != nil {
			return err
		}
		return s.Validate(v)
	}
}

// TestWhatTheServerAnswersIsAsDescribed holds for every entity and board of a
// house that is asked over REST: some are offline, and have no link.
func TestWhatTheServerAnswersIsAsDescribed(t *testing.T) {
	r, valid := newRig(t), conforming(t)
	for path, schema := range map[string]string{"/api/entities": "Record", "/api/boards": "BoardDetails"} {
		list := read[[]json.RawMessage](t, r.do("GET "+path, ""))
		nulls := 0
		for _, one := range list {
			nulls += strings.Count(string(one), ":null")
			if err := valid(schema, string(one)); err != nil {
				t.Errorf("%v in %s", err, one)
			}
		}
		if len(list) < 2 || nulls == 0 {
			t.Errorf("%s: %d of them, of which %d members are null", path, len(list), nulls)
		}
	}
	if valid("Record", `{"attributes":5}`) == nil || valid("BoardDetails", `{"link":5}`) == nil {
		t.Error("anything is valid")
	}
}

// schemaOf is the name that huma gives to a type.
func schemaOf(v any) string {
	name := reflect.TypeOf(v).Elem().Name()
	return strings.ToUpper(name[:1]) + name[1:]
}

func matching(example string, types map[string]func(example string) any) any {
	var members map[string]any
	if json.Unmarshal([]byte(example), &members) != nil {
		return nil
	}
	for _, member := range []string{"title", "features", "declared", "status", "ok", "series", "gaps", "answer", "changes", "text", "mode", "trigger",
		"files", "written"} {
		if _, ok := members[member]; ok {
			return types[member](example)
		}
	}
	return nil
}

// attributesOf is where the attributes of an entity of the example's kind go.
func attributesOf(t *testing.T, example string) any {
	t.Helper()
	var e struct{ Kind entity.Kind }
	if err := json.Unmarshal([]byte(example), &e); err != nil {
		t.Fatal(err)
	}
	switch e.Kind {
	case entity.KindLight:
		return new(entity.LightAttributes)
	case entity.KindGarageDoor:
		return new(entity.DoorAttributes)
	}
	t.Fatalf("what attributes does a %s have? %s", e.Kind, example)
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

// constantsOf are the values of the constants of a type, in the file that declares
// every word of the protocol.
func constantsOf(t *testing.T, typed string) []string {
	t.Helper()
	file, err := parser.ParseFile(gotoken.NewFileSet(), "../../internal/entity/record.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if as, ok := spec.Type.(*ast.Ident); ok && as.Name == typed {
			for _, v := range spec.Values {
				word, err := strconv.Unquote(v.(*ast.BasicLit).Value)
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, word)
			}
		}
		return true
	})
	if len(out) == 0 {
		t.Fatalf("record.go has no constant of type %s", typed)
	}
	return out
}

// TestTheWordsOfTheDocsAreTheServers: a client can be written from the page alone.
func TestTheWordsOfTheDocsAreTheServers(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, typed := range []string{"Code", "Status", "CauseKind", "BoardStatus"} {
		for _, word := range constantsOf(t, typed) {
			if !strings.Contains(string(doc), "`"+word+"`") {
				t.Errorf("the docs do not tell of the %s %s", typed, word)
			}
		}
	}
	_, table, _ := strings.Cut(string(doc), "| code | status | meaning |\n|---|---|---|\n")
	table, _, _ = strings.Cut(table, "\n\n")
	codes := constantsOf(t, "Code")
	for row := range strings.SplitSeq(table, "\n") {
		code, _, _ := strings.Cut(strings.TrimPrefix(row, "| `"), "`")
		if !slices.Contains(codes, code) {
			t.Errorf("there is no code %s", row)
		}
	}
	if n := strings.Count(table, "\n") + 1; n != len(codes) {
		t.Errorf("the docs have %d codes, the server %d", n, len(codes))
	}
}

// TestACommandIsDescribedAsItIsTaken: its members are the same in docs/api.md, in
// OpenAPI and on the live connection, which has no wait.
func TestACommandIsDescribedAsItIsTaken(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, row, _ := strings.Cut(string(doc), "| `POST /api/entities/{id}/commands` | body: `{")
	row, _, _ = strings.Cut(row, "}`")
	var told, live []string
	for member := range strings.SplitSeq(row, ",") {
		told = append(told, strings.Trim(member, `"`))
	}
	for i := range reflect.TypeFor[entity.Wish]().NumField() {
		live = append(live, reflect.TypeFor[entity.Wish]().Field(i).Tag.Get("json"))
	}
	schemas, _ := openAPI(t, newRig(t)).All["components"].(map[string]any)["schemas"].(map[string]any)
	members, _ := schemas["CommandInputBody"].(map[string]any)["properties"].(map[string]any)
	described := slices.Sorted(maps.Keys(members))
	for member, v := range members {
		if m, _ := v.(map[string]any); m["description"] == nil || m["type"] == nil {
			t.Errorf("%s is described by %v", member, v)
		}
	}
	if want := slices.Sorted(slices.Values(told)); !slices.Equal(described, want) {
		t.Errorf("described are %v, told of %v", described, want)
	}
	if want := slices.Sorted(slices.Values(append(live, "wait"))); !slices.Equal(described, want) {
		t.Errorf("described are %v, taken %v", described, want)
	}
}

var route = regexp.MustCompile("`(?:(GET|PUT|POST|DELETE) )?(/[^`]*)`")

// TestTheRESTTableIsTheRoutes keeps docs/api.md and the routes together.
func TestTheRESTTableIsTheRoutes(t *testing.T) {
	doc, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	_, table, _ := strings.Cut(string(doc), "## REST\n")
	table, _, _ = strings.Cut(table, "\n## ")
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
