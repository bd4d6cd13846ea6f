package command

import (
	"fmt"
	"strings"
	"sync"

	"hob/internal/entity"
)

// mostDepth is how far tasks may lead to tasks: a button to a scene to another
// scene. config refuses circles; one that came by another way must end all the same.
const mostDepth = 4

// tasks are what the server does for one command, side by side.
type tasks struct {
	r   *Router
	id  entity.CommandID
	req Request

	mu      sync.Mutex
	results []Result
	left    int
}

// runTasks does on the server what a button's gesture is bound to, or what a
// scene consists of. A gesture is confirmed when all of it is; else it ends like
// the first that was not. A scene does all it can, and then says what it could not.
func (r *Router) runTasks(c *running, req Request, list []entity.Task) {
	t := &tasks{r: r, id: c.result.Command, req: req, results: make([]Result, len(list)), left: len(list)}
	cause := entity.Cause{Kind: entity.CauseScene, By: string(req.Entity)}
	if t.gesture() {
		cause.Kind = entity.CauseButton
	}
	// What a rule may open it opens itself: a scene or a button does not get that right.
	byRule := req.byRule || req.Cause.Kind == entity.CauseRule
	ids := make([]entity.CommandID, len(list))
	for i, task := range list {
		ids[i] = r.Submit(Request{Entity: task.Target, Action: task.Action, Cause: cause, depth: req.depth + 1, byRule: byRule},
			func(child Result) { t.ended(i, child) })
	}
	r.cancelBy(c, func() { // a door of a scene warns before it moves, and is called off as any
		for _, id := range ids {
			r.Cancel(id)
		}
	})
}

func (t *tasks) gesture() bool {
	switch t.req.Action.Verb {
	case entity.VerbPress, entity.VerbDouble, entity.VerbHold:
		return true
	}
	return false
}

// ended takes how one task ended.
func (t *tasks) ended(i int, child Result) {
	t.mu.Lock()
	t.results[i] = child
	t.left--
	last := t.left == 0
	t.mu.Unlock()
	switch {
	case t.gesture() && child.Status != entity.StatusConfirmed:
		t.r.end(t.id, child.Status, child.Code, child.Said)
	case !last:
	case t.gesture():
		t.r.settle(t.id)
	default:
		t.r.house.Ended(t.req.Entity, t.results, t.req.Cause)
		if why := failures(t.results); why != (entity.Said{}) {
			t.r.end(t.id, entity.StatusFailed, entity.CodePartial, why)
			return
		}
		t.r.settle(t.id)
	}
}

// failures says what was not done; nothing when all was.
func failures(results []Result) entity.Said {
	const most = 5 // are named; the scene itself shows all of them
	var ids, list []string
	failed := 0
	for _, r := range results {
		if r.Status == entity.StatusConfirmed {
			continue
		}
		if failed++; failed <= most {
			ids = append(ids, string(r.Entity))
			list = append(list, fmt.Sprintf("%s (%s)", r.Entity, r.Message))
		}
	}
	if failed == 0 {
		return entity.Said{}
	}
	if failed > most {
		list = append(list, "and others")
	}
	return entity.Say("not_all_done", "{failed} of {count} were not done: {_list}", "failed", failed, "count", len(results),
		"entities", strings.Join(ids, " "), "_list", strings.Join(list, ", "))
}
