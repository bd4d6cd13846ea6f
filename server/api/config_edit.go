package api

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/danielgtaylor/huma/v2"

	"hob/config"
	"hob/config/plan"
	"hob/internal/diag"
	"hob/internal/entity"
)

// mostConfig bounds a request with the text of a file, in bytes: a file has at most
// one MiB, and JSON may need more for it.
const mostConfig = 4 << 20

type (
	configBody struct {
		File    string       `json:"file" doc:"the main one of files"`
		Version string       `json:"version" doc:"names the contents of all files; a change is based on it"`
		Files   []configFile `json:"files" doc:"the main one first; never those with secrets"`
	}
	configFile struct {
		Name string `json:"name"`
		Text string `json:"text"`
	}
	// editBody is what an edit does, or has done.
	editBody struct {
		Written     bool             `json:"written" doc:"false: it was only asked what the edit would do"`
		Version     string           `json:"version" doc:"of the files as they are now"`
		Edited      []string         `json:"edited" doc:"names of the files that differ"`
		Plan        plan.Plan        `json:"plan" doc:"what changes, as hob plan --json prints it"`
		Words       string           `json:"words" doc:"the plan as hob plan prints it"`
		Diagnostics []diagnosticBody `json:"diagnostics" doc:"warnings about the edited files"`
	}
	textInput struct {
		Body struct {
			File string `json:"file,omitempty" doc:"one of files; the main one when missing"`
			Text string `json:"text" doc:"the whole content of the file"`
		}
	}
	putInput struct {
		Body struct {
			File    string `json:"file,omitempty" doc:"one of files; the main one when missing"`
			Text    string `json:"text" doc:"the whole content of the file"`
			Version string `json:"version" minLength:"1" doc:"that the text is based on; 409 when it is not the newest"`
		}
		cause entity.Cause
	}
	addInput struct {
		Body struct {
			Kind    entity.Kind       `json:"kind" example:"switch"`
			ID      entity.ID         `json:"id" example:"porch"`
			Keys    map[string]string `json:"keys,omitempty" doc:"keys of config.yaml and their values" example:"{\"pin\":\"hall/16\"}"`
			Dry     bool              `json:"dry,omitempty" doc:"say what would change, and write nothing"`
			Version string            `json:"version,omitempty" doc:"409 when it is not the newest"`
		}
		cause entity.Cause
	}
	renameInput struct {
		Body struct {
			From    entity.ID `json:"from"`
			To      entity.ID `json:"to"`
			Dry     bool      `json:"dry,omitempty" doc:"say what would change, and write nothing"`
			Version string    `json:"version,omitempty" doc:"409 when it is not the newest"`
		}
		cause entity.Cause
	}
)

// configProblem is an error that says what is wrong with a configuration.
type configProblem struct {
	huma.ErrorModel
	Diagnostics []diagnosticBody `json:"diagnostics"`
}

// Resolve implements huma.Resolver.
func (in *putInput) Resolve(ctx huma.Context) []error { return from(ctx, &in.cause) }

// Resolve implements huma.Resolver.
func (in *addInput) Resolve(ctx huma.Context) []error { return from(ctx, &in.cause) }

// Resolve implements huma.Resolver.
func (in *renameInput) Resolve(ctx huma.Context) []error { return from(ctx, &in.cause) }

// withText raises the limit of a request that brings a file.
func withText(o *huma.Operation) { o.MaxBodyBytes = mostConfig }

// bringsFile says whether a request may be as large as withText lets it be.
func bringsFile(r *http.Request) bool {
	switch r.URL.Path {
	case "/api/config":
		return r.Method == http.MethodPut
	case "/api/config/check", "/api/config/plan":
		return r.Method == http.MethodPost
	}
	return r.Method == http.MethodPost && strings.HasPrefix(r.URL.Path, "/api/boards/") &&
		strings.HasSuffix(r.URL.Path, "/update")
}

// refusing says in the description what an edit that is not made is answered with.
func refusing(ops operations) change {
	if !ops.described {
		return func(*huma.Operation) {}
	}
	schema := ops.OpenAPI().Components.Schemas.Schema(reflect.TypeFor[configProblem](), true, "")
	return func(o *huma.Operation) {
		o.Errors = []int{http.StatusNotFound, http.StatusConflict}
		o.Responses = map[string]*huma.Response{strconv.Itoa(http.StatusUnprocessableEntity): {
			Description: "what would be wrong with the files, or is with the request",
			Content:     map[string]*huma.MediaType{"application/problem+json": {Schema: schema}}}}
	}
}

func (a *API) routeConfigEdits(ops operations) {
	refusing := refusing(ops)
	serve(ops, "GET /api/config", "Show the files of the config", func(context.Context, *struct{}) (*configBody, error) {
		a.editing.Lock()
		defer a.editing.Unlock()
		now, err := a.texts()
		if err != nil {
			return nil, err
		}
		out := configBody{File: a.File, Version: now.Version}
		for _, f := range now.Files {
			if !utf8.Valid(f.Data) {
				return nil, huma.Error409Conflict(f.Name + " is not in UTF-8: it can only be edited on the disk")
			}
			out.Files = append(out.Files, configFile{f.Name, string(f.Data)})
		}
		return &out, nil
	})
	serve(ops, "POST /api/config/check", "Check a file of the config", func(_ context.Context, in *textInput) ([]diagnosticBody, error) {
		a.editing.Lock()
		defer a.editing.Unlock()
		edit, err := a.replace(in.Body.File, "", in.Body.Text)
		var wrong *config.EditError
		switch {
		case errors.As(err, &wrong) && wrong.List != nil:
			return diagnosticsOf(wrong.List), nil
		case err != nil:
			return nil, a.editProblem(err)
		}
		return diagnosticsOf(edit.Warnings), nil
	}, withText)
	serve(ops, "POST /api/config/plan", "Say what a file of the config would change", func(_ context.Context, in *textInput) (*editBody, error) {
		return a.edit(wish{dry: true}, func() (*config.Edit, error) { return a.replace(in.Body.File, "", in.Body.Text) })
	}, withText, refusing)
	serve(ops, "PUT /api/config", "Replace a file of the config", func(_ context.Context, in *putInput) (*editBody, error) {
		return a.edit(wish{version: in.Body.Version, cause: in.cause}, func() (*config.Edit, error) {
			return a.replace(in.Body.File, in.Body.Version, in.Body.Text)
		})
	}, withText, refusing)
	serve(ops, "POST /api/config/entities", "Add an entity to the config", func(_ context.Context, in *addInput) (*editBody, error) {
		return a.edit(wish{in.Body.Version, in.Body.Dry, in.cause}, func() (*config.Edit, error) {
			return config.Add(a.File, in.Body.Kind, in.Body.ID, inOrder(in.Body.Keys))
		})
	}, refusing)
	serve(ops, "POST /api/config/rename", "Rename an entity in the config", func(_ context.Context, in *renameInput) (*editBody, error) {
		return a.edit(wish{in.Body.Version, in.Body.Dry, in.cause}, func() (*config.Edit, error) {
			return config.Rename(a.File, in.Body.From, in.Body.To)
		})
	}, refusing)
}

// texts are the files as they are on the disk.
func (a *API) texts() (config.Texts, error) {
	if a.File == "" {
		return config.Texts{}, huma.Error404NotFound("the house is in no file")
	}
	now, err := config.ReadTexts(a.File)
	if err != nil {
		return now, a.editProblem(err)
	}
	return now, nil
}

func (a *API) replace(file, version, text string) (*config.Edit, error) {
	if a.File == "" {
		return nil, huma.Error404NotFound("the house is in no file")
	}
	return config.Replace(a.File, file, version, []byte(text))
}

// wish is how an edit is asked for.
type wish struct {
	version string // that the asker has seen; "" for any
	dry     bool
	cause   entity.Cause
}

// edit makes an edit of the files as they are, if they are of the version that the
// asker has seen, and writes it unless dry. One edit is made at a time; editors that
// do not ask us are config.Edit's matter. What would change is compared with the
// house in force, also where the file is already another one.
func (a *API) edit(w wish, make func() (*config.Edit, error)) (*editBody, error) {
	a.editing.Lock()
	defer a.editing.Unlock()
	if a.File == "" {
		return nil, huma.Error404NotFound("the house is in no file")
	}
	edit, err := make()
	if err = a.outdated(w, edit, err); err != nil {
		return nil, a.editProblem(err)
	}
	out := editBody{Version: edit.Based, Plan: plan.Compare(a.House.Snapshot().House, edit.After, time.Now()), Edited: []string{}, Diagnostics: diagnosticsOf(edit.Warnings)}
	var words strings.Builder
	if err := out.Plan.WriteText(&words); err != nil {
		return nil, err
	}
	out.Words = words.String()
	for _, f := range edit.Files {
		out.Edited = append(out.Edited, f.Path)
	}
	if w.dry {
		return &out, nil
	}
	if err := edit.Write(); err != nil {
		return nil, a.editProblem(err)
	}
	a.Log.Info("config edited through the API", "files", strings.Join(out.Edited, ", "), "by", w.cause.Kind)
	out.Written, out.Version = true, edit.Version
	return &out, nil
}

// outdated is ErrChanged if the files are not of the version that the asker has seen,
// whatever else came of the edit: what is wrong may be what somebody else has saved.
func (a *API) outdated(w wish, edit *config.Edit, err error) error {
	if w.version == "" {
		return err
	}
	var now string
	if err == nil {
		now = edit.Based
	} else if t, unread := config.ReadTexts(a.File); unread == nil {
		now = t.Version
	} else {
		return unread
	}
	if now != w.version {
		return config.ErrChanged
	}
	return err
}

// editProblem is what an asker is told of an edit that could not be made.
func (a *API) editProblem(err error) error {
	var wrong *config.EditError
	var told huma.StatusError
	var unread *config.ReadError
	switch {
	case errors.As(err, &told):
		return err
	case errors.As(err, &wrong):
		p := problem(http.StatusUnprocessableEntity, wrong.Message)
		return &configProblem{*p, diagnosticsOf(wrong.List)}
	case errors.Is(err, config.ErrChanged):
		return huma.Error409Conflict("the configuration has been changed meanwhile; read it again")
	case errors.As(err, &unread):
		return huma.Error409Conflict(unread.Error())
	}
	a.Log.Error("an edit of the configuration failed", "error", err)
	return huma.Error500InternalServerError("the configuration cannot be edited; the log says why")
}

func diagnosticsOf(list diag.List) []diagnosticBody {
	out := []diagnosticBody{}
	for _, d := range list {
		out = append(out, diagnosticBody{d.File, d.Line, d.Column, d.EndColumn, d.Severity, d.Code, d.Message, d.Suggestion})
	}
	return out
}

// inOrder are keys as people write them: what everything has first.
func inOrder(keys map[string]string) []config.KeyValue {
	rank := map[string]int{"name": -4, "area": -3, "icon": -2, "pin": -1}
	var out []config.KeyValue
	for _, k := range slices.SortedFunc(maps.Keys(keys), func(x, y string) int {
		return cmp.Or(cmp.Compare(rank[x], rank[y]), cmp.Compare(x, y))
	}) {
		out = append(out, config.KeyValue{Key: k, Value: keys[k]})
	}
	return out
}
