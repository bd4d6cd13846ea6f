package config

import (
	"cmp"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/entity"
)

// body is what all kinds of declared entities can say about themselves.
type body interface {
	kind() entity.Kind
	common() *commonYAML
	driven() *outputYAML // nil if the entity drives nothing
	pins() []pinUse
	check(at value) // what concerns this entity alone
	spec() entity.Spec
}

// item is a declared entity of any kind.
type item struct {
	id entity.ID
	at value
	body
}

// book is the whole file, decoded: what the checks across entities and the
// making of the House work on.
type book struct {
	r      *report
	file   *houseYAML
	boards map[entity.BoardName]*declared[boardYAML]
	areas  map[entity.AreaID]*declared[areaYAML]
	items  []item             // in the order of the file
	byID   map[entity.ID]item // the first of a name

	mentions mentions
	users    map[string]bool
	tests    []entity.Test // as the checks understand them

	// Names for suggestions, in the order of the file.
	boardNames, areaNames, commandable, stateful []string
}

func newBook(r *report, h *houseYAML) *book {
	b := &book{
		r: r, file: h,
		boards: make(map[entity.BoardName]*declared[boardYAML]),
		areas:  make(map[entity.AreaID]*declared[areaYAML]),
		byID:   make(map[entity.ID]item),

		mentions: make(mentions),
		users:    make(map[string]bool),
	}
	for _, d := range h.Users.items {
		b.users[d.id] = true
	}
	for _, d := range h.Boards.items {
		b.boards[entity.BoardName(d.id)] = d
		b.boardNames = append(b.boardNames, d.id)
	}
	for _, d := range h.Areas.items {
		b.areas[entity.AreaID(d.id)] = d
		b.areaNames = append(b.areaNames, d.id)
	}
	b.collect(h)
	for _, it := range b.items {
		if _, dup := b.byID[it.id]; !dup {
			b.byID[it.id] = it
		}
		if len(it.words()) > 0 {
			b.commandable = append(b.commandable, string(it.id))
		}
		if it.kind() != entity.KindScene {
			b.stateful = append(b.stateful, string(it.id))
		}
	}
	return b
}

// collect lists the entities of all sections, in the order in which the sections
// stand in the file.
func (b *book) collect(h *houseYAML) {
	parts := []sectionItems{
		itemsOf(h.Switches, func(y *switchYAML) body { return y }),
		itemsOf(h.Lights, func(y *lightYAML) body { return y }),
		itemsOf(h.Buttons, func(y *buttonYAML) body { return y }),
		itemsOf(h.Contacts, func(y *contactYAML) body { return y }),
		itemsOf(h.Sensors, func(y *sensorYAML) body { return y }),
		itemsOf(h.GarageDoors, func(y *garageDoorYAML) body { return y }),
		itemsOf(h.Heaters, func(y *thermostatYAML) body { return y }),
		itemsOf(h.Coolers, func(y *thermostatYAML) body { y.cools = true; return y }),
		itemsOf(h.Scenes, func(y *sceneYAML) body { return y }),
		itemsOf(h.People, func(y *personYAML) body { return y }),
	}
	if h.Alarm.given {
		parts = append(parts, sectionItems{h.Alarm.at.key, []item{{entity.AlarmID, h.Alarm.at, &h.Alarm.T}}})
	}
	parts = slices.DeleteFunc(parts, func(p sectionItems) bool { return p.key == nil })
	slices.SortStableFunc(parts, func(a, c sectionItems) int {
		return cmp.Or(cmp.Compare(a.key.Line, c.key.Line), cmp.Compare(a.key.Column, c.key.Column))
	})
	for _, p := range parts {
		b.items = append(b.items, p.items...)
	}
}

// sectionItems are the entities of one section, and the section's key.
type sectionItems struct {
	key   *yaml.Node
	items []item
}

func itemsOf[T any](s section[T], as func(*T) body) sectionItems {
	out := sectionItems{key: s.at.key}
	for _, d := range s.items {
		out.items = append(out.items, item{entity.ID(d.id), d.at, as(&d.T)})
	}
	return out
}

// check makes every check that needs more than one value.
func (b *book) check() {
	for _, it := range b.items {
		if !it.unknown() {
			it.check(it.at)
		}
	}
	b.checkIDs()
	b.checkFormerIDs()
	b.checkBoards()
	b.checkAreas()
	b.checkPins()
	b.checkLimits()
	b.checkInterlocks()
	b.checkReferences()
	b.checkBoardThermostats()
	b.checkAddresses()
	b.checkActions()
	b.checkScenes()
	b.checkClockChanges()
	b.checkUsers()
	b.checkRules()
	b.checkHolds()
	b.checkTests()
}

// house makes the House of a file without errors.
func (b *book) house() *entity.House {
	home := b.file.Home.T
	h := &entity.House{Name: "Home", Timezone: home.Timezone.value, Units: "metric"}
	if home.Name.given {
		h.Name = home.Name.value
	}
	if home.Units.given {
		h.Units = home.Units.value
	}
	if home.Location.given {
		at := home.Location.T
		h.Location = &entity.Location{Latitude: at.Latitude.value, Longitude: at.Longitude.value}
	}
	for _, d := range b.file.Boards.items {
		h.Boards = append(h.Boards, board(d))
	}
	for _, d := range b.file.Areas.items {
		h.Areas = append(h.Areas, entity.Area{ID: entity.AreaID(d.id), Name: nameOr(d.T.Name, d.id)})
	}
	for _, it := range b.items {
		c := it.common()
		h.Entities = append(h.Entities, entity.Entity{
			ID: it.id, Was: entity.ID(c.Was.value), Name: nameOr(c.Name, string(it.id)), Area: entity.AreaID(c.Area.value),
			Icon: c.Icon.value, Spec: it.spec(),
		})
	}
	for _, d := range b.file.Rules.items {
		h.Rules = append(h.Rules, d.T.rule)
	}
	h.AwaitGestures()
	for _, d := range b.file.Users.items {
		h.Users = append(h.Users, user(d))
	}
	h.Tests = b.tests
	b.shareInterlockWaits(h)
	b.resolve(h)
	return h
}

func board(d *declared[boardYAML]) entity.Board {
	out := entity.Board{
		Name: entity.BoardName(d.id), ID: d.T.ID.value, Chip: d.T.Chip.value.Name, Address: d.T.Address.value,
	}
	if d.T.StatusLED.given {
		led := d.T.StatusLED.value
		out.StatusLED = &led
	}
	if i2c := d.T.I2C; i2c.given {
		out.I2C = &entity.I2C{SDA: i2c.T.SDA.value, SCL: i2c.T.SCL.value}
	}
	return out
}

// nameOr makes a name for people out of an id where none is given: "Hall button".
func nameOr(name text, id string) string {
	if name.given {
		return name.value
	}
	words := strings.ReplaceAll(id, "_", " ")
	return strings.ToUpper(words[:1]) + words[1:]
}
