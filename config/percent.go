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

// percent is a brightness such as 40% or 4.5%.
type percent struct {
	slot
	value entity.Level
}

func (f *percent) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	raw, ok := v.text("a percentage such as 40%")
	if !ok {
		return
	}
	level, p := parsePercent(raw)
	if p != nil {
		p.message = v.label() + " " + p.message
		v.problem(*p)
		return
	}
	f.value, f.valid = level, true
}

var percentage = regexp.MustCompile(`^([0-9]{1,3})(?:\.([0-9]))?%$`)

// parsePercent reads 0% to 100% with at most one decimal. The message of a
// problem goes on after the name of what is wrong.
func parsePercent(raw string) (entity.Level, *problem) {
	if bareNumber.MatchString(raw) {
		return 0, &problem{code: diag.MissingUnit, message: "needs a unit: " + raw + " of what?",
			suggestion: "write " + likelyPercent(raw)}
	}
	m := percentage.FindStringSubmatch(raw)
	if m == nil {
		p := &problem{code: diag.BadPercent, message: fmt.Sprintf("cannot be %s: that is no percentage", quote(raw)),
			suggestion: "write a number with at most one decimal and %, such as 40% or 2.5%"}
		if tight := strings.ReplaceAll(raw, " ", ""); percentage.MatchString(tight) {
			p.suggestion = "write " + tight
		}
		return 0, p
	}
	whole, _ := strconv.Atoi(m[1])
	tenths, _ := strconv.Atoi("0" + m[2])
	level := entity.Level(whole*10 + tenths)
	if level > entity.FullLevel {
		return 0, &problem{code: diag.OutOfRange, message: "must be from 0% to 100%, not " + raw}
	}
	return level, nil
}

// likelyPercent: a fraction below 1 is a share of one, 255 is eight bits' worth.
func likelyPercent(raw string) string {
	n, err := strconv.ParseFloat(raw, 64)
	switch {
	case err != nil:
		return raw + "%"
	case n < 1 && strings.Contains(raw, "."):
		n *= 100
	case n > 100 && n <= 255:
		n = n * 100 / 255
	}
	return strconv.FormatFloat(min(n, 100), 'f', -1, 32) + "%"
}
