package app

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"hob/config"
	"hob/internal/entity"
)

// kept is the house that a start with mistakes would run by; nil for none.
func (h *savedHouse) kept() *entity.House {
	k, ok := KeptConfig(h.app.state.path, h.path)
	if !ok {
		return nil
	}
	return k.Load(h.path).House
}

// replaced waits until everything is done about a version newer than the one of began.
func (h *savedHouse) replaced(began int64) {
	h.t.Helper()
	h.until("a newer version", func() bool { return h.view.House.Config.OK && h.view.House.Config.At > began })
}

func (h *savedHouse) wantKept(what string) {
	h.t.Helper()
	want, list, err := config.Load(h.path)
	if err != nil || want == nil {
		h.t.Fatal(err, list)
	}
	if got := h.kept(); !reflect.DeepEqual(got, want) {
		h.t.Errorf("%s: kept is\n%+v\nand in force\n%+v", what, got, want)
	}
}

func TestWhatIsInForceIsKeptForAStartThatFindsMistakes(t *testing.T) {
	h := saveHouse(t, twoLamps, nil)
	began := h.view.House.Config.At
	dir := filepath.Dir(h.path)
	h.write(filepath.Join(dir, "secrets.yaml"), "code: '4711'\n")
	h.write(filepath.Join(dir, "more", "lamps.yaml"), "shelf: {pin: hall/17}\n")
	h.save(strings.Split(oneLamp, "switches:")[0] + "switches: !include more/lamps.yaml\ncontacts:\n  door: {pin: hall/25, class: door}\n" +
		"alarm:\n  watches: {away: [door]}\n  code: !secret code\n")
	h.replaced(began)
	h.wantKept("with an included file and a secret")
	file := filepath.Join(h.app.state.path, keptName)
	if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("others could read its secrets: %v %v", info, err)
	}

	before, _ := KeptConfig(h.app.state.path, h.path)
	h.save(mistaken)
	h.refused(2)
	if now, ok := KeptConfig(h.app.state.path, h.path); !ok || !reflect.DeepEqual(now, before) {
		t.Errorf("with mistakes it is %+v, was %+v", now, before)
	}
	if _, ok := KeptConfig(h.app.state.path, filepath.Join(dir, "other.yaml")); ok {
		t.Error("it is kept for another file")
	}

	for _, damaged := range []string{"", "{", "[]", `{"path":"` + h.path + `","files":[]}`, strings.Repeat(" ", mostKept) + "{}"} {
		if err := os.WriteFile(file, []byte(damaged), 0o600); err != nil {
			t.Fatal(err)
		}
		if h.kept() != nil {
			t.Errorf("%.40q is a house", damaged)
		}
	}
	began = h.view.House.Config.At
	h.save(oneLamp)
	h.replaced(began)
	h.wantKept("after it was damaged")
}

func TestAConfigThatCannotBeKeptIsInForceAllTheSame(t *testing.T) {
	h := saveHouse(t, oneLamp, nil)
	file := filepath.Join(h.app.state.path, keptName)
	began := h.view.House.Config.At
	h.save(twoLamps)
	h.replaced(began)
	if err := errors.Join(os.Remove(file), os.MkdirAll(filepath.Join(file, "in the way"), 0o700)); err != nil {
		t.Fatal(err)
	}
	began = h.view.House.Config.At
	h.save(oneLamp)
	h.replaced(began)
	if h.has("shelf") {
		t.Error("it is not in force")
	}
	if n := h.log.Count("cannot be kept"); n != 1 {
		t.Errorf("the log says it %d times", n)
	}
}
