package entity

import (
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// StateReady is the state of a scene: it can be activated at any time. While it
// is being activated that shows as its pending command.
const StateReady = "ready"

// sceneState is when a scene was last activated, and what did not work out then.
type sceneState struct {
	spec      *Scene
	activated int64 // unix milliseconds; 0 is never
	failed    List  // of TaskFailure
	running   int   // activations that have not ended
}

// TaskFailure is a part of a scene that did not work out.
type TaskFailure struct {
	Entity ID   `json:"entity"`
	Code   Code `json:"code"`
	Said
}

// SceneAttributes is the Attributes of a scene.
type SceneAttributes struct {
	Activated int64 `json:"activated,omitempty"` // unix milliseconds
	Failed    List  `json:"failed"`              // of TaskFailure, of the last time, or times that overlapped
}

func (s sceneState) View() View {
	return View{StateReady, SceneAttributes{s.activated, s.failed}}
}

func (s sceneState) Step(in Signal, _ time.Time) State {
	if ended, ok := in.(Ended); ok {
		s.running = max(0, s.running-1)
		s.failed = failures(s.failed, ended.Results)
	}
	return s
}

// failures is what has failed before, with what is known now: of each entity the
// newest word counts. An activation that ends while another one runs, as after a
// second tap, must not hide what the other could not do.
func failures(before List, results []Result) List {
	var out []TaskFailure
	_ = json.Unmarshal([]byte(before), &out) // the empty list is no JSON
	out = slices.DeleteFunc(out, func(f TaskFailure) bool {
		return slices.ContainsFunc(results, func(r Result) bool { return r.Entity == f.Entity })
	})
	for _, r := range results {
		if r.Status != StatusConfirmed {
			out = append(out, TaskFailure{r.Entity, r.Code, r.Said})
		}
	}
	return ListOf(out)
}

func (s sceneState) Resolve(a Action, asked Asked) (Order, error) {
	if err := a.only(KindScene, 0); err != nil {
		return Order{}, err
	}
	if a.Verb != VerbActivate && a.Verb != VerbOn {
		return Order{}, unknownAction(KindScene, "knows activate", a.Verb)
	}
	next := s
	next.activated = asked.Now.UnixMilli()
	if next.running == 0 {
		next.failed = ""
	}
	if len(s.spec.Tasks) > 0 { // else nothing will end
		next.running++
	}
	return Order{Tasks: s.spec.Tasks, Target: StateReady, Next: next}, nil
}

func (s sceneState) With(spec Spec) State {
	s.spec = spec.(*Scene)
	return s
}

// savedScene is the JSON of a scene's Saved.
type savedScene struct {
	Activated int64         `json:"activated"`
	Failed    []TaskFailure `json:"failed,omitempty"`
}

// Saved implements Lasting.
func (s sceneState) Saved() ([]byte, error) {
	if s.activated == 0 {
		return nil, nil
	}
	v := savedScene{Activated: s.activated}
	if s.failed != "" {
		if err := json.Unmarshal([]byte(s.failed), &v.Failed); err != nil {
			return nil, err
		}
	}
	return json.Marshal(v)
}

// Restore implements Lasting.
func (s sceneState) Restore(saved []byte, _ time.Time) (State, error) {
	var v savedScene
	if err := readSaved(saved, &v); err != nil {
		return nil, err
	}
	if v.Activated <= 0 {
		return nil, fmt.Errorf("a scene cannot have been activated at %d", v.Activated)
	}
	s.activated, s.failed = v.Activated, ListOf(v.Failed)
	return s, nil
}
