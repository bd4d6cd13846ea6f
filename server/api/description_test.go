package api

import (
	"encoding/json"
	"slices"
	"testing"
)

// TestTheOlderDescriptionHasOnlyTypesThatItKnows: in OpenAPI 3.0 a type is one
// word and never null; "nullable" says that beside it.
func TestTheOlderDescriptionHasOnlyTypesThatItKnows(t *testing.T) {
	var spec struct {
		Paths      any
		Components struct{ Schemas any }
	}
	if err := json.Unmarshal(newRig(t).do("GET /api/openapi-3.0.json", "").Body.Bytes(), &spec); err != nil {
		t.Fatal(err)
	}
	known := []any{"object", "array", "string", "integer", "number", "boolean"}
	types, nulls := 0, 0
	eachSchema([]any{spec.Paths, spec.Components.Schemas}, func(s map[string]any) {
		types++
		if !slices.Contains(known, s["type"]) {
			t.Errorf("type %v: %v", s["type"], s)
		}
		if only, ok := s["enum"].([]any); ok && len(only) == 1 && only[0] == nil && s["nullable"] == true {
			nulls++
		}
	})
	if types < 100 || nulls != 7 {
		t.Errorf("%d types, %d that are null alone", types, nulls)
	}
}

// eachSchema calls f for every object below v that has a type, or properties of that name.
func eachSchema(v any, f func(map[string]any)) {
	switch v := v.(type) {
	case []any:
		for _, e := range v {
			eachSchema(e, f)
		}
	case map[string]any:
		if _, isProperty := v["type"].(map[string]any); v["type"] != nil && !isProperty {
			f(v)
		}
		for _, e := range v {
			eachSchema(e, f)
		}
	}
}
