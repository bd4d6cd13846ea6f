package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strings"

	"hob/internal/diag"
)

// resistance is a resistance such as 10k, 4.7k or 470Ω, in whole ohms.
type resistance struct {
	slot
	value int
}

// Bounds of what makes sense beside an analog pin, in ohms.
const (
	leastResistance = 10
	mostResistance  = 10_000_000
)

func (f *resistance) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a resistance such as 10k")
	if !ok {
		return
	}
	ohms, p := parseResistance(raw)
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return
	}
	f.value, f.valid = ohms, true
}

var (
	resistanceShape = regexp.MustCompile(`^([0-9]{1,4}(?:\.[0-9]{1,3})?)(k|M|Ω|kΩ|MΩ)$`)
	looseResistance = regexp.MustCompile(`(?i)^([0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*([km])?\s*(?:r|ω|Ω|ohms?)?$`)
	codeResistance  = regexp.MustCompile(`^([0-9]{1,3})([kM])([0-9]{1,3})$`) // 4k7
)

// parseResistance reads "10k", "4.7kΩ", "470Ω". The message of a problem goes on
// after the name of what is wrong.
func parseResistance(raw string) (int, *problem) {
	if bareNumber.MatchString(raw) {
		return 0, &problem{code: diag.MissingUnit, message: "needs a unit: " + raw + " of what?", suggestion: suggestOhms(raw)}
	}
	m := resistanceShape.FindStringSubmatch(raw)
	if m == nil {
		return 0, &problem{code: diag.BadResistance, message: fmt.Sprintf("cannot be %s: that is no resistance", quote(raw)),
			suggestion: suggestResistance(raw)}
	}
	n := thousandths(m[1])
	switch m[2][0] {
	case 'k':
		n *= 1000
	case 'M':
		n *= 1_000_000
	}
	if n%1000 != 0 || n < leastResistance*1000 || n > mostResistance*1000 {
		return 0, &problem{code: diag.OutOfRange,
			message: fmt.Sprintf("must be whole ohms from %dΩ to %dM, not %s", leastResistance, mostResistance/1_000_000, raw)}
	}
	return int(n / 1000), nil
}

// suggestOhms: a bare 10000 is ohms, a bare 10 is thousands of them.
func suggestOhms(raw string) string {
	if n := len(raw); n > 3 && strings.HasSuffix(raw, "000") {
		return "write " + raw[:n-3] + "k"
	}
	return fmt.Sprintf("write %sk or %[1]sΩ", raw)
}

func suggestResistance(raw string) string {
	if m := codeResistance.FindStringSubmatch(raw); m != nil {
		return "write " + m[1] + "." + m[3] + m[2]
	}
	if m := looseResistance.FindStringSubmatch(raw); m != nil {
		unit := map[string]string{"k": "k", "m": "M"}[strings.ToLower(m[2])]
		if unit == "" {
			unit = "Ω"
		}
		return "write " + strings.Replace(m[1], ",", ".", 1) + unit
	}
	return "write a number and k, M or Ω, such as 10k, 4.7k or 470Ω"
}
