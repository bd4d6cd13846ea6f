package config

import (
	"fmt"
	"slices"

	"hob/internal/diag"
	"hob/internal/entity"
)

// checkReferences: an alarm watches contacts and sounds an output, a thermostat
// has a sensor of temperature and windows.
func (b *book) checkReferences() {
	for _, it := range b.items {
		switch y := it.body.(type) {
		case *alarmYAML:
			b.refersTo(y.Watches.T.Away.items, "an alarm watches contacts", entity.KindContact)
			b.refersTo(y.Watches.T.Home.items, "an alarm watches contacts", entity.KindContact)
			if y.Siren.valid {
				b.refersTo([]reference{y.Siren}, "a siren is a switch or a light", entity.KindSwitch, entity.KindLight)
			}
		case *thermostatYAML:
			b.refersTo(y.Windows.items, "a window is a contact", entity.KindContact)
			b.checkThermostatSensor(it, y)
		case *sensorYAML:
			b.checkSensorBoard(y)
		}
	}
}

// refersTo reports references to what does not exist or is of another kind.
func (b *book) refersTo(refs []reference, rule string, kinds ...entity.Kind) {
	for _, ref := range refs {
		target, ok := b.byID[entity.ID(ref.value)]
		switch {
		case ok && slices.Contains(kinds, target.kind()):
			b.mention(target.id, ref.at.node, part{})
		case !ok:
			ref.at.problem(problem{code: diag.UnknownEntity, message: fmt.Sprintf("there is no entity %s", quote(ref.value)),
				suggestion: b.r.didYouMean(ref.value, b.named(kinds...), fmt.Sprintf("declare it under %s", oneOf(sections(kinds))))})
		default:
			ref.at.problem(problem{code: diag.WrongKind, message: fmt.Sprintf("%q is a %s; %s", ref.value, kindName(target.kind()), rule),
				suggestion: b.r.didYouMean(ref.value, b.named(kinds...), fmt.Sprintf("declare one under %s", oneOf(sections(kinds))))})
		}
	}
}

// sections are the sections of the file in which kinds are declared.
func sections(kinds []entity.Kind) []string {
	var out []string
	for _, k := range kinds {
		switch k {
		case entity.KindSwitch:
			out = append(out, "switches")
		case entity.KindPerson:
			out = append(out, "people")
		default:
			out = append(out, string(k)+"s")
		}
	}
	return out
}
