package api

import (
	"net/http"
	"strconv"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// nowhere is an adapter of huma for an API that is described and not served.
type nowhere struct{}

func (nowhere) Handle(*huma.Operation, func(huma.Context)) {}

func (nowhere) ServeHTTP(http.ResponseWriter, *http.Request) {}

// description is the API as OpenAPI 3.1. It is made anew, of an API of its own.
func (a *API) description() *huma.OpenAPI {
	ops := operations{huma.NewAPI(a.config(), nowhere{}), true}
	a.route(ops)
	spec := ops.OpenAPI()
	describeOthers(spec)
	describeAbsence(spec)
	return spec
}

// routeDescription serves the description in the forms that programs read, and as a page.
func (a *API) routeDescription() {
	const asJSON, asYAML = "application/openapi+json", "application/openapi+yaml"
	a.echo.GET("/api/docs", once(echo.MIMETextHTMLCharsetUTF8, a.docs))
	a.echo.GET("/api/openapi.json", once(asJSON, func() ([]byte, error) { return a.description().MarshalJSON() }))
	a.echo.GET("/api/openapi.yaml", once(asYAML, func() ([]byte, error) { return a.description().YAML() }))
	a.echo.GET("/api/openapi-3.0.json", once(asJSON, func() ([]byte, error) { return a.description().Downgrade() }))
	a.echo.GET("/api/openapi-3.0.yaml", once(asYAML, func() ([]byte, error) { return a.description().DowngradeYAML() }))
}

// once answers with what is made when it is first asked for.
func once(kind string, made func() ([]byte, error)) echo.HandlerFunc {
	made = sync.OnceValues(made)
	return func(c echo.Context) error {
		b, err := made()
		if err != nil {
			return err
		}
		return c.Blob(http.StatusOK, kind, b)
	}
}

// describeOthers adds to the description what is not served through huma.
func describeOthers(spec *huma.OpenAPI) {
	text := map[string]*huma.Schema{"token": {Type: huma.TypeString}}
	for _, op := range []*huma.Operation{
		{Method: http.MethodGet, Path: "/healthz", OperationID: "get-health", Summary: "Get health",
			Responses: answers(http.StatusOK, "the server runs; without the token only that")},
		{Method: http.MethodGet, Path: "/api/live", OperationID: "get-live", Summary: "Follow the house (WebSocket, hob.live.1)",
			Responses: answers(http.StatusSwitchingProtocols, "a session of the live protocol")},
		{Method: http.MethodPost, Path: "/api/session", OperationID: "post-session", Summary: "Open a browser's session",
			RequestBody: &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{echo.MIMEApplicationJSON: {
				Schema: &huma.Schema{Type: huma.TypeObject, Properties: text, Required: []string{"token"}, AdditionalProperties: false}}}},
			Responses: answers(http.StatusNoContent, "the cookie is set")},
		{Method: http.MethodDelete, Path: "/api/session", OperationID: "delete-session", Summary: "Close a browser's session",
			Responses: answers(http.StatusNoContent, "the cookie is removed")},
	} {
		spec.AddOperation(op)
	}
}

// describeAbsence says in the description which objects may be null, and that
// attributes are an object: huma refers to an object by its schema alone, and of
// an any it says nothing.
func describeAbsence(spec *huma.OpenAPI) {
	schemas := spec.Components.Schemas.Map()
	for owner, members := range map[string][]string{
		"Record":       {"unavailable", "pending", "failure"},
		"BoardDetails": {"link", "update"},
		"RuleBody":     {"last"},
		"WhyNotBody":   {"if"},
	} {
		for _, m := range members {
			of := schemas[owner].Properties
			of[m] = &huma.Schema{OneOf: []*huma.Schema{of[m], null()}}
		}
	}
	schemas["Record"].Properties["attributes"] = &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true,
		Description: "those of its kind, as docs/api.md lists them"}
}

// null is the schema of null alone. OpenAPI 3.0 has no type for it: what may be
// null there is of another type as well, and the list of values leaves only null.
func null() *huma.Schema {
	return &huma.Schema{Type: huma.TypeObject, Nullable: true, Enum: []any{nil}}
}

func answers(status int, description string) map[string]*huma.Response {
	return map[string]*huma.Response{strconv.Itoa(status): {Description: description}}
}
