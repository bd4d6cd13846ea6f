package registry

import (
	"slices"

	"hob/internal/entity"
)

// AddNotice shows a notice to everybody. Its ID is the caller's, and no other
// notice of this run has it. When there are more than entity.MostNotices the
// oldest is removed.
func (r *Registry) AddNotice(n entity.Notice) {
	r.update(func() {
		r.notices = append(r.notices, &n)
		r.publish(Event{Kind: NoticeAdded, Notice: &n})
		if len(r.notices) > entity.MostNotices {
			r.removeNotice(0)
		}
	})
}

// RemoveNotice takes a notice away for everybody; false when there is none with
// this ID, because somebody else was first.
func (r *Registry) RemoveNotice(id int64) (removed bool) {
	r.update(func() {
		i := slices.IndexFunc(r.notices, func(n *entity.Notice) bool { return n.ID == id })
		if removed = i >= 0; removed {
			r.removeNotice(i)
		}
	})
	return removed
}

func (r *Registry) removeNotice(i int) {
	n := r.notices[i]
	r.notices = slices.Delete(r.notices, i, i+1)
	r.publish(Event{Kind: NoticeRemoved, Notice: n})
}

// Notices are those that nobody has dismissed, oldest first.
func (r *Registry) Notices() []entity.Notice {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.noticeList()
}

func (r *Registry) noticeList() []entity.Notice {
	out := make([]entity.Notice, 0, len(r.notices))
	for _, n := range r.notices {
		out = append(out, *n)
	}
	return out
}
