package config_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"hob/config"
	"hob/internal/chip"
	"hob/internal/entity"
)

// example is a line that is an example and no prose: # and no word behind one space.
var example = regexp.MustCompile(`(?m)^#(  \S|[^ \n])`)

// What hob init writes is valid as it is, and with all of its examples, on every
// chip and with any number of boards.
func TestFirstConfigIsValidAndSoAreItsExamples(t *testing.T) {
	cases := map[string][]config.Found{
		"no board":        nil,
		"an unknown chip": {{ID: "hob-000001", Chip: "esp32p9"}, {ID: "hob-000002", Chip: "esp32c3"}},
		"no known chip":   {{ID: "hob-000001", Chip: "esp99\n  evil: {}"}},
		"a bad id":        {{ID: "hob-0}\nevil: {}", Chip: "esp32"}, {ID: "hob-000002", Chip: "esp32"}},
	}
	for _, name := range chip.Names() {
		cases[name] = []config.Found{{ID: "hob-000001", Chip: name}, {ID: "hob-000002", Chip: "esp32"}}
	}
	for name, found := range cases {
		for _, zone := range []string{"Europe/Berlin", "", "Local", "x: y"} {
			text := config.First(found, zone)
			house, list := config.Parse("config.yaml", text)
			if house == nil || len(list) > 0 {
				t.Errorf("%s, zone %q:\n%s\n%s", name, zone, text, asText(t, list))
				continue
			}
			if want := map[string]string{"Europe/Berlin": zone}[zone]; house.Timezone != want {
				t.Errorf("%s: zone %q is %q", name, zone, house.Timezone)
			}
			if strings.Contains(string(text), "evil:") {
				t.Errorf("%s: what a board announces is more than a word:\n%s", name, text)
			}
			all := example.ReplaceAll(text, []byte("$1"))
			house, list = config.Parse("config.yaml", all)
			if house == nil || len(list) > 0 || len(house.Entities) != 7 || len(house.Rules) != 1 {
				t.Errorf("%s, with its examples:\n%s\n%s", name, all, asText(t, list))
			}
		}
	}
}

func TestFirstConfigHasTheBoardsThatWereFound(t *testing.T) {
	var found []config.Found
	for i := range 3 {
		found = append(found, config.Found{ID: entity.BoardID(fmt.Sprintf("hob-00000%d", i)), Chip: "esp32"})
	}
	house, _ := config.Parse("config.yaml", config.First(found, ""))
	if house == nil || len(house.Boards) != 3 || house.Boards[2].ID != "hob-000002" || house.Boards[2].Name != "board3" {
		t.Errorf("%+v", house)
	}
}
