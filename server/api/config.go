package api

import (
	"context"

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

func (a *API) routeConfig(ops operations) {
	serve(ops, "GET /api/config/diagnostics", "Say what is wrong with the config", func(context.Context, *struct{}) ([]diagnosticBody, error) {
		var list diag.List
		if a.Diagnostics != nil {
			list = a.Diagnostics()
		}
		return diagnosticsOf(list), nil
	})
}
