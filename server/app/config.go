package app

import (
	"fmt"
	"log/slog"
	"reflect"
	"time"

	"hob/config"
	"hob/internal/diag"
	"hob/internal/entity"
)

// file is what is known of the file that declares the house. The goroutine of the
// watcher owns it once the App runs.
type file struct {
	name  string        // "" when the house is in no file
	house *entity.House // in force
	since time.Time     // in force
	told  diag.List     // what people have been told of the file
}

// ReadConfig reads the file again, whether it has changed or not. It returns at
// once; the log says what came of it.
func (a *App) ReadConfig() {
	if a.watcher != nil {
		a.watcher.Again()
	}
}

// readConfig is how the watcher reads the file and all that it includes.
func (a *App) readConfig(asked bool) (files []string, use func()) {
	a.recoverEdit()
	l, err := config.LoadFiles(a.file.name)
	if err != nil {
		l.House, l.List = nil, diag.List{{Span: diag.Span{File: a.file.name}, Severity: diag.Error, Message: err.Error()}}
	}
	return l.Files, func() { a.takeConfig(l, asked) }
}

// recoverEdit finishes an edit of several files that was broken off: what is read is
// never a half of one.
func (a *App) recoverEdit() {
	switch done, err := config.Recover(a.file.name); {
	case err != nil:
		a.log.Error("an edit of the config was broken off, and cannot be finished", "error", err)
	case done:
		a.log.Warn("an edit of the config was broken off; it is finished now", "file", a.file.name)
	}
}

// takeConfig makes what the file declares the house, if it has no mistake. One
// that has changes nothing, and everybody is told.
func (a *App) takeConfig(l config.Loaded, asked bool) {
	house, list := l.House, l.List
	news := asked || !reflect.DeepEqual(list, a.file.told)
	a.file.told = list
	if house == nil {
		if news {
			a.log.Error("the house stays as it is", refusal(a.file, list)...)
			a.diagnosed(list)
		}
		a.showConfig(list)
		return
	}
	same := sameHouse(house, a.file.house)
	if !same {
		a.Reload(house)
		a.file.house, a.file.since = house, time.Now()
		a.reloaded(house)
	}
	a.keepConfig(l)
	if same && !news {
		return // a comment, a test, or nothing at all
	}
	a.log.Info("config reloaded", "file", a.file.name, "boards", len(house.Boards), "entities", len(house.Entities),
		"warnings", list.Warnings())
	if news {
		a.diagnosed(list)
	}
	a.showConfig(list) // last: whoever sees it finds everything else done
}

// sameHouse says whether two houses run alike. Tests do not run here, and where they
// are written moves with every line above them.
func sameHouse(a, b *entity.House) bool {
	if a == nil || b == nil {
		return a == b
	}
	x, y := *a, *b
	x.Tests, y.Tests = nil, nil
	return reflect.DeepEqual(x, y)
}

// showConfig tells browsers and the API how the file is.
func (a *App) showConfig(list diag.List) {
	a.diagnostics.Store(&list)
	a.registry.SetConfig(statusOf(a.file, list))
}

func statusOf(f file, list diag.List) *entity.ConfigStatus {
	s := &entity.ConfigStatus{OK: !list.HasErrors(), File: f.name, Errors: list.Errors(), Warnings: list.Warnings(),
		At: f.since.UnixMilli()}
	if d := firstError(list); d != nil {
		s.First = &entity.ConfigMistake{File: d.File, Line: d.Line, Column: d.Column, Code: string(d.Code), Message: d.Message}
	}
	return s
}

func firstError(list diag.List) *diag.Diagnostic {
	for i := range list {
		if list[i].Severity == diag.Error {
			return &list[i]
		}
	}
	return nil
}

// refusal is what the log says of a file with mistakes.
func refusal(f file, list diag.List) []any {
	first, where := firstError(list), ""
	if first.Line > 0 {
		where = fmt.Sprintf("%s: %s: ", first.Span, first.Code)
	}
	return []any{slog.String("file", f.name), slog.Int("errors", list.Errors()),
		slog.String("first", where+first.Message), slog.Time("goes_on_with", f.since)}
}
