package api

import (
	"context"
	"net/http"
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"
)

// operations takes up what can be done over REST. What answers look like is of use
// only to readers of the description, and to know it takes half a megabyte: the API
// that serves does without, and description makes one that does not.
type operations struct {
	huma.API
	described bool
}

// change is a further property of an operation.
type change = func(*huma.Operation)

// response is what an operation gives back. It is one type for all of them, since huma
// compiles its whole way of a request, 20 KB, once for each pair of types.
type response struct {
	Status int // HTTP
	Body   any
}

// shape is what huma makes the name of an operation from: there are lists, and
// single things.
type shape[T any] struct{ Body T }

// serve registers an operation, of a route such as "GET /api/house", that answers
// with 200 and JSON of the type O, or with the error.
func serve[I, O any](ops operations, route, summary string, do func(context.Context, *I) (O, error), changes ...change) {
	op := ops.operation(route, summary, new(shape[O]), changes)
	ops.describe(&op, reflect.TypeFor[O](), http.StatusOK)
	huma.Register(ops.API, op, func(ctx context.Context, in *I) (*response, error) {
		out, err := do(ctx, in)
		if err != nil {
			return nil, err
		}
		return &response{http.StatusOK, out}, nil
	})
}

// serveNothing registers an operation that answers with 204, or with the error.
func serveNothing[I any](ops operations, route, summary string, do func(context.Context, *I) error) {
	op := ops.operation(route, summary, new(struct{}), nil)
	huma.Register(ops.API, op, func(ctx context.Context, in *I) (*struct{}, error) { return nil, do(ctx, in) })
}

// operation is one with the name that huma gives to its route and shape.
func (ops operations) operation(route, summary string, shape any, changes []change) huma.Operation {
	method, path, _ := strings.Cut(route, " ")
	op := huma.Operation{Method: method, Path: path, Summary: summary,
		OperationID: huma.GenerateOperationID(method, path, shape), Hidden: !ops.described}
	for _, c := range changes {
		c(&op)
	}
	return op
}

// describe says that answers of these statuses are JSON of a type.
func (ops operations) describe(op *huma.Operation, of reflect.Type, statuses ...int) {
	if !ops.described {
		return
	}
	schema := ops.OpenAPI().Components.Schemas.Schema(of, true, op.OperationID+"Response")
	if op.Responses == nil {
		op.Responses = map[string]*huma.Response{}
	}
	for _, s := range statuses {
		op.Responses[strconv.Itoa(s)] = &huma.Response{Description: http.StatusText(s),
			Content: map[string]*huma.MediaType{echo.MIMEApplicationJSON: {Schema: schema}}}
	}
}
