package config

import (
	"fmt"
	"reflect"
	"regexp"
	"strconv"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// pin is a GPIO of a board, written board/number. Whether the board and the pin
// exist is checked when all of the file has been read.
type pin struct {
	slot
	board  entity.BoardName
	number int
}

var (
	pinShape   = regexp.MustCompile(`^([^/\s]+)/(0|[1-9][0-9]{0,3})$`)
	looksLikeA = regexp.MustCompile(`(?i)^(?:([^/:.\s]*?)[/:. ]+)?(?:gpio|pin|io|d)?[ _]?0*([0-9]{1,3})$`)
)

func (f *pin) decode(v value, _ reflect.StructTag) {
	f.hold(v)
	const forms = "a pin such as hall/16"
	if write := pinOfParts(v.node); write != "" {
		v.wrongType(forms, "write "+write)
		return
	}
	raw, ok := v.text(forms)
	if !ok {
		return
	}
	m := pinShape.FindStringSubmatch(raw)
	if m == nil {
		v.problem(problem{code: diag.BadPin,
			message:    fmt.Sprintf("%s is no pin: a pin is written board/number", quote(raw)),
			suggestion: v.r.suggestPin(raw)})
		return
	}
	number, _ := strconv.Atoi(m[2])
	f.board, f.number, f.valid = entity.BoardName(m[1]), number, true
}

func (r *report) suggestPin(raw string) string {
	m := looksLikeA.FindStringSubmatch(raw)
	switch {
	case m == nil:
		return fmt.Sprintf("write, for example, %s/16 for GPIO16 of the board %[1]s", r.board)
	case m[1] == "":
		return fmt.Sprintf("write the board in front, such as %s/%s", r.board, m[2])
	}
	return "write " + m[1] + "/" + m[2]
}

// pinOfParts is the pin that a list of board and number stands for, or a mapping as
// other systems have it; "" if it is neither.
func pinOfParts(n *yaml.Node) string {
	if n.Kind == yaml.SequenceNode && len(n.Content) == 2 {
		if pair := resolve(n.Content[0]).Value + "/" + resolve(n.Content[1]).Value; pinShape.MatchString(pair) {
			return pair
		}
	}
	if n.Kind != yaml.MappingNode {
		return ""
	}
	parts := elsewhere{"pin": n}.inner("pin")
	m := looksLikeA.FindStringSubmatch(parts.get("number", "pin", "gpio"))
	if m == nil {
		return ""
	}
	out := "pin: hall/" + m[2] + " with the board in front"
	if pull := otherWord("pull", parts.get("mode", "pullup", "pull")); pull != "" {
		out += ", pull: " + pull
	}
	if truth(normalKey(parts.get("inverted"))) == "true" {
		out += ", inverted: true"
	}
	return out + ", each a key of its own"
}

// boardPart and numberPart are where the two halves stand in the text.
func (f *pin) boardPart() part { return part{0, len([]rune(string(f.board)))} }

func (f *pin) numberPart() part {
	return part{len([]rune(string(f.board))) + 1, len(strconv.Itoa(f.number))}
}
