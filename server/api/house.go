package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/labstack/echo/v4"

	"hob/internal/entity"
)

type (
	entityPath struct {
		ID entity.ID `path:"id" doc:"entity id" example:"porch"`
	}
	areaBody struct {
		ID   entity.AreaID `json:"id"`
		Name string        `json:"name"`
	}
	houseBody struct {
		Name     string               `json:"name"`
		Timezone string               `json:"timezone"`
		Units    string               `json:"units"`
		Areas    []areaBody           `json:"areas"`
		Config   *entity.ConfigStatus `json:"config" doc:"how config.yaml is; null when the house is in no file"`
		Epoch    string               `json:"epoch"`
		Revision entity.Revision      `json:"revision"`
	}
)

func (a *API) routeHouse(ops operations) {
	serve(ops, "GET /api/house", "Show the house", func(context.Context, *struct{}) (*houseBody, error) {
		s := a.House.Snapshot()
		h := houseBody{Name: s.House.Name, Timezone: s.House.Timezone, Units: s.House.Units,
			Areas: []areaBody{}, Config: s.Config, Epoch: s.Epoch, Revision: s.Revision}
		for _, ar := range s.House.Areas {
			h.Areas = append(h.Areas, areaBody(ar))
		}
		return &h, nil
	})
	serve(ops, "GET /api/entities", "List the entities", func(context.Context, *struct{}) ([]*entity.Record, error) {
		return a.House.Snapshot().Entities, nil
	})
	serve(ops, "GET /api/entities/{id}", "Show an entity", func(_ context.Context, in *entityPath) (*entity.Record, error) {
		rec, ok := a.House.Entity(in.ID)
		if !ok {
			return nil, huma.Error404NotFound("there is no entity " + string(in.ID))
		}
		return &rec, nil
	})
}

// health says that the server runs; who may not ask more learns no more.
func (a *API) health(c echo.Context) error {
	if trustOf(c.Request().Context()) == TrustNobody && !a.token.Load().is(tokenOf(c.Request())) {
		return c.JSON(http.StatusOK, map[string]string{"status": "ok"})
	}
	online, declared := 0, 0
	for _, b := range a.House.Boards() {
		if b.Declared {
			declared++
		}
		if b.Status.Linked() {
			online++
		}
	}
	return c.JSON(http.StatusOK, map[string]any{"status": "ok", "version": a.Version, "epoch": a.House.Epoch(),
		"revision": a.House.Revision(), "boards": map[string]int{"online": online, "declared": declared}})
}
