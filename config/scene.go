package config

import (
	"fmt"
	"slices"
	"strings"

	"gopkg.in/yaml.v3"

	"hob/internal/diag"
	"hob/internal/entity"
)

// sceneYAML is what several entities are to become together: their ids, each
// with the words of its kind, beside the keys that every entity has.
type sceneYAML struct {
	commonYAML
	tasks  []task
	failed bool // some of it could not be read, and that is reported
}

// task is one line of a scene.
type task struct {
	target entity.ID
	at     entry
	words  []word
	action entity.Action // when the checks have found nothing wrong
}

// decodeAs splits a scene's entries: what is not a key of every entity is the
// id of one.
func (y *sceneYAML) decodeAs(v value) {
	const shape = "a mapping of ids to what they become, such as {porch: off, stairs: 5%}"
	if v.node.Kind == yaml.SequenceNode && len(v.node.Content) > 0 {
		if words := split(resolve(v.node.Content[0]).Value); len(words) == 2 {
			v.wrongType(shape, fmt.Sprintf("write %s: %s, and so on, without dashes", words[0].text, words[1].text))
			y.failed = true
			return
		}
	}
	entries, ok := v.mapping(shape)
	if !ok {
		y.failed = true
		return
	}
	own := members(y)
	for _, e := range entries {
		if m, common := find(own, e.name); common {
			m.field.decode(e.value, m.tags)
			continue
		}
		if e.name == "entities" && e.node.Kind == yaml.MappingNode {
			e.value.wrongType("the id of an entity with what it becomes", "delete entities, and write what is below it directly below the scene")
			y.failed = true
			continue
		}
		const forms = "what it becomes, such as off, 40%, 21°C or a preset"
		if state := (elsewhere{"x": e.node}).inner("x").get("state"); state != "" {
			e.value.wrongType(forms, "write "+e.name+": "+state)
			y.failed = true
			continue
		}
		raw, ok := e.value.text(forms)
		if !ok {
			y.failed = true
			continue
		}
		y.tasks = append(y.tasks, task{target: entity.ID(e.name), at: e, words: split(raw)})
	}
}

func (y *sceneYAML) kind() entity.Kind   { return entity.KindScene }
func (y *sceneYAML) common() *commonYAML { return &y.commonYAML }
func (y *sceneYAML) driven() *outputYAML { return nil }
func (y *sceneYAML) pins() []pinUse      { return nil }

func (y *sceneYAML) check(at value) {
	if len(y.tasks) == 0 && !y.failed {
		at.r.errorAt(at.keySpan(), problem{code: diag.MissingKey, message: at.label() + " changes nothing",
			suggestion: "add what it is to change, such as porch: off"})
	}
}

func (y *sceneYAML) spec() entity.Spec {
	s := &entity.Scene{}
	for _, t := range y.tasks {
		s.Tasks = append(s.Tasks, entity.Task{Target: t.target, Action: t.action})
	}
	return s
}

// checkScenes: every target exists and can become what the scene says, and no
// scene comes back to itself.
func (b *book) checkScenes() {
	for _, it := range b.items {
		scene, ok := it.body.(*sceneYAML)
		if !ok {
			continue
		}
		for i := range scene.tasks {
			b.checkTask(&scene.tasks[i])
		}
	}
	b.checkSceneLoops()
}

func (b *book) checkTask(t *task) {
	target, ok := b.byID[t.target]
	if !ok {
		suggestion := noAlarm
		if t.target != entity.AlarmID {
			suggestion = b.r.didYouMean(string(t.target), b.commandable, "declare it in the section of its kind")
		}
		t.at.r.errorAt(t.at.keySpan(), problem{
			code: diag.UnknownEntity, message: fmt.Sprintf("there is no entity %s", quote(string(t.target))), suggestion: suggestion,
		})
		return
	}
	action, p := target.become(t.words, target.words())
	if p != nil && (p.suggestion == target.forms() || p.code == diag.BadAction && len(t.words) > 0 && t.words[0].text == string(entity.VerbToggle)) {
		p.suggestion = target.sceneForms() // in a scene the target stands in front already
	}
	if p != nil {
		named := append([]word{{text: string(t.target)}}, t.words...)
		if verb, ok := strings.CutPrefix(b.freely(named), "write "+string(t.target)+" "); ok {
			p.suggestion = "write " + verb
		}
	}
	if p == nil {
		p = unsafeMove(target, action.Verb, byScene, false)
	}
	if p != nil {
		t.at.problem(*p)
		return
	}
	t.action = action
	b.mention(t.target, resolve(t.at.key), part{})
}

// sceneForms says what this target can become.
func (it item) sceneForms() string {
	words := it.words()
	if len(words) == 0 {
		return "it only reports; delete this line"
	}
	if _, drive := it.light(); drive == entity.DrivePWM || drive == entity.DriveWS2812 {
		words = append(words, "a brightness such as 40%")
	}
	if it.kind() == entity.KindHeater || it.kind() == entity.KindCooler {
		words = append(words, "a temperature such as 21°C")
	}
	return "write " + oneOf(words)
}

// checkSceneLoops reports each scene that activates itself, over others or not,
// at the line that closes the circle.
func (b *book) checkSceneLoops() {
	done := make(map[entity.ID]bool)
	var path []entity.ID
	var visit func(id entity.ID)
	visit = func(id entity.ID) {
		scene, ok := b.byID[id].body.(*sceneYAML)
		if !ok || done[id] {
			return
		}
		path = append(path, id)
		for _, t := range scene.tasks {
			if i := slices.Index(path, t.target); i >= 0 {
				reportLoop(t, path[i:])
				continue
			}
			visit(t.target)
		}
		path = path[:len(path)-1]
		done[id] = true
	}
	for _, it := range b.items {
		visit(it.id)
	}
}

func reportLoop(t task, circle []entity.ID) {
	message := fmt.Sprintf("the scene %q would activate itself", t.target)
	if len(circle) > 1 {
		message += " over " + quote(string(circle[len(circle)-1]))
	}
	t.at.r.errorAt(t.at.keySpan(), problem{code: diag.SceneLoop, message: message,
		suggestion: "delete this line, and name what should change instead"})
}
