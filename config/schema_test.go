package config_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/santhosh-tekuri/jsonschema/v6"
	"gopkg.in/yaml.v3"

	"hob"
	"hob/config"
	"hob/internal/diag"
)

func schema(t *testing.T) *jsonschema.Schema { t.Helper(); return compiled(t, config.Schema) }

func compiled(t *testing.T, of func() ([]byte, error)) *jsonschema.Schema {
	t.Helper()
	text, err := of()
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	c := jsonschema.NewCompiler()
	if err := c.AddResource("config.json", doc); err != nil {
		t.Fatal(err)
	}
	s, err := c.Compile("config.json")
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// asEditorsSee is a file as an editor's YAML reader makes it, with the content
// of secrets and included files in their place.
func asEditorsSee(t *testing.T, text []byte) any {
	t.Helper()
	var v any
	if err := yaml.Unmarshal(text, &v); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	through, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(through))
	if err != nil {
		t.Fatal(err)
	}
	return doc
}

// What Hob accepts, an editor with the schema accepts too.
func TestSchemaAcceptsWhatHobAccepts(t *testing.T) {
	s := schema(t)
	for name, text := range validHouses(t) {
		if house, list := parseWithSecret(text); house {
			if err := s.Validate(asEditorsSee(t, []byte(text))); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		} else {
			t.Errorf("%s is refused:\n%s", name, asText(t, list))
		}
	}
}

func parseWithSecret(text string) (bool, diag.List) {
	got := config.ParseFS("config.yaml", []byte(text), fstest.MapFS{
		"secrets.yaml":  &fstest.MapFile{Data: []byte("alarm_code: 4711\n"), Mode: 0o600},
		"switches.yaml": &fstest.MapFile{Data: []byte("porch: {pin: hall/16}\n")},
	})
	return got.House != nil, got.List
}

// validHouses are all files of the repository that are without mistakes: the
// sample, every key, the design's, the right examples of the explanations, and
// those in the documentation.
func validHouses(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{"the sample house": string(hob.SampleConfig), "every key": everyKey}
	for _, name := range []string{"design_house", "design_keys"} {
		archive, err := txtar.ParseFile("testdata/files/" + name + ".txtar")
		if err != nil {
			t.Fatal(err)
		}
		out[name] = string(archive.Files[0].Data)
	}
	const boards = "boards: {hall: {id: hob-7c9ebd, chip: esp32}, shed: {id: hob-a0b765, chip: esp32}}\n"
	for _, c := range diag.Codes() {
		e, _ := diag.Explain(c.Code)
		if e.Right == "" || strings.Contains(e.Right, "!include") {
			continue // an editor needs to be told of !include
		}
		if !strings.Contains(e.Right, "boards:") {
			e.Right = boards + e.Right
		}
		out["explanation of "+string(c.Code)] = e.Right
	}
	for name, text := range documented(t) {
		out[name] = text
	}
	return out
}

var yamlBlock = regexp.MustCompile("(?ms)^```yaml\n(.*?)^```$")

// documented are the houses in the documentation.
func documented(t *testing.T) map[string]string {
	t.Helper()
	pages, err := filepath.Glob("../docs/*.md")
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, page := range append(pages, "../README.md") {
		text, err := os.ReadFile(page)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range yamlBlock.FindAllStringSubmatch(string(text), -1) {
			if strings.Contains(m[1], "boards:") {
				out[page+": "+strings.SplitN(m[1], "\n", 2)[0]] = m[1]
			}
		}
	}
	if len(out) == 0 {
		t.Fatal("no example in the documentation")
	}
	return out
}

// The schema finds what an editor can find without knowing the rest of the file.
func TestSchemaRefusesMistakes(t *testing.T) {
	s := schema(t)
	for _, text := range []string{
		"swiches: {}",
		"boards: {hall: {chip: esp32}}",
		"boards: {hall: {id: hob-7c9ebd, chip: esp8266}}",
		"boards: {Hall: {id: hob-7c9ebd, chip: esp32}}",
		"switches: {porch: {pin: 16}}",
		"switches: {porch: {pin: hall/16, boot: last}}",
		"switches: {porch: {pin: hall/16, off_after: 30}}",
		"switches: {porch: {pin: hall/16, off_after: 30 min}}",
		"switches: {porch: {pin: hall/16, inverted: maybe}}",
		"lights: {strip: {ws2812: hall/16, count: many}}",
		"sensors: {t: {type: ds18b20, pin: hall/4, offset: 1}}",
		"heaters: {h: {relay: hall/4, sensor: t, range: 25}}",
		"heaters: {h: {relay: hall/4, sensor: t, presets: {a: 21}}}",
		"garage_doors: {d: {relay: hall/4, unattended_close: {for: 6s}}}",
		"rules: {r: {do: [porch on]}}",
		"users: {u: {role: boss}}",
		"alarm: {watches: {away: door}}",
	} {
		if err := s.Validate(asEditorsSee(t, []byte(text))); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

// A file of tests has what is under tests elsewhere: all that are in the sample and
// the documentation are accepted, and mistakes are not.
func TestSchemaOfTestsAcceptsWhatHobAccepts(t *testing.T) {
	s := compiled(t, config.TestsSchema)
	n := 0
	for name, text := range validHouses(t) {
		tests, ok := asEditorsSee(t, []byte(text)).(map[string]any)["tests"]
		if !ok {
			continue
		}
		n++
		if err := s.Validate(tests); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if n < 4 {
		t.Errorf("only %d houses have tests", n)
	}
	const given = `given: {time: "2026-11-25 17:59"}`
	for _, text := range []string{
		"[]",
		"a: []",
		"a: {" + given + "}",
		"a: {then: {porch: on}}",
		"a: {" + given + ", them: {porch: on}, then: {porch: on}}",
		"a: {" + given + ", when: dusk, then: {porch: on}}",
		"a: {" + given + ", then: porch on}",
		"switches: {porch: {pin: hall/16}}",
	} {
		if err := s.Validate(asEditorsSee(t, []byte(text))); err == nil {
			t.Errorf("accepted: %s", text)
		}
	}
}

// docs/config.md is made of the types; -update writes it.
func TestDocsAreGenerated(t *testing.T) {
	const page = "../docs/config.md"
	if *update {
		if err := os.WriteFile(page, config.Docs(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(config.Docs(), want) {
		t.Errorf("%s is not what the types say: run go test ./config -update", page)
	}
}

// Editors read patterns as JavaScript does, some validators as Python does: what only
// Go knows would have them refuse the schema, or mean something else.
func TestPatternsOfTheSchemasAreReadAlikeEverywhere(t *testing.T) {
	onlyGo := regexp.MustCompile(`\\[pPxzAQCKG]|\(\?[^:]|\[\[:`)
	found := 0
	for name, of := range map[string]func() ([]byte, error){"config": config.Schema, "tests": config.TestsSchema} {
		text, err := of()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`"pattern": ("(?:[^"\\]|\\.)*")`).FindAllSubmatch(text, -1) {
			var pattern string
			if err := json.Unmarshal(m[1], &pattern); err != nil {
				t.Fatal(err)
			}
			found++
			if what := onlyGo.FindString(pattern); what != "" {
				t.Errorf("%s: %q in %s", name, what, pattern)
			}
		}
	}
	if found < 20 {
		t.Errorf("only %d patterns were looked at", found)
	}
}
