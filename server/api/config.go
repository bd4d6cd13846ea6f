package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"

	"hob/internal/diag"
)

// diagnosticBody is what `hob check --json` prints of a diagnostic.
type diagnosticBody struct {
	File       string        `json:"file"`
	Line       int           `json:"line" doc:"from 1; 0 when the file could not be read at all"`
	Column     int           `json:"column" doc:"from 1, in code points"`
	EndColumn  int           `json:"end_column" doc:"the column after the last one"`
	Severity   diag.Severity `json:"severity" enum:"error,warning"`
	Code       diag.Code     `json:"code" example:"HOB010"`
	Message    string        `json:"message"`
	Suggestion string        `json:"suggestion" doc:"what to write or do instead; may be empty"`
}

func (a *API) routeConfig(rest huma.API) {
	huma.Get(rest, "/api/config/diagnostics", func(context.Context, *struct{}) (*body[[]diagnosticBody], error) {
		var list diag.List
		if a.Diagnostics != nil {
			list = a.Diagnostics()
		}
		return &body[[]diagnosticBody]{diagnosticsOf(list)}, nil
	})
}
