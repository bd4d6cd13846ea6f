package api

import (
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"hob/internal/entity"
)

// problem is an error in the form of RFC 9457, the one that huma uses too.
func problem(status int, detail string) *huma.ErrorModel {
	return &huma.ErrorModel{Status: status, Title: http.StatusText(status), Detail: detail}
}

// saidProblem is a problem whose detail other languages can say too: detail is a member
// of RFC 9457, so the name of the sentence is sentence here.
type saidProblem struct {
	huma.ErrorModel
	Sentence entity.Detail `json:"sentence,omitempty"`
	Params   entity.Params `json:"params,omitempty"`
}

// problems answers errors of handlers that are not huma's.
func (a *API) problems(err error, c echo.Context) {
	if c.Response().Committed {
		return
	}
	var p *huma.ErrorModel
	var he *echo.HTTPError
	switch {
	case errors.As(err, &p):
	case errors.As(err, &he):
		p = problem(he.Code, "")
	default:
		a.Log.Error("a request failed", "path", c.Path(), "error", err)
		p = problem(http.StatusInternalServerError, "internal error")
	}
	b, _ := json.Marshal(p) // a struct of strings and numbers
	_ = c.Blob(p.Status, "application/problem+json", b)
}

// noSuchAddress is the route of whatever has none of its own.
const noSuchAddress = "/api/*"

func (a *API) notFound(c echo.Context) error {
	if isHook(c.Request()) && c.Request().Method != http.MethodPost {
		return otherwise(c)
	}
	if methods := a.methods(c.Request()); len(methods) > 0 {
		allow := strings.Join(methods, ", ")
		c.Response().Header().Set(echo.HeaderAllow, allow)
		return problem(http.StatusMethodNotAllowed, "this address takes "+allow)
	}
	return problem(http.StatusNotFound, "there is nothing at this address; see /api/docs")
}

// methods are those that the address of a request takes.
func (a *API) methods(r *http.Request) []string {
	var out []string
	for _, m := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodDelete} {
		c := a.echo.NewContext(r, nil)
		a.echo.Router().Find(m, echo.GetPath(r), c)
		if at := c.Path(); at != noSuchAddress && at != "/api" {
			out = append(out, m)
		}
	}
	return out
}
