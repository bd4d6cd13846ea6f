package entity_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"hob/internal/entity"
)

// sentence is one of testdata/sentences.json, which the dashboard's tests read too.
type sentence struct {
	Detail   entity.Detail `json:"detail"`
	Examples []struct {
		Params  map[string]any `json:"params"`
		English map[string]any `json:"english"` // values that are in the message only; their names begin with "_"
		Message string         `json:"message"`
	} `json:"examples"`
}

func sentences(t *testing.T) map[entity.Detail]sentence {
	t.Helper()
	text, err := os.ReadFile("testdata/sentences.json")
	if err != nil {
		t.Fatal(err)
	}
	var list []sentence
	if err := json.Unmarshal(text, &list); err != nil {
		t.Fatal(err)
	}
	out := make(map[entity.Detail]sentence, len(list))
	for i, s := range list {
		if i > 0 && s.Detail <= list[i-1].Detail {
			t.Errorf("%s stands after %s", s.Detail, list[i-1].Detail)
		}
		out[s.Detail] = s
	}
	return out
}

// saying is one place in the server that says a sentence.
type saying struct {
	at       string
	detail   entity.Detail
	template string
	names    []string // of values
}

// sayings are all places in the server that call Say, or invalid of this package.
func sayings(t *testing.T) []saying {
	t.Helper()
	var out []saying
	files := token.NewFileSet()
	visit := func(path string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && d.Name() == "testdata":
			return filepath.SkipDir
		case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(files, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if f, ok := n.(*ast.FuncDecl); ok && (f.Name.Name == "invalid" || f.Name.Name == "notNow") {
				return false // hands on what it is given
			}
			call, ok := n.(*ast.CallExpr)
			if ok && says(call.Fun, file.Name.Name) {
				out = append(out, read(t, files, call))
			}
			return true
		})
		return nil
	}
	for _, root := range []string{"../../server", "../../internal"} {
		if err := filepath.WalkDir(root, visit); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func says(fun ast.Expr, in string) bool {
	switch f := fun.(type) {
	case *ast.SelectorExpr:
		x, ok := f.X.(*ast.Ident)
		return ok && x.Name == "entity" && f.Sel.Name == "Say"
	case *ast.Ident:
		return in == "entity" && (f.Name == "Say" || f.Name == "invalid" || f.Name == "notNow")
	}
	return false
}

func read(t *testing.T, files *token.FileSet, call *ast.CallExpr) saying {
	t.Helper()
	out := saying{at: files.Position(call.Pos()).String()}
	literal := func(i int) string {
		lit, ok := call.Args[i].(*ast.BasicLit)
		if !ok {
			t.Fatalf("%s: argument %d is no literal", out.at, i+1)
		}
		text, err := strconv.Unquote(lit.Value)
		if err != nil {
			t.Fatalf("%s: argument %d is no text", out.at, i+1)
		}
		return text
	}
	if len(call.Args)%2 != 0 || call.Ellipsis.IsValid() {
		t.Fatalf("%s: a name, a template, and names with their values are wanted", out.at)
	}
	out.detail, out.template = entity.Detail(literal(0)), literal(1)
	for i := 2; i < len(call.Args); i += 2 {
		out.names = append(out.names, literal(i))
	}
	return out
}

// TestEverySentenceOfTheServerIsInTheSharedList keeps the list, by which the
// dashboard's words are tested, the same as what the server can say: every name,
// with every value, and the English to the letter.
func TestEverySentenceOfTheServerIsInTheSharedList(t *testing.T) {
	list := sentences(t)
	said := map[entity.Detail]bool{}
	all := sayings(t)
	for _, s := range all {
		said[s.detail] = true
		if len(list[s.detail].Examples) == 0 {
			t.Errorf("%s: %q has no example in testdata/sentences.json", s.at, s.detail)
		}
		for _, e := range list[s.detail].Examples {
			values := maps.Clone(e.Params)
			if values == nil {
				values = map[string]any{}
			}
			maps.Copy(values, e.English)
			if got := slices.Sorted(maps.Keys(values)); !slices.Equal(got, slices.Sorted(slices.Values(s.names))) {
				t.Errorf("%s: %s has %v in the list, and %v here", s.at, s.detail, got, s.names)
				continue
			}
			var pairs []any
			for name, value := range values {
				if strings.HasPrefix(name, "_") != (e.English[name] != nil) {
					t.Errorf("%s: %s: clients get the values whose names do not begin with _, which %s is not", s.at, s.detail, name)
				}
				pairs = append(pairs, name, value)
			}
			if got := entity.Say(s.detail, s.template, pairs...); got.Message != e.Message {
				t.Errorf("%s: %s\nsays    %q\nexample %q", s.at, s.detail, got.Message, e.Message)
			}
		}
	}
	for detail := range list {
		if !said[detail] {
			t.Errorf("nobody says %s", detail)
		}
	}
	if len(all) < 80 {
		t.Errorf("only %d places say something: are they looked for where they are?", len(all))
	}
}

func TestASentenceHasItsValuesInItsWordsAndForClients(t *testing.T) {
	for _, c := range []struct {
		said    entity.Said
		message string
		json    string
	}{
		{entity.Say("calling", "The server is calling the board"), "The server is calling the board",
			`{"message":"The server is calling the board","detail":"calling"}`},
		{entity.Say("d", "{temp} °C of {high}, {n} times, {part}", "temp", entity.Temp(21_540), "high", entity.Temp(30_000), "n", 3, "part", 0.5),
			"21.5 °C of 30, 3 times, 0.5", `{"message":"21.5 °C of 30, 3 times, 0.5","detail":"d","params":{"temp":21.5,"high":30,"n":3,"part":0.5}}`},
		{entity.Say("d", "no {verb:q}", "verb", entity.Verb("a\x1b[31m\"b")), `no "a\x1b[31m\"b"`,
			`{"message":"no \"a\\x1b[31m\\\"b\"","detail":"d","params":{"verb":"a\u001b[31m\"b"}}`},
		{entity.Say("d", "{name} says: {_words}", "name", "hall", "_words", "{name} no"), "hall says: {name} no",
			`{"message":"hall says: {name} no","detail":"d","params":{"name":"hall"}}`},
		{entity.Say("d", "{missing} {", "other", 1), "{missing} {}", `{"message":"{missing} {}","detail":"d","params":{"other":1}}`},
		{entity.Said{Message: "plain"}, "plain", `{"message":"plain"}`},
	} {
		if c.said.Message != c.message {
			t.Errorf("%q, want %q", c.said.Message, c.message)
		}
		got, err := json.Marshal(c.said)
		if err != nil || string(got) != c.json {
			t.Errorf("%s %v, want %s", got, err, c.json)
		}
		var back entity.Said
		if err := json.Unmarshal(got, &back); err != nil || back != c.said {
			t.Errorf("comes back as %+v %v", back, err)
		}
	}
}

func TestParamsAreAnObject(t *testing.T) {
	for text, want := range map[string]string{`{}`: "", `{"a" :  1}`: `{"a":1}`, `null`: ""} {
		var p entity.Params
		if err := json.Unmarshal([]byte(text), &p); err != nil || string(p) != want {
			t.Errorf("%s: %q %v", text, p, err)
		}
	}
	for _, text := range []string{`[]`, `"a"`, `1`} {
		var p entity.Params
		if err := json.Unmarshal([]byte(text), &p); err == nil {
			t.Errorf("%s is taken as %q", text, p)
		}
	}
	if b, err := json.Marshal(struct{ P entity.Params }{}); err != nil || string(b) != `{"P":{}}` {
		t.Errorf("%s %v", b, err)
	}
}
