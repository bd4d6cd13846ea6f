package rules

import (
	"time"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// ground is what conditions need to know of a house: where its clock times are
// meant, where the sun rises, and what its entities are.
type ground struct {
	zone   *time.Location
	place  schedule.Place
	specs  map[entity.ID]entity.Spec
	boards map[entity.ID]entity.BoardName // whose entity it is; none for those without a board
}

// isDoor says whether an entity is a garage door.
func (g *ground) isDoor(id entity.ID) bool {
	_, is := g.specs[id].(*entity.GarageDoor)
	return is
}

func newGround(h *entity.House) (*ground, error) {
	g := &ground{zone: time.Local, specs: make(map[entity.ID]entity.Spec, len(h.Entities)),
		boards: make(map[entity.ID]entity.BoardName, len(h.Entities))}
	if h.Timezone != "" {
		var err error
		if g.zone, err = time.LoadLocation(h.Timezone); err != nil {
			return nil, err
		}
	}
	if h.Location != nil {
		g.place = schedule.Place{Latitude: h.Location.Latitude, Longitude: h.Location.Longitude}
	}
	for _, e := range h.Entities {
		g.specs[e.ID] = e.Spec
		if points := e.Spec.Points(); len(points) > 0 {
			g.boards[e.ID] = points[0].Board
		}
	}
	return g, nil
}
