package config_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"testing/fstest"

	"hob/config"
	"hob/internal/entity"
)

const splitHouse = `boards: {hall: {id: hob-7c9ebd, chip: esp32}}
switches: !include switches.yaml
lights: !include a/lights.yaml
contacts: {door: {pin: hall/33, pull: up}}
alarm: {watches: {away: [door]}, code: !secret code}
`

func splitFiles() map[string]string {
	return map[string]string{"config.yaml": splitHouse, "switches.yaml": "porch: {pin: hall/16}\n",
		"a/lights.yaml": "desk: {pin: hall/17, name: !include name.yaml}\nlamp: {pin: hall/18, name: !include name.yaml}\n", "a/name.yaml": "Lamp\n",
		"secrets.yaml": "code: \"1234\"\n", "rules.test.yaml": "{}\n"}
}

// Who has read the files before and after an edit knows them by the same versions.
func TestAnEditKnowsTheVersionsOfItsFiles(t *testing.T) {
	for name, make := range map[string]func(path string) (*config.Edit, error){
		"replace the main file": func(p string) (*config.Edit, error) {
			return config.Replace(p, "", "", []byte(splitHouse+"people: {anna: {}}\n"))
		},
		"replace an included file": func(p string) (*config.Edit, error) {
			return config.Replace(p, filepath.Join(filepath.Dir(p), "switches.yaml"), "", []byte("fan: {pin: hall/19}\n"))
		},
		"include one less": func(p string) (*config.Edit, error) {
			return config.Replace(p, filepath.Join(filepath.Dir(p), "a/lights.yaml"), "", []byte("desk: {pin: hall/19}\n"))
		},
		"change nothing": func(p string) (*config.Edit, error) { return config.Replace(p, "", "", []byte(splitHouse)) },
		"add":            func(p string) (*config.Edit, error) { return config.Add(p, entity.KindPerson, "leo", nil) },
		"rename":         func(p string) (*config.Edit, error) { return config.Rename(p, "porch", "gate") },
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "config.yaml")
			for name, text := range splitFiles() {
				file := filepath.Join(filepath.Dir(path), name)
				if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
					t.Fatal(err)
				}
				if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			before := versionOf(t, path)
			edit, err := make(path)
			if err != nil {
				t.Fatal(err)
			}
			if err := edit.Write(); err != nil {
				t.Fatal(err)
			}
			if after := versionOf(t, path); edit.Based != before || edit.Version != after {
				t.Errorf("from %s to %s, and on the disk from %s to %s", edit.Based, edit.Version, before, after)
			}
		})
	}
}

func versionOf(t *testing.T, path string) string {
	t.Helper()
	now, err := config.ReadTexts(path)
	if err != nil {
		t.Fatal(err)
	}
	return now.Version
}

// opened counts how often each file of a directory is opened.
type opened struct {
	fstest.MapFS
	times map[string]int
}

func (o opened) Open(name string) (fs.File, error) {
	o.times[name]++
	return o.MapFS.Open(name)
}

// Two places that include a file must not get two versions of it.
func TestEachFileIsReadOnce(t *testing.T) {
	dir := opened{fstest.MapFS{}, map[string]int{}}
	for name, text := range splitFiles() {
		dir.MapFS[name] = &fstest.MapFile{Data: []byte(text), Mode: 0o600}
	}
	if l := config.ParseFS("config.yaml", []byte(splitHouse), dir); l.House == nil {
		t.Fatal(l.List)
	}
	for _, name := range []string{"switches.yaml", "a/lights.yaml", "a/name.yaml", "secrets.yaml"} {
		if dir.times[name] != 1 {
			t.Errorf("%s is opened %d times", name, dir.times[name])
		}
	}
}
