package config

import (
	"fmt"
	"regexp"
	"strconv"

	"hob/internal/diag"
	"hob/internal/entity"
)

// threshold reads "below 3°C", "above 80%", "humidity above 65%".
func (c *ruleCheck) threshold(it item, v value, raw string) (entity.Threshold, bool) {
	words := split(raw)
	t := entity.Threshold{Entity: it.id, Of: firstQuantity(it)}
	if len(words) == 3 && words[0].text == string(entity.QuantityHumidity) {
		t.Of = entity.QuantityHumidity
		words = words[1:]
	}
	if len(words) != 2 || words[0].text != "below" && words[0].text != "above" {
		suggestion := "write such as below 3°C or above 80%"
		if n := len(words); n > 2 && (words[n-3].text == "below" || words[n-3].text == "above") && leadingNumber.MatchString(words[n-2].text) {
			suggestion = fmt.Sprintf("write %s %s%s, without a space before the unit", words[n-3].text, words[n-2].text, words[n-1].text)
		}
		v.problem(problem{code: diag.BadCondition, message: fmt.Sprintf("%s is no comparison", quote(raw)), suggestion: suggestion})
		return t, false
	}
	t.Below = words[0].text == "below"
	y, isSensor := it.body.(*sensorYAML)
	switch {
	case t.Of == "":
		v.problem(problem{code: diag.BadState, message: fmt.Sprintf("%s has no number to compare", describeItem(it)),
			suggestion: "it can be " + oneOf(entity.StatesOf(it.sketch()))})
		return t, false
	case t.Of == entity.QuantityHumidity && (!isSensor || !(&entity.Sensor{Type: y.sort()}).MeasuresHumidity()):
		v.problem(problem{code: diag.BadState, message: describeItem(it) + " measures no humidity", suggestion: "sensors of the types dht22 and sht3x do"})
		return t, false
	}
	n, p := c.quantity(it, t.Of, words[1].text)
	if p != nil {
		p.part = words[1].part
		v.problem(*p)
		return t, false
	}
	t.Than = n
	return t, true
}

// firstQuantity is what a comparison without a name is about.
func firstQuantity(it item) entity.Quantity {
	switch it.body.(type) {
	case *sensorYAML:
		return entity.QuantityValue
	case *thermostatYAML:
		return entity.QuantityTemperature
	case *lightYAML:
		if _, drive := it.light(); drive != entity.DrivePin {
			return entity.QuantityBrightness
		}
	}
	return ""
}

// quantity reads a number with the unit of what is compared.
func (c *ruleCheck) quantity(it item, of entity.Quantity, raw string) (float64, *problem) {
	y, isSensor := it.body.(*sensorYAML)
	switch {
	case of == entity.QuantityHumidity, of == entity.QuantityBrightness:
		level, p := parsePercent(raw)
		if p != nil {
			p.message = "the threshold " + p.message
		}
		return level.Percent(), p
	case isSensor && y.Type.valid && !y.measuresTemp():
		return unitNumber(raw, y.Unit.value)
	}
	t, p := parseTemperature(raw)
	if p != nil {
		p.message = "the threshold " + p.message
	}
	return t.Celsius(), p
}

var leadingNumber = regexp.MustCompile(`^(-?[0-9]{1,9}(?:\.[0-9]{1,6})?)(.*)$`)

// unitNumber reads a number with a unit of a sensor's own.
func unitNumber(raw, unit string) (float64, *problem) {
	m := leadingNumber.FindStringSubmatch(raw)
	switch {
	case m == nil:
		return 0, &problem{code: diag.BadCondition, message: quote(raw) + " is no number", suggestion: "write such as 80" + unit}
	case m[2] == "":
		return 0, &problem{code: diag.MissingUnit, message: "the threshold needs a unit: " + raw + " of what?", suggestion: "write " + raw + unit}
	case m[2] != unit:
		return 0, &problem{code: diag.BadCondition, message: fmt.Sprintf("the sensor counts in %s, not in %s", quote(unit), quote(m[2])), suggestion: "write " + m[1] + unit}
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, &problem{code: diag.BadCondition, message: quote(raw) + " is no number"}
	}
	return n, nil
}

// difference reads how far a number must come back: the unit is that of the
// threshold, but a difference of temperatures is not a temperature.
func (c *ruleCheck) difference(it item, of entity.Quantity, raw string) (float64, *problem) {
	y, isSensor := it.body.(*sensorYAML)
	temperatures := of == entity.QuantityTemperature || isSensor && of == entity.QuantityValue && y.measuresTemp()
	if !temperatures {
		return c.positive(c.quantity(it, of, raw))
	}
	t, p := parseDegrees(raw)
	if p != nil {
		p.message = "the hysteresis " + p.message
	}
	return c.positive(t.Celsius(), p)
}

func (c *ruleCheck) positive(n float64, p *problem) (float64, *problem) {
	if p == nil && n < 0 {
		p = &problem{code: diag.OutOfRange, message: "the hysteresis must not be negative"}
	}
	return n, p
}
