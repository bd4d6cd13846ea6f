package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"
	"strings"

	"hob/internal/diag"
	"hob/internal/entity"
)

// temperature is a point on the scale, such as 21.5°C or 70°F. The tags `min`
// and `max` bound it, in whole degrees Celsius.
type temperature struct {
	slot
	value entity.Temp
}

func (f *temperature) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	f.value, f.valid = decodeTemperature(v, tags, parseTemperature)
}

// degrees is a difference of temperatures, such as 0.3°C; the tags are those of
// a temperature.
type degrees struct {
	slot
	value entity.Temp
}

func (f *degrees) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	f.value, f.valid = decodeTemperature(v, tags, parseDegrees)
}

func decodeTemperature(v value, tags reflect.StructTag, parse func(string) (entity.Temp, *problem)) (entity.Temp, bool) {
	raw, ok := v.text("a temperature such as 21°C")
	if !ok {
		return 0, false
	}
	t, p := parse(raw)
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return 0, false
	}
	least, most := entity.Temp(intTag(tags, "min")*1000), entity.Temp(intTag(tags, "max")*1000)
	if t < least || t > most {
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s must be from %s to %s, not %s",
			v.label(), formatTemp(least), formatTemp(most), raw)})
		return 0, false
	}
	return t, true
}

// formatTemp writes a temperature as people write it in the file, exactly.
func formatTemp(t entity.Temp) string { return formatThousandths(int64(t)) + "°C" }

func formatThousandths(n int64) string {
	return strconv.FormatFloat(float64(n)/1000, 'f', -1, 64)
}

var (
	temperatureShape = regexp.MustCompile(`^(-?[0-9]{1,4}(?:\.[0-9]{1,3})?)°([CF])$`)
	bareTemperature  = regexp.MustCompile(`^-?[0-9]{1,4}(?:\.[0-9]{1,3})?$`)
)

// parseTemperature reads "21.5°C" or "70°F". The message of a problem goes on
// after the name of what is wrong.
func parseTemperature(raw string) (entity.Temp, *problem) {
	return parseScale(raw, func(f int64) int64 { return (f - 32_000) * 5 / 9 })
}

// parseDegrees reads a difference: 1.8°F are 1°C.
func parseDegrees(raw string) (entity.Temp, *problem) {
	return parseScale(raw, func(f int64) int64 { return f * 5 / 9 })
}

func parseScale(raw string, celsius func(thousandths int64) int64) (entity.Temp, *problem) {
	if bareTemperature.MatchString(raw) {
		return 0, &problem{code: diag.MissingUnit, message: "needs a unit: " + raw + " of what?",
			suggestion: "write " + raw + likelyScale(raw)}
	}
	m := temperatureShape.FindStringSubmatch(raw)
	if m == nil {
		return 0, &problem{code: diag.BadTemperature, message: fmt.Sprintf("cannot be %s: that is no temperature", quote(raw)),
			suggestion: suggestTemperature(raw)}
	}
	n := thousandths(m[1])
	if m[2] == "F" {
		n = celsius(n)
	}
	return entity.Temp(n), nil
}

// likelyScale guesses what a bare number means: rooms and water are rarely above
// 45°C, and nobody heats to 45°F.
func likelyScale(number string) string {
	if thousandths(number) > 45_000 {
		return "°F"
	}
	return "°C"
}

// thousandths reads a number of at most four digits and three decimals exactly.
func thousandths(s string) int64 {
	bare, negative := strings.CutPrefix(s, "-")
	whole, decimals, _ := strings.Cut(bare, ".")
	n, _ := strconv.ParseInt(whole+(decimals + "000")[:3], 10, 64)
	if negative {
		return -n
	}
	return n
}

// looseTemperature is how people write temperatures elsewhere.
var looseTemperature = regexp.MustCompile(`(?i)^(-?[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*(?:[°º˚]|degrees?|deg)?\s*(c|f|celsius|fahrenheit|℃|℉)\.?$`)

func suggestTemperature(raw string) string {
	if plain := plainNumber(raw); bareTemperature.MatchString(plain) {
		return "write " + plain + likelyScale(plain)
	}
	m := looseTemperature.FindStringSubmatch(raw)
	if m == nil {
		return "write a number and °C or °F, such as 21°C, 19.5°C or 70°F"
	}
	unit := "°C"
	if u := strings.ToLower(m[2]); u[0] == 'f' || m[2] == "℉" {
		unit = "°F"
	}
	return "write " + strings.Replace(m[1], ",", ".", 1) + unit
}

// temperatureRange is a range such as 5..25°C. The tags are those of a temperature.
type temperatureRange struct {
	slot
	low, high entity.Temp
}

func (f *temperatureRange) decode(v value, tags reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a range of temperatures such as 5..25°C")
	if !ok {
		return
	}
	low, high, p := parseTemperatureRange(raw)
	least, most := entity.Temp(intTag(tags, "min")*1000), entity.Temp(intTag(tags, "max")*1000)
	switch {
	case p != nil:
		p.message = v.label() + " " + p.message
		v.problem(*p)
	case low < least || high > most:
		v.problem(problem{code: diag.OutOfRange, message: fmt.Sprintf("%s must lie within %s to %s, not be %s",
			v.label(), formatTemp(least), formatTemp(most), raw)})
	default:
		f.low, f.high, f.valid = low, high, true
	}
}

var (
	rangeShape = regexp.MustCompile(`^(-?[0-9]{1,4}(?:\.[0-9]{1,3})?)\.\.(-?[0-9]{1,4}(?:\.[0-9]{1,3})?)(°[CF])?$`)
	looseRange = regexp.MustCompile(`(?i)^\s*(-?[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*°?[CF]?\s*(?:-|–|—|…|\.{2,3}|to|bis|/)\s*(-?[0-9]{1,4}(?:[.,][0-9]{1,3})?)\s*°?\s*([CF])?\s*$`)
)

func parseTemperatureRange(raw string) (low, high entity.Temp, p *problem) {
	m := rangeShape.FindStringSubmatch(raw)
	switch {
	case m == nil:
		return 0, 0, &problem{code: diag.BadRange, message: fmt.Sprintf("cannot be %s: that is no range of temperatures", quote(raw)),
			suggestion: suggestRange(raw)}
	case m[3] == "":
		return 0, 0, &problem{code: diag.MissingUnit, message: "needs a unit: " + raw + " of what?",
			suggestion: "write " + raw + likelyScale(m[2])}
	}
	if low, p = parseTemperature(m[1] + m[3]); p == nil {
		high, p = parseTemperature(m[2] + m[3])
	}
	if p == nil && low >= high {
		p = &problem{code: diag.BadRange, message: fmt.Sprintf("cannot be %s: it ends before it begins", quote(raw)),
			suggestion: fmt.Sprintf("write the lower end first: %s..%s%s", m[2], m[1], m[3])}
		if low == high {
			p.message, p.suggestion = fmt.Sprintf("cannot be %s: it begins where it ends", quote(raw)), "write two different temperatures"
		}
	}
	return low, high, p
}

func suggestRange(raw string) string {
	if m := looseRange.FindStringSubmatch(raw); m != nil {
		unit := "°C"
		if strings.EqualFold(m[3], "f") {
			unit = "°F"
		}
		return "write " + strings.Replace(m[1], ",", ".", 1) + ".." + strings.Replace(m[2], ",", ".", 1) + unit
	}
	return "write both ends with two dots between them and the unit at the end, such as 5..25°C"
}
