package app

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"hob/internal/entity"
	"hob/internal/registry"
)

// family is the test house with somebody in it.
func family(person entity.ID, was entity.ID) *entity.House {
	h := house()
	h.Entities = append(h.Entities, entity.Entity{ID: person, Was: was, Name: "Anna", Spec: &entity.Person{}})
	return h
}

// onceWith serves a house for as long as f takes.
func onceWith(t *testing.T, state string, h *entity.House, f func(a *App)) {
	t.Helper()
	o := options(state)
	o.House = h
	a := build(t, o)
	stop := run(t, a)
	f(a)
	stop()
}

func entityOf(t *testing.T, a *App, id entity.ID) entity.Record {
	t.Helper()
	rec, ok := a.registry.Entity(id)
	if !ok {
		t.Fatalf("no entity %s", id)
	}
	return rec
}

func TestWhatWasSoIsKnownAfterARestart(t *testing.T) {
	state := t.TempDir()
	var before entity.Record
	onceWith(t, state, family("anna", ""), func(a *App) {
		_, err := a.registry.Attach(hallID, "", "", silent{}, []registry.PointReport{{Point: "gpio16", Value: entity.Value{On: true}}})
		if err != nil {
			t.Fatal(err)
		}
		res, err := over(t, a).Command(context.Background(), "anna", entity.Action{Verb: entity.VerbHome}, within)
		// A disk that takes a second for it has them told so; it is stored by the end all the same.
		if err != nil || res.Status != entity.StatusConfirmed || res.Code != "" && res.Code != entity.CodeNotKept {
			t.Fatalf("%+v %v", res, err)
		}
		before = entityOf(t, a, "porch")
	})
	onceWith(t, state, family("anna", ""), func(a *App) {
		if anna := entityOf(t, a, "anna"); anna.State != "home" || anna.Cause.Kind != entity.CauseCLI {
			t.Errorf("anna: %+v", anna)
		}
		if porch := entityOf(t, a, "porch"); porch.State != "on" || porch.Available || porch.Changed != before.Changed {
			t.Errorf("porch: %+v, was %+v", porch, before)
		}
	})
	onceWith(t, state, family("annabel", "anna"), func(a *App) {
		if anna := entityOf(t, a, "annabel"); anna.State != "home" {
			t.Errorf("under another id: %+v", anna)
		}
	})
	onceWith(t, state, family("annabel", ""), func(a *App) {
		if anna := entityOf(t, a, "annabel"); anna.State != "home" {
			t.Errorf("when the former id is forgotten: %+v", anna)
		}
	})
}

func TestADamagedMemoryKeepsNobodyFromControllingTheHouse(t *testing.T) {
	state := t.TempDir()
	if err := os.WriteFile(filepath.Join(state, "hob.db"), []byte("not a database, and long enough to be looked at as one"), 0o600); err != nil {
		t.Fatal(err)
	}
	onceWith(t, state, family("anna", ""), func(a *App) {
		res, err := over(t, a).Command(context.Background(), "anna", entity.Action{Verb: entity.VerbAway}, within)
		if err != nil || res.Status != entity.StatusConfirmed {
			t.Errorf("%+v %v", res, err)
		}
	})
}
