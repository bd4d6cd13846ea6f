package config

import (
	"fmt"
	"reflect"
	"strings"
	"time"
	_ "time/tzdata" // the zones of a machine that has none, or old ones

	"hob/internal/diag"
)

// timezone is an IANA time zone such as Europe/Berlin.
type timezone struct {
	slot
	value string
}

func (f *timezone) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a time zone such as Europe/Berlin")
	if !ok {
		return
	}
	if !validZone(raw) {
		v.problem(problem{code: diag.BadTimezone,
			message: fmt.Sprintf("%s is no time zone", quote(raw)), suggestion: suggestZone(raw)})
		return
	}
	f.value, f.valid = raw, true
}

// validZone: "Local" would depend on the machine, "" is UTC by accident.
func validZone(name string) bool {
	if name == "" || name == "Local" {
		return false
	}
	_, err := time.LoadLocation(name)
	return err == nil
}

func suggestZone(raw string) string {
	place := raw[strings.LastIndexByte(raw, '/')+1:]
	place = strings.ReplaceAll(capitalised(strings.ReplaceAll(place, "_", " ")), " ", "_")
	for _, region := range []string{
		"Europe", "America", "Asia", "Australia", "Africa", "Pacific", "Atlantic", "Indian",
	} {
		if name := region + "/" + place; place != "" && validZone(name) {
			return "write " + name
		}
	}
	return "write its IANA name, such as Europe/Berlin or America/New_York"
}

// capitalised writes every word with one capital at its start.
func capitalised(s string) string {
	words := strings.Fields(strings.ToLower(s))
	for i, w := range words {
		words[i] = strings.ToUpper(w[:1]) + w[1:]
	}
	return strings.Join(words, " ")
}
