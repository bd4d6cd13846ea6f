package plan

import (
	"fmt"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"time"
	"unicode"

	"hob/internal/entity"
	"hob/internal/schedule"
)

// pair is one detail of a declaration, in words and as it is.
type pair struct {
	key, value string
	of         any
}

func makePair(key string, of any) pair { return pair{key, text(of), of} }

// silent says whether a detail says nothing that its absence would not.
func (p pair) silent() bool {
	v := reflect.ValueOf(p.of)
	return p.value == none || !v.IsValid() || v.IsZero()
}

// differing are the details that are not the same. A detail that one side does
// not have is "none" there; one whose words do not tell, such as a code, is
// "another".
func differing(before, after []pair) []Field {
	var out []Field
	for _, p := range before {
		now, ok := find(after, p.key)
		switch {
		case !ok:
			now.value = none
			if p.silent() {
				continue
			}
		case reflect.DeepEqual(p.of, now.of):
			continue
		case p.value == now.value:
			now.value = "another"
		}
		out = append(out, Field{p.key, p.value, now.value})
	}
	for _, p := range after {
		if _, ok := find(before, p.key); !ok && !p.silent() {
			out = append(out, Field{p.key, none, p.value})
		}
	}
	return out
}

func find(in []pair, key string) (pair, bool) {
	i := slices.IndexFunc(in, func(p pair) bool { return p.key == key })
	if i < 0 {
		return pair{}, false
	}
	return in[i], true
}

const none = "none"

// pairsOf lists the fields of a struct by the words of the file, embedded ones
// among them. It goes by reflection, so that no field can be forgotten: what
// differs always shows, if only as "another".
func pairsOf(of any, without ...string) []pair {
	v := reflect.ValueOf(of)
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	var out []pair
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Anonymous && f.Type.Kind() == reflect.Struct {
			out = append(out, pairsOf(v.Field(i).Interface())...)
			continue
		}
		if key := snake(f.Name); !slices.Contains(without, key) {
			out = append(out, makePair(key, v.Field(i).Interface()))
		}
	}
	return joinPins(out)
}

// joinPins writes a pin as in the file: board/number.
func joinPins(pairs []pair) []pair {
	board := ""
	for _, p := range pairs {
		if p.key == "board" {
			board = p.value
		}
	}
	if board == "" {
		return pairs
	}
	var out []pair
	for _, p := range pairs {
		switch p.key {
		case "board":
			continue
		case "pin", "relay":
			p.value = board + "/" + p.value
			p.of = p.value
		}
		out = append(out, p)
	}
	return out
}

// snake is a field's name as keys of the file are written: OffAfter is off_after.
func snake(name string) string {
	var out strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) && i > 0 && (unicode.IsLower(rune(name[i-1])) || i+1 < len(name) && unicode.IsLower(rune(name[i+1]))) {
			out.WriteByte('_')
		}
		out.WriteRune(unicode.ToLower(r))
	}
	return out.String()
}

// text is a value in words.
func text(of any) string {
	switch x := of.(type) {
	case time.Duration:
		if x == 0 {
			return none
		}
		return schedule.DurationText(x)
	case entity.Temp:
		return x.String() + "°C"
	case entity.Setting:
		if x.Off {
			return "off"
		}
		return text(x.Temp)
	case entity.Level:
		return fmt.Sprintf("%v%%", x.Percent())
	case entity.Secret:
		return secretText(x)
	case entity.Task:
		return fmt.Sprintf("%s %s", x.Target, x.Action)
	case entity.Binding:
		return fmt.Sprintf("%s: %s %s", x.On, x.Target, x.Action)
	case entity.Delay:
		return "delay " + schedule.DurationText(x.For)
	case entity.Do:
		if x.StopIfFailed {
			return text(x.Task) + " or stop"
		}
		return text(x.Task)
	case entity.Call:
		return callText(x)
	case entity.AtEvery:
		return "every " + schedule.DurationText(time.Duration(x.Every))
	case entity.AtTimes:
		return text(x.Clocks) + randomText(x.Random) + " " + x.Days.String()
	case entity.AtSun: // whose embedded Sun would speak for all of it
		return x.Sun.String() + randomText(x.Random) + " " + x.Days.String()
	case fmt.Stringer:
		if v := reflect.ValueOf(of); v.Kind() != reflect.Pointer || !v.IsNil() {
			return x.String()
		}
		return none
	}
	return textOf(reflect.ValueOf(of))
}

// randomText is by how much a trigger may be moved.
func randomText(r schedule.Random) string {
	if r.Within <= 0 {
		return ""
	}
	return " ± " + schedule.DurationText(r.Within)
}

func secretText(s entity.Secret) string {
	if s.IsZero() {
		return none
	}
	return "set"
}

// callText names the host and no more of an address, which may hold a token.
func callText(c entity.Call) string {
	host := "somewhere"
	if u, err := url.Parse(c.URL.Reveal()); err == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	out := fmt.Sprintf("webhook %s to %s, timeout %s", c.Method, host, schedule.DurationText(c.Timeout))
	if c.Retries > 0 {
		out += fmt.Sprintf(", retries %d", c.Retries)
	}
	if c.StopIfFailed {
		out += ", or stop"
	}
	return out
}

func textOf(v reflect.Value) string {
	switch v.Kind() {
	case reflect.Invalid: // nil, of an interface
		return none
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return none
		}
		return text(v.Elem().Interface())
	case reflect.Slice:
		return listText(v)
	case reflect.Struct:
		return structText(v)
	case reflect.String:
		if v.Len() == 0 {
			return none
		}
	}
	return fmt.Sprint(v.Interface())
}

func listText(v reflect.Value) string {
	if v.Len() == 0 {
		return none
	}
	var out []string
	for i := range v.Len() {
		out = append(out, text(v.Index(i).Interface()))
	}
	return strings.Join(out, ", ")
}

// structText writes the fields that say something. What is hidden inside has no
// words.
func structText(v reflect.Value) string {
	if v.IsZero() {
		return none
	}
	var out []string
	for i := range v.NumField() {
		if !v.Type().Field(i).IsExported() {
			return "set"
		}
		f, info := v.Field(i), v.Type().Field(i)
		switch {
		case f.IsZero():
		case info.Anonymous:
			out = append(out, text(f.Interface()))
		default:
			out = append(out, snake(info.Name)+" "+text(f.Interface()))
		}
	}
	return strings.Join(out, ", ")
}
