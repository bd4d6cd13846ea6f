package config_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hob/config"
	"hob/internal/diag"
)

var update = flag.Bool("update", false, "write the expected diagnostics in testdata")

func TestMistakesAreReportedAsInTestdata(t *testing.T) {
	for _, path := range testFiles(t) {
		name := strings.TrimSuffix(filepath.Base(path), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			house, list := config.Parse(filepath.Base(path), data)
			if (house == nil) != list.HasErrors() {
				t.Errorf("house %v with %d errors", house, list.Errors())
			}
			golden(t, name+".txt", asText(t, list))
			golden(t, name+".json", asJSON(t, list))
		})
	}
}

func testFiles(t *testing.T) []string {
	t.Helper()
	paths, err := filepath.Glob("testdata/*.yaml")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no files in testdata: %v", err)
	}
	return paths
}

func asText(t *testing.T, list diag.List) []byte {
	t.Helper()
	var out bytes.Buffer
	if err := list.WriteText(&out, diag.TextOptions{}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func asJSON(t *testing.T, list diag.List) []byte {
	t.Helper()
	out, err := json.MarshalIndent(list, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(out, '\n')
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s differs; got:\n%s\nwant:\n%s", path, got, want)
	}
}

// Every code can be seen in testdata, but for two whose files would be huge:
// the tests named here show them.
func TestEveryCodeHasAnExample(t *testing.T) {
	seen := map[diag.Code]bool{
		diag.TooLarge:        true, // TestSizeLimitIsExact
		diag.MoreNotShown:    true, // TestListOfMistakesIsCut
		diag.TooManyBindings: true, // TestBoardHoldsSoManyBindings
	}
	for _, path := range testFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		_, list := config.Parse(path, data)
		for _, d := range list {
			seen[d.Code] = true
		}
	}
	archives, err := filepath.Glob("testdata/files/*.txtar")
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range archives {
		main, dir := directory(t, path)
		for _, d := range config.ParseFS("config.yaml", main, dir).List {
			seen[d.Code] = true
		}
	}
	for _, c := range diag.Codes() {
		if !seen[c.Code] {
			t.Errorf("no example of %s: %s", c.Code, c.Meaning)
		}
	}
}

// An editor that writes a byte order mark or CR LF changes no position.
func TestByteOrderMarkAndLineEndsChangeNothing(t *testing.T) {
	for _, path := range testFiles(t) {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(filepath.Base(path), "utf") {
			continue // saved in another encoding: the changes below would be none
		}
		_, list := config.Parse("x.yaml", data)
		for name, changed := range map[string][]byte{
			"BOM":   append([]byte("\ufeff"), data...),
			"CR LF": bytes.ReplaceAll(data, []byte("\n"), []byte("\r\n")),
			"CR":    bytes.ReplaceAll(data, []byte("\n"), []byte("\r")),
		} {
			_, other := config.Parse("x.yaml", changed)
			if got, want := asText(t, other), asText(t, list); !bytes.Equal(got, want) {
				t.Errorf("%s with %s:\n%s\nwithout:\n%s", path, name, got, want)
			}
		}
	}
}
