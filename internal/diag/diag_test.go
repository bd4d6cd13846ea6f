package diag_test

import (
	"encoding/json"
	"reflect"
	"testing"

	"hob/internal/diag"
)

func at(file string, line, column int) diag.Diagnostic {
	return diag.Diagnostic{
		Span: diag.Span{File: file, Line: line, Column: column, EndColumn: column + 1}, Severity: diag.Error,
		Code: diag.UnknownKey, Message: "unknown key",
	}
}

func TestSortedFollowsTheFileAndSaysEverythingOnce(t *testing.T) {
	warning := at("a", 2, 1)
	warning.Severity = diag.Warning
	other := at("a", 2, 1)
	other.Message = "another one"
	list := diag.List{at("b", 1, 1), at("a", 10, 1), warning, at("a", 2, 9), at("a", 2, 1), other, at("a", 2, 1)}
	got := list.Sorted()
	want := diag.List{other, at("a", 2, 1), warning, at("a", 2, 9), at("a", 10, 1), at("b", 1, 1)}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
	if !reflect.DeepEqual(list[0], at("b", 1, 1)) {
		t.Error("Sorted changed the list it was asked of")
	}
}

func TestWarningsAloneAreNoErrors(t *testing.T) {
	warning := at("a", 1, 1)
	warning.Severity = diag.Warning
	for _, tt := range []struct {
		list             diag.List
		errors, warnings int
	}{
		{nil, 0, 0},
		{diag.List{warning, warning}, 0, 2},
		{diag.List{warning, at("a", 2, 2)}, 1, 1},
	} {
		if tt.list.Errors() != tt.errors || tt.list.Warnings() != tt.warnings || tt.list.HasErrors() != (tt.errors > 0) {
			t.Errorf("%v: %d errors, %d warnings", tt.list, tt.list.Errors(), tt.list.Warnings())
		}
	}
}

func TestJSONHasExactlyTheFieldsOfTheContract(t *testing.T) {
	d := at("c.yaml", 3, 4)
	d.Suggestion = `write "x"`
	d.Excerpt = diag.Excerpt{Text: "secret line", From: 1}
	d.Related = []diag.Related{{Message: "elsewhere"}}
	got, err := json.Marshal(diag.List{d, at("c.yaml", 5, 6)})
	if err != nil {
		t.Fatal(err)
	}
	const want = `[{"file":"c.yaml","line":3,"column":4,"end_column":5,"severity":"error","code":"HOB010",` +
		`"message":"unknown key","suggestion":"write \"x\""},` +
		`{"file":"c.yaml","line":5,"column":6,"end_column":7,"severity":"error","code":"HOB010",` +
		`"message":"unknown key","suggestion":""}]`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestEmptyListIsAnArrayInJSON(t *testing.T) {
	for _, list := range []diag.List{nil, {}} {
		got, err := json.Marshal(list)
		if err != nil || string(got) != "[]" {
			t.Errorf("got %s, %v", got, err)
		}
	}
	got, err := json.Marshal(struct{ Diagnostics diag.List }{})
	if err != nil || string(got) != `{"Diagnostics":[]}` {
		t.Errorf("as a field: got %s, %v", got, err)
	}
}
