package config_test

import (
	"testing"

	"hob"
	"hob/config"
	"hob/internal/entity"
)

func TestSampleHouseIsCleanAndShowsEverything(t *testing.T) {
	house, list := config.Parse("config.yaml", hob.SampleConfig)
	if house == nil || len(list) != 0 {
		t.Fatalf("the sample house is not clean:\n%s", asText(t, list))
	}
	chips := map[string]int{}
	for _, b := range house.Boards {
		chips[b.Chip]++
	}
	if len(house.Boards) != 3 || chips["esp32"] != 2 || chips["esp32c3"] != 1 || len(house.Areas) != 5 {
		t.Errorf("%d areas, boards %v", len(house.Areas), chips)
	}
	kinds, drives := map[entity.Kind]int{}, map[entity.Drive]int{}
	inArea := map[entity.AreaID]int{}
	at := map[entity.ID]entity.BoardName{}
	for _, e := range house.Entities {
		kinds[e.Kind()]++
		if points := e.Spec.Points(); len(points) > 0 { // what hangs on a board hangs somewhere
			inArea[e.Area]++
			at[e.ID] = points[0].Board
		}
		if l, ok := e.Spec.(*entity.Light); ok {
			drives[l.Drive]++
		}
	}
	if len(kinds) != 10 || len(drives) != 3 || len(inArea) != 5 || inArea[""] != 0 {
		t.Errorf("kinds %v, drives %v, areas %v", kinds, drives, inArea)
	}
	onBoard, across := 0, 0
	for _, e := range house.Entities {
		if b, ok := e.Spec.(*entity.Button); ok {
			for _, bind := range b.Bindings {
				if at[bind.Target] == b.Board {
					onBoard++
				} else {
					across++
				}
			}
		}
	}
	if onBoard == 0 || across == 0 {
		t.Errorf("%d bindings on a board, %d across boards", onBoard, across)
	}
}
