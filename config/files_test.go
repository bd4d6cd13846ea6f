package config_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/rogpeppe/go-internal/txtar"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
)

// directory is a txtar archive as the directory of a house. A line "mode 0644"
// in the archive's comment is the mode of secrets.yaml, which else is 0600.
func directory(t testing.TB, path string) (main []byte, dir fstest.MapFS) {
	t.Helper()
	archive, err := txtar.ParseFile(path)
	if err != nil {
		t.Fatal(err)
	}
	dir = fstest.MapFS{}
	for _, f := range archive.Files {
		mode := fs.FileMode(0o644)
		if f.Name == "secrets.yaml" && !strings.Contains(string(archive.Comment), "mode 0644") {
			mode = 0o600
		}
		dir[f.Name] = &fstest.MapFile{Data: f.Data, Mode: mode}
	}
	return dir["config.yaml"].Data, dir
}

func TestMistakesInSeveralFilesAreReportedAsInTestdata(t *testing.T) {
	paths, err := filepath.Glob("testdata/files/*.txtar")
	if err != nil || len(paths) == 0 {
		t.Fatalf("no archives: %v", err)
	}
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		t.Run(name, func(t *testing.T) {
			main, dir := directory(t, path)
			got := config.ParseFS("house/config.yaml", main, dir)
			if (got.House == nil) != got.List.HasErrors() {
				t.Errorf("house %v with %d errors", got.House, got.List.Errors())
			}
			golden(t, filepath.Join("files", name+".txt"), asText(t, got.List))
			if strings.Contains(string(asText(t, got.List))+string(asJSON(t, got.List)), "hunter2") {
				t.Error("a secret is shown")
			}
		})
	}
}

// A house in several files is the same house, and all of its files are known.
func TestAHouseInSeveralFiles(t *testing.T) {
	main, dir := directory(t, "testdata/files/good.txtar")
	got := config.ParseFS("house/config.yaml", main, dir)
	if got.House == nil {
		t.Fatalf("refused:\n%s", asText(t, got.List))
	}
	files := []string{"house/config.yaml", "house/rooms/boards.yaml", "house/lights.yaml", "house/rooms/pins.yaml", "house/secrets.yaml"}
	if !reflect.DeepEqual(got.Files, files) || !reflect.DeepEqual(got.House.Files, files) {
		t.Errorf("files %q and %q, want %q", got.Files, got.House.Files, files)
	}
	var ids []entity.ID
	for _, e := range got.House.Entities {
		ids = append(ids, e.ID)
		if a, ok := e.Spec.(*entity.Alarm); ok && !a.Code.Equal(entity.NewSecret("4711")) {
			t.Error("the code is not the one of secrets.yaml")
		}
	}
	if want := []entity.ID{"porch", "strip", "stairs", "door", "alarm"}; !reflect.DeepEqual(ids, want) {
		t.Errorf("entities %v, want %v", ids, want)
	}
	if got.House.Entities[0].Was != "lamp" {
		t.Errorf("the porch was %q", got.House.Entities[0].Was)
	}
}

// What is included cannot be outside, whatever links there are.
func TestIncludesStayInTheDirectory(t *testing.T) {
	outside, inside := t.TempDir(), t.TempDir()
	if err := os.WriteFile(filepath.Join(outside, "x.yaml"), []byte("a: hunter2\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(filepath.Join(outside, "x.yaml"), filepath.Join(inside, "link.yaml")); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(inside, "config.yaml")
	for _, name := range []string{"link.yaml", "../x.yaml", filepath.Join(outside, "x.yaml"), "..", "/etc/passwd", "a\\..\\x.yaml"} {
		if err := os.WriteFile(path, []byte("switches: !include '"+name+"'\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		house, list, err := config.Load(path)
		if err != nil || house != nil || len(list) != 1 || list[0].Code != diag.BadInclude || strings.Contains(string(asText(t, list)), "hunter2") {
			t.Errorf("%s: %v, %v\n%s", name, house, err, asText(t, list))
		}
	}
}

// A link within the directory is how some tools swap a whole configuration.
func TestIncludesMayBeLinksWithinTheDirectory(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"v2/boards.yaml": "hall: {id: hob-7c9ebd, chip: esp32}\n",
		"config.yaml":    "boards: !include current/boards.yaml\n",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink("v2", filepath.Join(dir, "current")); err != nil {
		t.Fatal(err)
	}
	house, list, err := config.Load(filepath.Join(dir, "config.yaml"))
	if err != nil || house == nil || len(house.Boards) != 1 {
		t.Errorf("%v, %v\n%s", house, err, asText(t, list))
	}
}

// A missing file is among those to watch: it may be on its way.
func TestMissingFilesAreToldToo(t *testing.T) {
	got := config.ParseFS("config.yaml", []byte("boards: !include boards.yaml\n"), fstest.MapFS{})
	if want := []string{"config.yaml", "boards.yaml"}; !reflect.DeepEqual(got.Files, want) {
		t.Errorf("files %q, want %q", got.Files, want)
	}
	missing := filepath.Join(t.TempDir(), "none.yaml")
	loaded, err := config.LoadFiles(missing)
	if !errors.Is(err, fs.ErrNotExist) || !reflect.DeepEqual(loaded.Files, []string{missing}) {
		t.Errorf("%v, %v", loaded, err)
	}
}

// All files together are bounded, not each by itself.
func TestFilesTogetherAreBounded(t *testing.T) {
	big := &fstest.MapFile{Data: []byte("#" + strings.Repeat("x", 400<<10) + "\na: {id: hob-7c9ebd, chip: esp32}\n"), Mode: 0o644}
	dir := fstest.MapFS{"a.yaml": big, "b.yaml": big, "c.yaml": big}
	got := config.ParseFS("config.yaml", []byte("boards: !include a.yaml\nareas: !include b.yaml\nswitches: !include c.yaml\n"), dir)
	if got.House != nil || got.List[len(got.List)-1].Code != diag.BadInclude || got.List[len(got.List)-1].Line != 3 {
		t.Errorf("got:\n%s", asText(t, got.List))
	}
	var many strings.Builder
	many.WriteString("x:\n")
	for range 70 {
		many.WriteString("- !include e.yaml\n")
	}
	got = config.ParseFS("config.yaml", []byte(many.String()), fstest.MapFS{"e.yaml": &fstest.MapFile{Data: []byte("{}\n")}})
	if got.House != nil || len(got.Files) != 2 {
		t.Errorf("one file often: %q", got.Files)
	}
}

// An alias of an included value means its content.
func TestAliasOfAnIncludedValue(t *testing.T) {
	got := config.ParseFS("config.yaml", []byte("boards: {hall: &b !include b.yaml, shed: *b}\n"),
		fstest.MapFS{"b.yaml": &fstest.MapFile{Data: []byte("{id: hob-7c9ebd, chip: esp32}\n")}})
	if len(got.List) != 2 || got.List[0].Code != diag.DuplicateBoardID || got.List[0].File != "b.yaml" {
		t.Errorf("got:\n%s", asText(t, got.List))
	}
}

// FuzzFiles: whatever the files of a house hold, what is said points into them,
// and nothing of the secrets is said.
func FuzzFiles(f *testing.F) {
	for _, name := range []string{"good", "wrong", "includes", "secrets", "secrets_twice", "design_house"} {
		main, dir := directory(f, "testdata/files/"+name+".txtar")
		included := []byte("porch: {pin: hall/16}\n")
		if file := dir["lights.yaml"]; file != nil {
			included = file.Data
		}
		f.Add(main, included)
	}
	f.Fuzz(func(t *testing.T, main, included []byte) {
		if len(main)+len(included) > 1<<14 {
			return
		}
		const secret = "correct-horse-battery"
		if strings.Contains(string(main)+string(included), secret) {
			return
		}
		got := config.ParseFS("config.yaml", main, fstest.MapFS{
			"lights.yaml":       &fstest.MapFile{Data: included, Mode: 0o644},
			"rooms/boards.yaml": &fstest.MapFile{Data: []byte("hall: {id: hob-7c9ebd, chip: esp32}\n"), Mode: 0o644},
			"rooms/pins.yaml":   &fstest.MapFile{Data: included, Mode: 0o644},
			"secrets.yaml":      &fstest.MapFile{Data: []byte("alarm_code: " + secret + "\n"), Mode: 0o600},
		})
		if (got.House == nil) != got.List.HasErrors() {
			t.Fatalf("house %v with %d errors", got.House, got.List.Errors())
		}
		for _, d := range got.List {
			if !slices.Contains(got.Files, d.File) || d.Line < 1 || d.Column < 1 || d.EndColumn < d.Column {
				t.Errorf("outside of the files: %+v", d)
			}
		}
		if text := string(asText(t, got.List)) + string(asJSON(t, got.List)); strings.Contains(text, secret) {
			t.Errorf("a secret is shown:\n%s", text)
		}
	})
}

// What a link leads to outside of the directory is not read, and the message says so.
func TestALinkOutOfTheDirectoryIsNotFollowed(t *testing.T) {
	dir := t.TempDir()
	outside := filepath.Join(t.TempDir(), "switches.yaml")
	main := filepath.Join(dir, "config.yaml")
	for name, text := range map[string]string{
		outside: "porch: {pin: hall/16}\n",
		main:    "boards: {hall: {id: hob-7c9ebd, chip: esp32}}\nswitches: !include switches.yaml\n",
	} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Symlink(outside, filepath.Join(dir, "switches.yaml")); err != nil {
		t.Fatal(err)
	}
	_, list, err := config.Load(main)
	if err != nil || len(list) != 1 || list[0].Code != diag.BadInclude || !strings.Contains(list[0].Message, "is a link to outside of the directory") {
		t.Errorf("%+v, %v", list, err)
	}
}
